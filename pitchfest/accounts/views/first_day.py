"""The very first page of an installation: whoever has the code becomes its first administrator."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.forms import FirstAdministratorForm
from pitchfest.accounts.rules import Scope
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.sessions import after_signing_in, begin_session
from pitchfest.accounts.views.sign_in import cheap, let_in
from pitchfest.web.access import public
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/admin/set-up/start", methods=["GET", "POST"])
@public
def first_administrator() -> ResponseReturnValue:
    """There is nothing here once somebody administers the installation."""
    if queries.has_administrator():
        abort(404)
    form = FirstAdministratorForm()
    if form.validate_on_submit() and (keys := let_in(form, "set-up")):
        if queries.set_up_code_is_right(form.code.data, now()):
            if token := _found(form, keys):
                return after_signing_in(token, url_for("admin.set_up"))
        else:
            form.code.errors = [operations.WRONG_CODE]
    return render_template(
        "accounts/first_administrator.html", form=form, page_errors=bool(form.errors)
    ), 422 if form.errors else 200


def _found(form: FirstAdministratorForm, keys: dict[Scope, str]) -> str:
    """Make the account and sign it in, which counts as a proof; its session, "" when refused."""
    hashed = operations.hash_password(form.password.data, cheap=cheap())
    token = ""
    with saving(form, then=url_for("admin.set_up")) as saved:
        operations.succeeded(keys)
        person_id = operations.found_administrator(
            form.code.data, name=form.name.data, email=form.email.data, password_hash=hashed, now=now()
        )
        token = begin_session(person_id, proved=True)
    return token if saved else ""
