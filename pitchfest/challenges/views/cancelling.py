"""Cancelling a published challenge, by two people."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import CancelForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import Permission
from pitchfest.challenges.views.manage import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/cancel", methods=["GET", "POST"])
@requires(Permission.CANCEL, of=queries.for_staff)
def cancel(found: ChallengeRow) -> ResponseReturnValue:
    accounts.require_proof(the_actor(), now())
    act = people.open_act(ActKind.CANCEL, f"challenge:{found.reference}")
    if act is not None and act.object_version != found.version:
        act = None  # the challenge changed since, so the proposal no longer counts
    form = CancelForm(version=found.version) if act is None else Form()
    then = url_for("manage.challenge", reference=found.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            if isinstance(form, CancelForm):
                operations.propose_cancelling(
                    the_actor(),
                    reference=found.reference,
                    reason=form.reason.data or "",
                    expected_version=form.expected_version,
                    now=now(),
                )
                said = "Proposed. It is cancelled once a second person agrees from their own sign-in."
            else:
                operations.confirm_cancelling(the_actor(), reference=found.reference, now=now())
                said = "Cancelled. All who hold a pitch or follow it are being told."
        if saved:
            flash(said, "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/cancel.html",
        challenge=found,
        form=form,
        act=act,
        is_mine=act is not None and act.proposer_id == the_actor().person_id,
        page_errors=bool(form.errors or form.form_errors),
    )
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/challenges/<reference>/cancel/take-back")
@requires(Permission.CANCEL, of=queries.for_staff)
def take_back_cancelling(found: ChallengeRow) -> ResponseReturnValue:
    form, then = Form(), url_for("manage.challenge", reference=found.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.take_back_cancelling(the_actor(), reference=found.reference, now=now())
        if saved:
            flash("Your proposal to cancel is taken back.", "success")
    return redirect(then)
