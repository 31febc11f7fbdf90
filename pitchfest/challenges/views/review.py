"""Asking for approval, the second person's answer, and publishing."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import ApproveForm, ChangesForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import EDITABLE, Permission, ReviewOutcome
from pitchfest.challenges.views.correcting import shown
from pitchfest.challenges.views.manage import bp, home_page
from pitchfest.challenges.views.showing import prose
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


def _press(found: ChallengeRow, operation: Callable[..., object], said: str) -> ResponseReturnValue:
    """One button of the challenge's page: do it, or show the page again with what stands in the way."""
    form = ChangesForm(formdata=None, version=found.version)
    pressed = Form()
    if not pressed.validate_on_submit():
        return home_page(found, form)
    then = url_for("manage.challenge", reference=found.reference)
    with saving(form, then=then) as saved:
        operation(
            the_actor(), reference=found.reference, expected_version=pressed.expected_version, now=now()
        )
    if saved:
        flash(said, "success")
        return redirect(saved.redirect)
    return home_page(found, form)


def _open_now(found: ChallengeRow) -> str:
    return f"{'Practice pitches can be sent' if found.practice else 'Suppliers can send pitches'} now."


@bp.post("/challenges/<reference>/send")
@requires(Permission.EDIT, of=queries.for_staff)
def send(found: ChallengeRow) -> ResponseReturnValue:
    return _press(found, operations.send_for_approval, "Sent. The approvers have been told.")


def _approve(found: ChallengeRow, operation: Callable[..., object], said: str) -> ResponseReturnValue:
    """The approver's yes, with what they stand by where the form asks much of suppliers."""
    form = ApproveForm()
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operation(
                the_actor(),
                reference=found.reference,
                accepted=form.accepted.data,
                unpaid_because=form.unpaid_because.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(said, "success")
            return redirect(saved.redirect)
    return home_page(found, ChangesForm(formdata=None, version=found.version), form)


@bp.post("/challenges/<reference>/approve")
@requires(Permission.APPROVE, of=queries.for_staff)
def approve(found: ChallengeRow) -> ResponseReturnValue:
    return _approve(
        found,
        operations.approve,
        "Approved. An officer or the lead can publish it once what its route asks for is recorded.",
    )


@bp.post("/challenges/<reference>/approve-and-publish")
@requires(Permission.APPROVE, of=queries.for_staff)
def approve_and_publish(found: ChallengeRow) -> ResponseReturnValue:
    return _approve(
        found,
        operations.approve_and_publish,
        f"Approved and published. {_open_now(found)}",
    )


@bp.post("/challenges/<reference>/pull-back")
@requires(Permission.EDIT, of=queries.for_staff)
def pull_back(found: ChallengeRow) -> ResponseReturnValue:
    return _press(found, operations.pull_back, "It is a draft again. Ask for approval when you are done.")


@bp.post("/challenges/<reference>/publish")
@requires(Permission.PUBLISH, of=queries.for_staff)
def publish(found: ChallengeRow) -> ResponseReturnValue:
    return _press(found, operations.publish, f"Published. {_open_now(found)}")


@bp.post("/challenges/<reference>/ask-for-changes")
@requires(Permission.APPROVE, of=queries.for_staff)
def ask_for_changes(found: ChallengeRow) -> ResponseReturnValue:
    form = ChangesForm()
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.ask_for_changes(
                the_actor(),
                reference=found.reference,
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Sent back. The officer has been told what should change.", "success")
            return redirect(saved.redirect)
    return home_page(found, form)


@bp.get("/challenges/<reference>/changed")
@requires(Permission.VIEW_STAFF, of=queries.for_staff)
def changed(found: ChallengeRow) -> str:
    """What became of the text that an approver had read, where changes are what was asked last."""
    last = next(iter(queries.reviews(found.id)), None)
    asked = last if last and last.outcome == ReviewOutcome.CHANGES and last.kept else None
    changes = queries.redrafted_since(asked.id, queries.content(found.id, now()), now()) if asked else []
    return render_template(
        "challenges/manage/changed.html",
        challenge=found,
        asked=asked,
        changes=[shown(change) for change in changes],
        words=prose,
        editable=found.effective in EDITABLE,
    )


@bp.route("/challenges/<reference>/withdraw", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.for_staff)
def withdraw(found: ChallengeRow) -> ResponseReturnValue:
    form = Form(version=found.version)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.withdraw(
                the_actor(), reference=found.reference, expected_version=form.expected_version, now=now()
            )
        if saved:
            flash("Withdrawn. It stays in the record.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/withdraw.html", challenge=found, form=form, page_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200
