"""A person's page: taking their second step of signing in away, by two administrators."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations
from pitchfest.accounts.rules import Permission
from pitchfest.admin.forms import ResetTwoStepForm
from pitchfest.admin.views.blueprint import bp
from pitchfest.admin.views.people import person_page
from pitchfest.db import transaction
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now, started


@bp.post("/admin/people/<int:person_id>/two-step")
@requires(Permission.PEOPLE)
def propose_two_step(person_id: int) -> ResponseReturnValue:
    form, then = ResetTwoStepForm(), url_for("admin.person", person_id=person_id)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.propose_reset(
                the_actor(), person_id=person_id, reason=form.reason.data or "", now=now()
            )
        if saved:
            flash("Proposed. Another administrator has to say yes, and the person is told.", "success")
            return redirect(then)
    return person_page(person_id, reset=form)


@bp.post("/admin/people/<int:person_id>/two-step/<any(confirm,'take-back'):act>")
@requires(Permission.PEOPLE)
def settle_two_step(person_id: int, act: str) -> ResponseReturnValue:
    """The second administrator's yes to the proposal that they read, or the first one's second thought."""
    then = url_for("admin.person", person_id=person_id)
    with transaction(started()) as write:
        if act == "confirm":
            read = request.form.get("read", 0, type=int)
            operations.confirm_reset(the_actor(), person_id=person_id, expected_act=read, now=now())
        else:
            operations.take_back_reset(the_actor(), person_id=person_id, now=now())
        write.redirect = then
    flash(
        "Their two-step sign-in is gone, and they are signed out everywhere."
        if act == "confirm"
        else "Your proposal is taken back.",
        "success",
    )
    return redirect(then)
