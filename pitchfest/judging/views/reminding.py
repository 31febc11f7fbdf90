"""Staff's buttons beside judges: invite again, remind."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from pitchfest.db import transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.views.manage import bp, one_round
from pitchfest.kernel.text import plural
from pitchfest.web.access import requires, the_actor
from pitchfest.web.requests import now, started


@bp.post("/panel/<int:member_id>/invite-again")
@requires(Permission.PANEL_EDIT, of=one_round)
def invite_again(round_: Round) -> Response:
    sent = _chase(round_, operations.invite_judge_again)
    flash("The invitation goes out again." if sent else "It went out today already. Try again tomorrow.")
    return redirect(url_for(".panel", reference=round_.reference))


@bp.post("/panel/<int:member_id>/remind")
@requires(Permission.PANEL_EDIT, of=one_round)
def remind(round_: Round) -> Response:
    sent = _chase(round_, operations.remind)
    flash("A reminder is on its way." if sent else "This judge was reminded today already.")
    return redirect(url_for(".panel", reference=round_.reference))


def _chase(round_: Round, operation: Callable[..., bool]) -> bool:
    """Do it in a write of its own; whether a message goes."""
    member_id = (request.view_args or {})["member_id"]
    with transaction(started()) as write:
        sent = operation(the_actor(), reference=round_.reference, member_id=member_id, now=now())
        write.redirect = url_for(".panel", reference=round_.reference)
    return sent


@bp.post("/board/remind")
@requires(Permission.PANEL_EDIT, of=queries.round_of)
def remind_late(round_: Round) -> Response:
    then = url_for(".board", reference=round_.reference)
    with transaction(started()) as write:
        sent = operations.remind_everyone(the_actor(), reference=round_.reference, now=now())
        write.redirect = then
    flash(
        f"Reminders are on their way to {plural(sent, 'judge')}."
        if sent
        else "Everyone who is late was reminded today."
    )
    return redirect(then)
