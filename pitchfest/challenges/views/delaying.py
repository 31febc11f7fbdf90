"""Saying that the decision comes later."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import DelayForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import Permission
from pitchfest.challenges.views.manage import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/later", methods=["GET", "POST"])
@requires(Permission.DELAY, of=queries.for_staff)
def later(found: ChallengeRow) -> ResponseReturnValue:
    form = DelayForm(version=found.version)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.delay(
                the_actor(),
                reference=found.reference,
                due=form.due.data,
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("The new date is published. All who hold a pitch or follow it are told.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/later.html", challenge=found, form=form, page_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200
