"""Signing in and out: by password, by a link sent by e-mail, and in the demo by one click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.forms import DemoForm, EmailForm, NewPasswordForm, SignInForm, UseLinkForm
from pitchfest.accounts.rules import LinkPurpose, Scope, tidy_address
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.sessions import (
    after_first_step,
    after_signing_in,
    begin_session,
    browser_id,
    first_step,
)
from pitchfest.db import transaction
from pitchfest.kernel.clock import say_span
from pitchfest.web.access import current_actor, public, safe_next
from pitchfest.web.forms import Form, saving
from pitchfest.web.idempotency import unclaimed
from pitchfest.web.requests import no_mail, now, started
from pitchfest.web.security import is_private_loopback

#: Optional, set by the factory: further people to sign in as, such as judges, who live higher up.
DEMO_GROUPS_EXTENSION = "pitchfest.demo_groups"
DemoGroups = Callable[[datetime], list[queries.DemoGroup]]

WRONG = "Your email address or your password is not right. Try again"
OR_A_LINK = ", or ask for a link by email below"


def cheap() -> bool:
    """Whether hashes are made cheaply, in tests."""
    return bool(current_app.config.get("CHEAP_HASHES", False))


def in_demo() -> bool:
    """Whether this request may use what only a demonstration on one's own machine offers."""
    return bool(current_app.config["PITCHFEST_DEMO"]) and queries.region().is_demo and is_private_loopback()


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    target = safe_next(form.next.data if form.is_submitted() else request.args.get("next"))
    if request.method == "GET" and current_actor():
        return redirect(target or url_for("home.index"))
    is_new = not queries.region().is_finished and not queries.has_administrator()
    if request.method == "GET" and is_new and target == url_for("admin.set_up"):
        return redirect(url_for("accounts.first_administrator"))
    form.next.data = target or ""
    if form.validate_on_submit() and (keys := let_in(form, form.email.data)):
        found = queries.credentials(form.email.data)
        stored = found.password_hash if found and found.is_confirmed else None
        if operations.password_matches(stored, form.password.data, cheap=cheap()):
            assert found is not None
            return _signed_in(form, found.person_id, keys, target)
        form.form_errors.append(WRONG if no_mail() else WRONG + OR_A_LINK)
    groups = _demo_groups() if in_demo() else []
    return render_template(
        "accounts/sign_in.html",
        form=form,
        ended="ended" in request.args,
        groups=groups,
        is_new=is_new,
        demo=DemoForm(next=target or "", formdata=None),
        page_errors=bool(form.errors),
    ), _status(form)


def _signed_in(
    form: SignInForm, person_id: int, keys: dict[Scope, str], target: str | None
) -> ResponseReturnValue:
    stored = queries.credentials(form.email.data)
    renewed = None
    if stored and stored.password_hash and operations.needs_rehash(stored.password_hash, cheap=cheap()):
        renewed = operations.hash_password(form.password.data, cheap=cheap())
    with saving(form) as saved:
        operations.succeeded(keys)
        if renewed:
            operations.set_password(person_id, password_hash=renewed)
        first = first_step(person_id)
        saved.redirect = first.leads_to(target)
    return after_first_step(first, target, shared=form.shared.data)


def let_in(form: Form, account: str) -> dict[Scope, str] | None:
    """Count an attempt at an account; what it was counted in, or None with the wait as an error."""
    keys = operations.attempt_keys(account, browser=browser_id(), address=request.remote_addr or "")
    with unclaimed(), transaction(started()):
        wait = operations.attempt(keys, now=now())
    if wait is None:
        return keys
    form.form_errors.append(
        f"That was too many attempts. Try again in {say_span(wait - now())}. Your account is not locked"
    )
    return None


def _status(form: Form) -> int:
    return 422 if form.errors else 200


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    if token := session.get("_user_id"):
        with transaction(started()) as write:
            operations.end_session(token, now=now())
            write.redirect = url_for("accounts.signed_out")
    session.clear()
    response = redirect(url_for("accounts.signed_out"))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@bp.get("/signed-out")
