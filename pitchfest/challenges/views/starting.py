"""Starting a draft: from nothing, from a template, or as a copy of a challenge."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import StartForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import Permission
from pitchfest.challenges.views.manage import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

_EMPTY, _SMALL = "empty", "small"


@bp.route("/challenges/new", methods=["GET", "POST"])
@requires(Permission.CREATE)
def new() -> ResponseReturnValue:
    form = StartForm(start=request.args.get("start", _EMPTY), practice="practice" in request.args)
    form.start.choices = _choices()
    if form.validate_on_submit():
        with saving(form) as saved:
            reference = _start(form)
            saved.redirect = url_for("manage.challenge", reference=reference)
            if form.start.data == _EMPTY:
                saved.redirect = url_for("manage.brief", reference=reference)
        if saved:
            flash("Started. Only staff can see it.", "success")
            return redirect(saved.redirect)
    page = render_template("challenges/manage/new.html", form=form, page_errors=bool(form.errors))
    return page, 422 if form.errors else 200


def _choices() -> dict[str, dict[str, str]]:
    """Everything that a draft may begin from: group → value → words."""
    kept = {f"template-{row.id}": row.name for row in queries.templates(with_retired=False)}
    every = queries.staff_page(the_actor(), now())
    groups = {
        "New": {_EMPTY: "An empty draft", _SMALL: "Small round (comes with Pitchfest)"},
        "Our templates": kept,
        "A copy of a challenge": {row.reference: f"{row.title} ({row.reference})" for row in every},
    }
    return {label: choices for label, choices in groups.items() if choices}


def _start(form: StartForm) -> str:
    """Start what was asked for; the draft's reference."""
    actor, moment, start = the_actor(), now(), form.start.data
    given: dict[str, Any] = {
        "title": form.title.data,
        "question": form.question.data,
        "practice": form.practice.data,
    }
    if start == _EMPTY:
        return operations.create(actor, **given, now=moment)
    if start == _SMALL or start.startswith("template-"):
        template_id = None if start == _SMALL else int(start.removeprefix("template-"))
        return operations.start_from_template(actor, template_id=template_id, **given, now=moment)
    return operations.copy(actor, reference=start, **given, now=moment)


@bp.post("/challenges/<reference>/copy")
@requires(Permission.COPY, of=queries.for_staff)
def copy(found: ChallengeRow) -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with saving(form) as saved:
            reference = operations.copy(the_actor(), reference=found.reference, now=now())
            saved.redirect = url_for("manage.challenge", reference=reference)
        if saved:
            flash(f"Copied from {found.reference}. This is the new draft, and you are its author.", "success")
            return redirect(saved.redirect)
    return redirect(url_for("manage.challenge", reference=found.reference))
