"""The help desk: technical facts of someone on the phone, and nothing that they wrote."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.queries import Technical
from pitchfest.accounts.rules import PERMISSIONS, Permission, Scope
from pitchfest.admin.forms import CodeForm
from pitchfest.admin.views.blueprint import bp
from pitchfest.db import transaction
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import say_span
from pitchfest.pitches import queries as pitches
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.idempotency import unclaimed
from pitchfest.web.requests import now, started

#: Status of an error page → what it means to the person on the phone.
_MEANING = {
    400: "The request could not be read, or the form was open for too long.",
    409: "Someone or something else had changed it meanwhile, or the time was over.",
    413: "What they sent was too large.",
    500: "Something went wrong on our side. Give the number to whoever looks after the machine.",
    503: "We were too busy, or could not save. Nothing was half saved.",
}


def help_desk_link(actor: Actor) -> tuple[str, str] | None:
    """The way to the help desk, for those who work there."""
    may = PERMISSIONS[Permission.HELP_DESK](actor, None)
    return ("Help desk", url_for("admin.help_desk")) if may else None


@bp.route("/manage/help-desk", methods=["GET", "POST"])
@requires(Permission.HELP_DESK)
def help_desk() -> ResponseReturnValue:
    form = CodeForm()
    if form.validate_on_submit() and (keys := _counted(form)):
        with saving(form) as saved:
            look_id = operations.look(the_actor(), code=form.code.data, now=now())
            operations.succeeded(keys)
            saved.redirect = url_for("admin.help_desk_facts", look_id=look_id)
        if saved:
            return redirect(saved.redirect)
    page = render_template("admin/help_desk.html", form=form, page_errors=bool(form.errors))
    return page, 422 if form.errors else 200


def _counted(form: CodeForm) -> dict[Scope, str] | None:
    """Count an attempt at a code; what it was counted in, or None with the wait as an error."""
    actor = the_actor()
    keys = operations.attempt_keys(
        f"help-desk|{actor.person_id}", browser=str(actor.session_id), address=request.remote_addr or ""
    )
    with unclaimed(), transaction(started()):
        wait = operations.attempt(keys, now=now())
    if wait is None:
        return keys
    form.form_errors.append(f"That was too many attempts. Try again in {say_span(wait - now())}")
    return None


@bp.get("/manage/help-desk/<int:look_id>")
@requires(Permission.HELP_DESK, of=queries.technical)
def help_desk_facts(facts: Technical) -> str:
    trouble = facts.last_trouble
    return render_template(
        "admin/help_desk_facts.html",
        facts=facts,
        saved=pitches.saved_pages(facts.person_id),
        meaning=_MEANING.get(trouble.status, "") if trouble else "",
    )
