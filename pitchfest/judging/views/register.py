"""One's own register of interests."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for

from pitchfest.judging import operations, queries
from pitchfest.judging.forms import RegisterForm
from pitchfest.judging.rules import Permission
from pitchfest.judging.rules.interests import Entry
from pitchfest.judging.views.desk import Page, bp
from pitchfest.kernel.clock import LONDON
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/account/interests", methods=["GET", "POST"])
@requires(Permission.REGISTER)
def interests() -> Page:
    form = RegisterForm()
    if form.validate_on_submit() and _written(form, None):
        flash("It is in your register.", "success")
        return redirect(url_for(".interests"))
    lines = queries.register_lines(the_actor().person_id)
    standing = [line.entry for line in lines if line.replaced_at is None]
    page = render_template(
        "judging/register.html",
        form=form,
        going=[entry for entry in standing if not entry.is_over(_today())],
        ended=[entry for entry in standing if entry.is_over(_today())],
        replaced=[line for line in lines if line.replaced_at is not None],
        page_errors=bool(form.errors),
    )
    return (page, 422) if form.errors else page


@bp.route("/account/interests/<int:interest_id>", methods=["GET", "POST"])
@requires(Permission.REGISTER, of=queries.own_interest)
def interest(entry: Entry) -> Page:
    """Another line takes the place of this one; what it said stays in the register."""
    form = RegisterForm(obj=entry)
    if form.validate_on_submit() and _written(form, entry.id):
        flash("Your register is changed. What it said before is kept below.", "success")
        return redirect(url_for(".interests"))
    page = render_template(
        "judging/register_line.html", form=form, entry=entry, page_errors=bool(form.errors)
    )
    return (page, 422) if form.errors else page


def _written(form: RegisterForm, replaces: int | None) -> bool:
    with saving(form, then=url_for(".interests")) as saved:
        operations.register_interest(
            the_actor(),
            kind=form.kind.data,
            party=form.party.data,
            words=form.words.data or "",
            since=form.since.data,
            until=_today() if "ended" in request.form else form.until.data,
            now=now(),
            replaces=replaces,
        )
    return bool(saved)


def _today() -> date:
    return now().astimezone(LONDON).date()
