"""Writing a draft: its brief, and its dates and people."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import BriefForm, SettingsForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import Permission
from pitchfest.challenges.views.manage import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
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
    form = SettingsForm(obj=found)
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
    page = render_template(
        "challenges/manage/settings.html", challenge=found, form=form, page_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200
