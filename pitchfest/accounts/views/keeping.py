"""Proving once more that it is you, and text that was kept."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.forms import ProofForm
from pitchfest.accounts.rules import Permission
from pitchfest.accounts.views.account import password_is_right
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.sign_in import let_in
from pitchfest.db import transaction
from pitchfest.kernel.actor import Actor
from pitchfest.web.access import requires, safe_next, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.idempotency import unclaimed
from pitchfest.web.kept import number_in, written
from pitchfest.web.requests import no_mail, now, started


@bp.route("/account/prove", methods=["GET", "POST"])
@requires(Permission.ACCOUNT)
def prove() -> ResponseReturnValue:
    """By password; by a code sent by e-mail where there is none; by a button in the demo."""
    actor, form = the_actor(), ProofForm()
    target = safe_next(form.next.data if form.is_submitted() else request.args.get("next"))
    form.next.data = target or ""
    if not form.is_submitted():
        form.code.data = request.args.get("code", "")
    way = _way(actor)
    if form.validate_on_submit() and _PROOFS[way](actor, form):
        then = target or url_for("home.index")
        with saving(form, then=then) as saved:
            operations.prove(actor, now=now())
        if saved:
            if (parked := number_in(then)) is not None:
                flash(_AGAIN[parked > 0])
            return redirect(then)
    return render_template(
        "accounts/prove.html", form=form, way=way, page_errors=bool(form.errors)
    ), 422 if form.errors else 200


#: What is said on the page that one comes back to, by whether something had been filled in.
_AGAIN = {
    False: "Nothing was done yet, because we first asked whether it is you. Now press the button again.",
    True: "Nothing was saved yet, because we first asked whether it is you. What you filled in is here "
    "again. Check it, then press the button again.",
}


@bp.post("/account/prove/code")
@requires(Permission.ACCOUNT)
def send_code() -> ResponseReturnValue:
    actor, form = the_actor(), ProofForm()
    target = safe_next(form.next.data)
    back = url_for("accounts.prove", next=target) if target else url_for("accounts.prove")
    if form.validate_on_submit() and let_in(form, f"code|{actor.email}"):
        with saving(form, then=back):
            operations.send_code(actor, now=now())
        flash(
            "Your code is among your messages."
            if no_mail()
            else "We have emailed you a code. In a demonstration it is among your messages."
        )
    for problem in form.form_errors:
        flash(problem)
    return redirect(back)


@bp.get("/account/kept")
@requires(Permission.KEPT)
def kept() -> ResponseReturnValue:
    return render_template(
        "accounts/kept.html",
        form=Form(),
        kept=[(item, written(item.words)) for item in queries.kept_forms(the_actor().person_id, now())],
    )


@bp.post("/account/kept/<int:kept_id>/delete")
@requires(Permission.KEPT)
def drop_kept(kept_id: int) -> ResponseReturnValue:
    """Someone else's simply stays: the operation reaches one's own only."""
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for("accounts.kept")):
            operations.drop_kept(the_actor(), kept_id=kept_id)
    return redirect(url_for("accounts.kept"))


def _way(actor: Actor) -> str:
    if actor.demo and queries.region().is_demo:
        return "button"
    found = queries.credentials(actor.email)
    return "password" if found and found.password_hash else "code"


def _by_button(_actor: Actor, _form: ProofForm) -> bool:
    return True


def _by_password(actor: Actor, form: ProofForm) -> bool:
    return password_is_right(actor, form, form.password)


def _by_code(actor: Actor, form: ProofForm) -> bool:
    with unclaimed(), transaction(started()):
        right = operations.code_is_right(actor, code=form.code.data, now=now())
    if not right:
        form.code.errors = ["That code is not right, or too old. Ask for a new one below"]
    return right


_PROOFS = {"button": _by_button, "password": _by_password, "code": _by_code}
