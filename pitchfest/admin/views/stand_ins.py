"""Who stands in for someone while they are away."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations
from pitchfest.accounts.rules import Permission
from pitchfest.admin.views.blueprint import bp
from pitchfest.admin.views.people import person_page, stand_in_form
from pitchfest.db import transaction
from pitchfest.kernel.actor import Role
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now, started


@bp.post("/admin/people/<int:person_id>/stand-ins")
@requires(Permission.PEOPLE)
def name_stand_in(person_id: int) -> ResponseReturnValue:
    form, then = stand_in_form(person_id), url_for("admin.person", person_id=person_id)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            stands = operations.name_stand_in(
                the_actor(),
                for_person_id=person_id,
                person_id=int(form.who.data),
                role=Role(form.stand_in_role.data),
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                now=now(),
            )
        if saved:
            flash(
                "The stand-in is named. We have told both of them."
                if stands
                else "Another administrator has to say yes before they stand in.",
                "success",
            )
            return redirect(then)
    return person_page(person_id, standing=form)


def _end(number: int) -> None:
    operations.end_stand_in(the_actor(), stand_in_id=number, now=now())


def _confirm(number: int) -> None:
    operations.confirm_stand_in(the_actor(), act_id=number, now=now())


def _take_back(number: int) -> None:
    operations.take_back_stand_in(the_actor(), act_id=number, now=now())


#: Button → what it does to the stand-in, or to the proposal, and what is said afterwards.
_ACTS: dict[str, tuple[Callable[[int], None], str]] = {
    "end": (_end, "The stand-in is over. They do not have the role any more."),
    "confirm": (_confirm, "The stand-in is named. We have told both of them."),
    "take-back": (_take_back, "The stand-in is not proposed any more."),
}


@bp.post("/admin/people/<int:person_id>/stand-ins/<any(end,confirm,'take-back'):act>/<int:number>")
@requires(Permission.PEOPLE)
def settle_stand_in(person_id: int, act: str, number: int) -> ResponseReturnValue:
    """One of the buttons beside a stand-in, or beside one that waits for a second person."""
    do, said = _ACTS[act]
    then = url_for("admin.person", person_id=person_id)
    with transaction(started()) as write:
        do(number)
        write.redirect = then
    flash(said, "success")
    return redirect(then)
