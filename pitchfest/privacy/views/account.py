"""A person's own copy of what is held about them, and closing an account."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts.operations import require_proof
from pitchfest.accounts.rules import Permission as AccountPermission
from pitchfest.db.engine import empty_journal
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.privacy import Cell
from pitchfest.privacy import operations, queries
from pitchfest.privacy.forms import EraseOtherForm
from pitchfest.privacy.queries import Someone
from pitchfest.privacy.rules import Permission
from pitchfest.privacy.views.blueprint import bp, parts
from pitchfest.web.access import public, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

#: In the cookie of the browser that closed its account: which erasure its last page may tell of.
_DONE = "erased"


@bp.get("/account/data")
@requires(AccountPermission.ACCOUNT)
def data() -> ResponseReturnValue:
    actor = the_actor()
    require_proof(actor, now())
    sections = queries.held(parts(), actor.person_id, now())
    return render_template(
        "privacy/data.html",
        sections=sections,
        nothing=[section.title for section in sections if not section.rows],
    )


@bp.get("/account/data.json")
@requires(AccountPermission.ACCOUNT)
def data_file() -> ResponseReturnValue:
    """The same for programs: each row an object keyed by its column's name."""
    actor = the_actor()
    require_proof(actor, now())
    body = {
        "made_at": iso(now()),
        "sections": [
            {
                "title": section.title,
                "rows": [dict(zip(section.columns, map(_plain, row), strict=True)) for row in section.rows],
            }
            for section in queries.held(parts(), actor.person_id, now())
        ],
    }
    return Response(
        json.dumps(body, ensure_ascii=False, indent=1),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": "attachment; filename=my-data.json"},
    )


def _plain(cell: Cell) -> Any:
    return iso(cell) if isinstance(cell, datetime) else cell


@bp.get("/account/data/erase")
@requires(AccountPermission.ACCOUNT)
def erase() -> ResponseReturnValue:
    """What will go, what stays and why, and what stands in the way, before anything happens."""
    return render_template("privacy/erase.html", found=_found(the_actor().person_id, own=True))


@bp.route("/account/data/erase/confirm", methods=["GET", "POST"])
@requires(AccountPermission.ACCOUNT)
def confirm() -> ResponseReturnValue:
    """The second page. It asks for proof, so that nobody erases whoever left their browser open."""
    actor, form = the_actor(), Form()
    require_proof(actor, now())
    if form.validate_on_submit():
        with saving(form, then=url_for("privacy.erased")) as saved:
            number = operations.erase_own(actor, parts=parts(), now=now())
        if saved:
            empty_journal()
            session.clear()
            session[_DONE] = number
            return redirect(saved.redirect)
    page = render_template("privacy/confirm.html", form=form, page_errors=bool(form.form_errors))
    return page, 422 if form.form_errors else 200


@bp.get("/account/closed")
@public
def erased() -> ResponseReturnValue:
    """What went and what stays, for the browser that closed its account, and for no other."""
    number = session.get(_DONE)
    found = queries.erasure(number) if isinstance(number, int) else None
    if found is None:
        raise NotFound
    return render_template("privacy/erased.html", erasure=found)


# For somebody else.


@bp.route("/admin/people/<int:person_id>/erase", methods=["GET", "POST"])
@requires(Permission.ERASE_OTHER, of=queries.someone)
def erase_other(person: Someone) -> ResponseReturnValue:
    """An administrator erases someone on their written request."""
    actor, form = the_actor(), EraseOtherForm()
    require_proof(actor, now())
    then = url_for("admin.person", person_id=person.id)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.erase_other(
                actor, person_id=person.id, reason=form.reason.data or "", parts=parts(), now=now()
            )
        if saved:
            empty_journal()
            return redirect(then)
    page = render_template(
        "privacy/erase_other.html",
        person=person,
        own=person.id == actor.person_id,
        form=form,
        found=_found(person.id, own=False),
        page_errors=bool(form.errors or form.form_errors),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _found(person_id: int, *, own: bool) -> Any:
    return queries.erasing(parts(), person_id, own=own, now=now())