@public
def signed_out() -> ResponseReturnValue:
    return render_template("accounts/signed_out.html")


# By a link


@bp.route("/sign-in/link", methods=["GET", "POST"])
@public
def ask_for_link() -> ResponseReturnValue:
    return _ask(operations.send_sign_in_link, "link")


@bp.route("/reset", methods=["GET", "POST"])
@public
def ask_for_reset() -> ResponseReturnValue:
    return _ask(operations.send_reset, "reset")


def _ask(send: Callable[..., None], what: str) -> ResponseReturnValue:
    """The same page for a known and an unknown address."""
    form = EmailForm()
    sent = url_for("accounts.link_sent", what=what)
    if form.validate_on_submit() and let_in(form, f"{what}|{form.email.data}"):
        with saving(form, then=sent) as saved:
            send(form.email.data, now=now())
        if saved:
            return redirect(sent)
    return render_template(
        "accounts/ask_for_link.html", form=form, what=what, page_errors=bool(form.errors)
    ), _status(form)


@bp.get("/sign-in/sent/<what>")
@public
def link_sent(what: str) -> ResponseReturnValue:
    if what not in ("link", "reset"):
        abort(404)
    return render_template("accounts/link_sent.html", what=what, demo=in_demo())


@bp.route("/sign-in/link/<token>", methods=["GET", "POST"])
@public
def use_link(token: str) -> ResponseReturnValue:
    found = queries.link(token, LinkPurpose.SIGN_IN, now())
    if found is None:
        return link_gone()
    form = UseLinkForm()
    if form.validate_on_submit():
        with saving(form) as saved:
            first = first_step(operations.sign_in_by_link(token, now=now()))
            saved.redirect = first.leads_to(None)
        return after_first_step(first, None, shared=form.shared.data)
    return token_page("accounts/use_link.html", form, found)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    found = queries.link(token, LinkPurpose.RESET, now())
    if found is None:
        return link_gone()
    form = NewPasswordForm()
    if form.validate_on_submit():
        hashed = operations.hash_password(form.password.data, cheap=cheap())
        with saving(form) as saved:
            first = first_step(operations.reset_password(token, password_hash=hashed, now=now()))
            saved.redirect = first.leads_to(None)
        return after_first_step(first, None)
    return token_page("accounts/reset.html", form, found)


#: For a page whose address is a secret.
SECRET_PAGE = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


def token_page(template: str, form: Form, found: queries.LinkRow, **more: object) -> ResponseReturnValue:
    """A page whose address is a secret: nothing it links to is told that address."""
    page = render_template(template, form=form, link=found, page_errors=bool(form.errors), **more)
    return page, _status(form), SECRET_PAGE


def link_gone() -> ResponseReturnValue:
    """A link that was used, has expired, or never was; all look the same."""
    return render_template("accounts/link_gone.html"), 404, {"Referrer-Policy": "no-referrer"}


# In the demo


@bp.post("/sign-in/demo")
@public
def demo_sign_in() -> ResponseReturnValue:
    if not in_demo():
        abort(404)
    form = DemoForm()
    found = queries.credentials(tidy_address(form.person.data or ""))
    if not form.validate_on_submit() or found is None or not found.is_confirmed:
        abort(404)
    target = safe_next(form.next.data)
    with saving(form, then=target or url_for("home.index")):
        token = begin_session(found.person_id, demo=True)
    return after_signing_in(token, target)


def _demo_groups() -> list[queries.DemoGroup]:
    """Staff by role, then whom higher features know, then suppliers."""
    further: DemoGroups | None = current_app.extensions.get(DEMO_GROUPS_EXTENSION)
    *staff, suppliers = queries.demo_people()
    return [group for group in (*staff, *(further(now()) if further else ()), suppliers) if group[1]]
