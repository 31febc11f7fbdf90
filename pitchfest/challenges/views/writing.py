"""Writing a draft: its brief, and its dates and people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import BriefForm
from pitchfest.challenges.forms.settings import SettingsForm, TimetableForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import BASES, Permission, open_for, publish_on_problem, timetable
from pitchfest.challenges.views.manage import bp
from pitchfest.kernel.calendar import add_working_days
from pitchfest.kernel.clock import LONDON
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, naming, saving
from pitchfest.web.requests import now

_TOKENS = {"csrf_token", "form_token", "version"}


def fields_of(form: Form) -> dict[str, object]:
    """What the form holds, without its tokens."""
    return {name: value for name, value in form.data.items() if name not in _TOKENS}


@bp.route("/challenges/<reference>/brief", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.for_staff)
def brief(found: ChallengeRow) -> ResponseReturnValue:
    form = BriefForm(obj=found)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.edit_brief(
                the_actor(),
                reference=found.reference,
                expected_version=form.expected_version,
                now=now(),
                **fields_of(form),
            )
        if saved:
            flash("The brief is saved.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/brief.html", challenge=found, form=form, page_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200


@bp.route("/challenges/<reference>/settings", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.for_staff)
def settings(found: ChallengeRow) -> ResponseReturnValue:
    asked, proposed = _worked_out(found)
    form = SettingsForm(obj=found if not proposed else replace(found, **proposed))
    form.decision_maker_id.choices = {"": "Nobody yet"} | {
        str(p.id): p.name for p in accounts.staff(now=now())
    }
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.edit_settings(
                the_actor(),
                reference=found.reference,
                expected_version=form.expected_version,
                now=now(),
                **fields_of(form),
            )
        if saved:
            flash("Dates and people are saved.", "success")
            return redirect(saved.redirect)
    wrong = bool(form.errors or asked.errors)
    page = render_template(
        "challenges/manage/settings.html",
        challenge=found,
        form=form,
        asked=asked,
        proposed=bool(proposed),
        bases={basis.value: says for basis, (_, says) in BASES.items()},
        page_errors=wrong,
    )
    return page, 422 if wrong else 200


def _worked_out(found: ChallengeRow) -> tuple[TimetableForm, dict[str, Any]]:
    """The small form that asks for the day of publication, and the dates that follow from the day in
    the address, if there is one. Nothing is saved.
    """
    is_asked = request.method == "GET" and "publish_on-day" in request.args
    today = now().astimezone(LONDON).date()
    form = TimetableForm(request.args if is_asked else None, publish_on=add_working_days(today, 1))
    if not is_asked:
        return form, {}
    day = form.publish_on.data
    problem = (
        *(naming(form.publish_on, error) for error in form.publish_on.process_errors),
        "Enter the day of publication" if day is None else publish_on_problem(day, now()),
    )[0]
    if problem:
        form.publish_on.errors = [problem]
        return form, {}
    chosen = queries.route(found)
    return form, timetable(found.lane, open_for(found.lane, chosen.route) if chosen else None, day)
