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


@bp.post("/admin/people/<int:person_id>/two-step/confirm")
@requires(Permission.PEOPLE)
def confirm_two_step(person_id: int) -> ResponseReturnValue:
    """The second administrator's yes to the proposal that they read."""
    then, read = url_for("admin.person", person_id=person_id), request.form.get("read", 0, type=int)
    with transaction(started()) as write:
        operations.confirm_reset(the_actor(), person_id=person_id, expected_act=read, now=now())
        write.redirect = then
    flash("Their two-step sign-in is gone, and they are signed out everywhere.", "success")
    return redirect(then)


@bp.post("/admin/people/<int:person_id>/two-step/take-back")
@requires(Permission.PEOPLE)
def take_back_two_step(person_id: int) -> ResponseReturnValue:
    then = url_for("admin.person", person_id=person_id)
    with transaction(started()) as write:
        operations.take_back_reset(the_actor(), person_id=person_id, now=now())
        write.redirect = then
    flash("Your proposal is taken back.", "success")
    return redirect(then)
