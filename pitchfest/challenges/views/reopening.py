"""Opening a closed challenge again after an outage, by two people."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms.reopening import ReopenForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import REOPEN_WITHIN, Permission
from pitchfest.challenges.views.manage import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/reopen", methods=["GET", "POST"])
@requires(Permission.REOPEN, of=queries.for_staff)
def reopen(found: ChallengeRow) -> ResponseReturnValue:
    """Proposing it; whoever comes second finds the proposal here, and agrees at an address of its own."""
    accounts.require_proof(the_actor(), now())
    form = ReopenForm(version=found.version)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.propose_reopening(
                the_actor(),
                reference=found.reference,
                closes_at=form.closes_at.data,
                incident=form.incident.data,
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Proposed. It is open again once a second person agrees from their own sign-in.", "success")
            return redirect(saved.redirect)
    return _page(found, form)


@bp.post("/challenges/<reference>/reopen/agree")
@requires(Permission.REOPEN, of=queries.for_staff)
def agree_to_reopen(found: ChallengeRow) -> ResponseReturnValue:
    accounts.require_proof(the_actor(), now())
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.reopen(
                the_actor(), reference=found.reference, expected_act=form.expected_version or 0, now=now()
            )
        if saved:
            flash("Open again. All who hold a pitch or follow it are being told.", "success")
            return redirect(saved.redirect)
    return _page(found, form)


@bp.post("/challenges/<reference>/reopen/take-back")
@requires(Permission.REOPEN, of=queries.for_staff)
def take_back_reopening(found: ChallengeRow) -> ResponseReturnValue:
    form, then = Form(), url_for("manage.challenge", reference=found.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.take_back_reopening(the_actor(), reference=found.reference, now=now())
        if saved:
            flash("Your proposal to open it again is taken back.", "success")
    return redirect(then)


def _page(found: ChallengeRow, form: Form) -> ResponseReturnValue:
    act = people.act_that_counts(ActKind.REOPEN, f"challenge:{found.reference}", found.version)
    if act is None and not isinstance(form, ReopenForm):
        form = ReopenForm(formdata=None, version=found.version)
    wrong = bool(form.errors or form.form_errors)
    page = render_template(
        "challenges/manage/reopen.html",
        challenge=found,
        until=found.closes_at + REOPEN_WITHIN if found.closes_at else None,
        form=form,
        agree=Form(formdata=None, version=act.id if act else ""),
        act=act,
        proposed=datetime.fromisoformat(act.payload["closes_at"]) if act else None,
        is_mine=act is not None and act.proposer_id == the_actor().person_id,
        page_errors=wrong,
    )
    return page, 422 if wrong else 200
