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
from pitchfest.challenges.rules import Permission, asked_at_the_end
from pitchfest.challenges.views.manage import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/cancel", methods=["GET", "POST"])
@requires(Permission.CANCEL, of=queries.for_staff)
def cancel(found: ChallengeRow) -> ResponseReturnValue:
    """Proposing it; whoever comes second finds the proposal here, and agrees at an address of its own,
    so that two who propose at the same moment never cancel unseen.
    """
    accounts.require_proof(the_actor(), now())
    form = CancelForm(version=found.version)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.propose_cancelling(
                the_actor(),
                reference=found.reference,
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Proposed. It is cancelled once a second person agrees from their own sign-in.", "success")
            return redirect(saved.redirect)
    return _page(found, form)


@bp.post("/challenges/<reference>/cancel/agree")
@requires(Permission.CANCEL, of=queries.for_staff)
def agree_to_cancel(found: ChallengeRow) -> ResponseReturnValue:
    accounts.require_proof(the_actor(), now())
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.confirm_cancelling(
                the_actor(), reference=found.reference, expected_act=form.expected_version or 0, now=now()
            )
        if saved:
            flash("Cancelled. All who hold a pitch or follow it are being told.", "success")
            return redirect(saved.redirect)
    return _page(found, form)


def _page(found: ChallengeRow, form: Form) -> ResponseReturnValue:
    act = people.act_that_counts(ActKind.CANCEL, f"challenge:{found.reference}", found.version)
    if act is None and not isinstance(form, CancelForm):
        form = CancelForm(formdata=None, version=found.version)
    wrong = bool(form.errors or form.form_errors)
    page = render_template(
        "challenges/manage/cancel.html",
        challenge=found,
        form=form,
        agree=Form(formdata=None, version=act.id if act else ""),
        act=act,
        duties=asked_at_the_end(found, queries.route(found)),
        is_mine=act is not None and act.proposer_id == the_actor().person_id,
        page_errors=wrong,
    )
    return page, 422 if wrong else 200


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
