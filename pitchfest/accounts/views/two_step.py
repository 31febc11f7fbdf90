"""`/account/two-step`: setting the second step of signing in up, its recovery codes, and turning it off."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from pitchfest.accounts import operations, queries
from pitchfest.accounts.forms import AppCodeForm, EitherCodeForm
from pitchfest.accounts.rules import Permission
from pitchfest.accounts.rules.two_step import in_fours
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.second_step import code_may_be_tried, code_was_right
from pitchfest.kernel.actor import Actor
from pitchfest.web.access import requires, safe_next, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.get("/account/two-step")
@requires(Permission.ACCOUNT)
def two_step() -> str:
    return render_template("accounts/two_step.html", own=queries.two_step(the_actor().person_id))


@bp.route("/account/two-step/set-up", methods=["GET", "POST"])
@requires(Permission.ACCOUNT)
def two_step_set_up() -> ResponseReturnValue:
    """First what one needs, then the key and the field for the app's first code. Asks for proof first, since
    whoever sets it up shuts everyone else out.
    """
    actor, form = the_actor(), AppCodeForm()
    if queries.two_step(actor.person_id):
        return redirect(url_for("accounts.two_step"))
    operations.require_proof(actor, now())
    target = safe_next(form.next.data if form.is_submitted() else request.args.get("next")) or ""
    form.next.data = target
    if form.validate_on_submit():
        with saving(form, then=url_for("accounts.two_step")) as saved:
            codes = operations.confirm_key(actor, code=form.code.data, now=now())
        if saved:
            return _show_codes("Two-step sign-in is on", codes, target or url_for("home.index"))
    key = queries.new_key(actor.person_id, now())
    page = render_template(
        "accounts/two_step_set_up.html",
        form=form,
        key=in_fours(key) if key else "",
        address=_app_address(actor, key) if key else "",
        picture=_picture(_app_address(actor, key)) if key else "",
        must=queries.region().two_step_required,
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.post("/account/two-step/key")
@requires(Permission.ACCOUNT)
def make_key() -> ResponseReturnValue:
    form = AppCodeForm()
    then = url_for("accounts.two_step_set_up", next=safe_next(form.next.data))
    with saving(form, then=then):
        operations.make_key(the_actor(), now=now())
    return redirect(then)


@bp.route("/account/two-step/off", methods=["GET", "POST"])
@requires(Permission.ACCOUNT)
def two_step_off() -> ResponseReturnValue:
    def turn_off(code: str) -> list[str]:
        operations.turn_off_two_step(the_actor(), code=code, now=now())
        return []

    return _change("accounts/two_step_off.html", turn_off)


@bp.route("/account/two-step/codes", methods=["GET", "POST"])
@requires(Permission.ACCOUNT)
def recovery_codes() -> ResponseReturnValue:
    def renew(code: str) -> list[str]:
        return operations.renew_recovery_codes(the_actor(), code=code, now=now())

    return _change("accounts/renew_recovery_codes.html", renew)


def _change(template: str, do: Callable[[str], list[str]]) -> ResponseReturnValue:
    """Asks for proof first and then for a code, so that neither a stolen password nor a phone is enough.
    `do` takes the code, and answers with new recovery codes where it makes any.
    """
    actor, form, then = the_actor(), EitherCodeForm(), url_for("accounts.two_step")
    if queries.two_step(actor.person_id) is None:
        return redirect(then)
    operations.require_proof(actor, now())
    if form.validate_on_submit() and code_may_be_tried(form, actor.person_id):
        with saving(form, then=then) as saved:
            codes = do(form.code.data)
            code_was_right(actor.person_id)
        if saved and codes:
            return _show_codes("Your new recovery codes", codes, then)
        if saved:
            flash("Two-step sign-in is off.", "success")
            return redirect(then)
    return render_template(template, form=form, page_errors=bool(form.errors)), 422 if form.errors else 200


def _show_codes(title: str, codes: list[str], then: str) -> str:
    """Shown once, in the answer to the button: the page's address does not lead to them."""
    return render_template(
        "accounts/recovery_codes.html", title=title, codes=[in_fours(code) for code in codes], then=then
    )


def _app_address(actor: Actor, key: str) -> str:
    """What an app reads from the picture, and what a tap on the same phone opens."""
    return pyotp.TOTP(key).provisioning_uri(name=actor.email, issuer_name=queries.region().name)


def _picture(address: str) -> Markup:
    import segno  # noqa: PLC0415 - here only: the server starts without it

    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn here, from squares
