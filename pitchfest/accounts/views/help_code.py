"""A code to read out to the help desk, and who looked by it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.rules import Permission, say_code
from pitchfest.accounts.views.blueprint import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.get("/account/help-code")
@requires(Permission.ACCOUNT)
def help_code() -> str:
    return _page("")


@bp.post("/account/help-code")
@requires(Permission.ACCOUNT)
def make_help_code() -> ResponseReturnValue:
    """The code is shown once, in the answer to the button: the page's address does not lead to it."""
    form, code = Form(), ""
    if form.validate_on_submit():
        with saving(form, then=url_for("accounts.help_code")):
            code = operations.make_help_code(the_actor(), now=now())
    return _page(code)


@bp.post("/account/help-code/end")
@requires(Permission.ACCOUNT)
def end_help_code() -> ResponseReturnValue:
    form, then = Form(), url_for("accounts.help_code")
    if form.validate_on_submit():
        with saving(form, then=then):
            operations.end_help_code(the_actor(), now=now())
        flash("The code does not work any more, and nobody can look.", "success")
    return redirect(then)


def _page(code: str) -> str:
    person_id = the_actor().person_id
    return render_template(
        "accounts/help_code.html",
        form=Form(formdata=None),
        code=say_code(code) if code else "",
        until=queries.help_code_until(person_id, now()),
        looks=queries.looks_at(person_id),
    )
