"""Buttons of a practice challenge: pitch oneself, have pitches invented, close at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from pitchfest.challenges import operations as challenge_operations
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import PERMISSIONS, ChallengeState, Permission
from pitchfest.db import transaction
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.text import plural
from pitchfest.pitches import operations
from pitchfest.pitches.views.desk import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.requests import now, started


def practice_panel(
    challenge: ChallengeRow, actor: Actor | None, _now: datetime
) -> tuple[str, dict[str, Any]] | None:
    """What can be done with a practice challenge, for those who run it; no statement."""
    if not PERMISSIONS[Permission.PRACTISE](actor, challenge):
        return None
    return "pitches/practice_panel.html", {
        "practised": challenge,
        "practice_open": challenge.effective == ChallengeState.OPEN,
        "may_throw_away": bool(PERMISSIONS[Permission.THROW_AWAY](actor, challenge)),
    }


@bp.post("/challenges/<reference>/practice/pitch")
@requires(Permission.PRACTISE, of=challenges.for_staff)
def practise_pitch(challenge: ChallengeRow) -> Response:
    with transaction(started()) as write:
        reference = operations.take_part(the_actor(), reference=challenge.reference, now=now())
        write.redirect = url_for("pitches.tasks", reference=reference)
    flash("You take part as a supplier now. What you write here is seen as a supplier’s.", "success")
    return redirect(write.redirect)


@bp.post("/challenges/<reference>/practice/invent")
@requires(Permission.PRACTISE, of=challenges.for_staff)
def practise_invent(challenge: ChallengeRow) -> Response:
    then = url_for("manage.challenge", reference=challenge.reference)
    with transaction(started()) as write:
        sent = operations.add_invented(the_actor(), reference=challenge.reference, now=now())
        write.redirect = then
    said = f"{plural(sent, 'invented pitch', 'invented pitches')} sent." if sent else "They are all there."
    flash(f"{said} Their receipts, and later their letters, come to you.", "success")
    return redirect(then)


@bp.post("/challenges/<reference>/practice/close")
@requires(Permission.PRACTISE, of=challenges.for_staff)
def practise_close(challenge: ChallengeRow) -> Response:
    then = url_for("manage.challenge", reference=challenge.reference)
    with transaction(started()) as write:
        challenge_operations.close_now(the_actor(), reference=challenge.reference, now=now())
        write.redirect = then
    flash("Closed. Two people can open the pitches in two minutes.", "success")
    return redirect(then)
