"""The second page of signing in: a code, for whoever set that up. Nobody is signed in before it is right."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.forms import AppCodeForm, EitherCodeForm, RecoveryCodeForm
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.sessions import after_signing_in, begin_session
from pitchfest.db import transaction
from pitchfest.kernel.clock import say_span
from pitchfest.kernel.errors import NotFound
from pitchfest.web.access import public
from pitchfest.web.forms import saving
from pitchfest.web.idempotency import unclaimed
from pitchfest.web.requests import now, started

CodeForm = AppCodeForm | RecoveryCodeForm | EitherCodeForm


@bp.route("/sign-in/second", methods=["GET", "POST"])
@public
def second() -> ResponseReturnValue:
    return _ask("accounts/second.html", AppCodeForm())


@bp.route("/sign-in/second/lost", methods=["GET", "POST"])
@public
def second_lost() -> ResponseReturnValue:
    """For whoever has no phone at hand: a recovery code, or whom to call."""
    return _ask("accounts/second_lost.html", RecoveryCodeForm())


def code_may_be_tried(form: CodeForm, person_id: int) -> bool:
    """Count a code before it is looked at; where the next one has to wait, that becomes the form's error."""
    with unclaimed(), transaction(started()):
        wait = operations.attempt_code(person_id, address=request.remote_addr or "", now=now())
    if wait is not None:
        form.form_errors.append(
            f"That was too many codes. Try again in {say_span(wait - now())}. Your account is not locked"
        )
    return wait is None


def code_was_right(person_id: int) -> None:
    """Inside the write that the right code let happen: the count of wrong ones starts afresh."""
    operations.succeeded(operations.second_keys(person_id, address=request.remote_addr or ""))


def _ask(template: str, form: CodeForm) -> ResponseReturnValue:
    half: dict[str, str] = session.get("half_in") or {}
    token, target = half.get("token", ""), half.get("next", "")
    person_id = queries.half_signed_in(token, now()) if token else None
    if person_id is None:
        return _begin_again(was_half=bool(half))
    if form.validate_on_submit() and code_may_be_tried(form, person_id):
        try:
            with saving(form, then=target or url_for("home.index")) as saved:
                operations.finish_sign_in(token, code=form.code.data, now=now())
                code_was_right(person_id)
                new = begin_session(person_id, stepped=True)
        except NotFound:
            return _begin_again(was_half=True)
        if saved:
            return after_signing_in(new, target, shared=bool(half.get("shared")))
    return render_template(template, form=form, page_errors=bool(form.errors)), 422 if form.errors else 200


def _begin_again(*, was_half: bool) -> ResponseReturnValue:
    """The first step is over, by time or because something happened to the account meanwhile."""
    if was_half:
        session.pop("half_in", None)
        flash("That took too long, or was done already. Sign in again.")
    return redirect(url_for("accounts.sign_in"))
