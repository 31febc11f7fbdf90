"""A scorecard that saves by itself while its judge writes."""

from __future__ import annotations

from flask import Response, jsonify, url_for

from pitchfest.judging import queries
from pitchfest.judging.forms import ScorecardForm
from pitchfest.judging.rules import Card, Permission
from pitchfest.judging.views.desk import bp, save_sent
from pitchfest.kernel.clock import say_time
from pitchfest.web.access import requires
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.post("/judging/cards/<int:card_id>/autosave")
@requires(Permission.CARD_SIGN, of=queries.card_of)
def autosave(card: Card) -> Response | tuple[Response, int]:
    """What the page then says and sends next."""
    form = ScorecardForm()
    if form.validate_on_submit():
        with saving(form, then=url_for("judging.card", card_id=card.id)) as saved:
            version = save_sent(card, form)
        if saved:
            scored = sum(found.mark.settled for found in queries.marks(card.id).values())
            criteria = len(queries.judged_criteria(card.challenge_id))
            return jsonify(
                said=f"Saved at {say_time(now())}.",
                fields={"version": str(version)},
                texts={"scored": f"{scored} of {criteria} scored"},
            )
    told = [f"{problem.message}." for problem in form.problems] + [f"{text}." for text in form.form_errors]
    return jsonify(said="Not saved yet. " + " ".join(told).replace("..", ".")), 422
