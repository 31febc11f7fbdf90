"""Naming another decision-maker, who must be outside the panel."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pitchfest.accounts import queries as people
from pitchfest.challenges.forms import DecisionMakerForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import Permission
from pitchfest.judging import operations, queries
from pitchfest.judging.views.manage import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/decision-maker", methods=["GET", "POST"])
@requires(Permission.NAME_DECIDER, of=queries.to_name_decider)
def decision_maker(found: ChallengeRow) -> str | tuple[str, int] | Response:
    judges = {row.person_id for row in queries.panel(found.id) if not row.refusal}
    out = judges | {found.decision_maker_id, the_actor().person_id}
    able = [(person.id, person.name) for person in people.staff(now=now()) if person.id not in out]
    form = DecisionMakerForm(version=found.version, people=able)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.name_decision_maker(
                the_actor(),
                reference=found.reference,
                person_id=int(form.person.data),
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(f"{dict(able)[int(form.person.data)]} decides now. We have told everyone.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "judging/decision_maker.html",
        challenge=found,
        form=form,
        decider=people.person_names({found.decision_maker_id}).get(found.decision_maker_id or 0, ""),
        anyone=bool(able),
        page_errors=bool(form.errors),
    )
    return (page, 422) if form.errors else page
