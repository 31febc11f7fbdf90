"""Leaving publication to the clock."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms.routing import ScheduleForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import CHALLENGE, Permission
from pitchfest.challenges.views.manage import bp
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import Conflict
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/schedule", methods=["GET", "POST"])
@requires(Permission.PUBLISH, of=queries.for_staff)
def schedule(found: ChallengeRow) -> ResponseReturnValue:
    if CHALLENGE.find(found.effective, "schedule") is None:
        raise Conflict("Only a challenge that is approved and not yet public can be published by the clock.")
    form = ScheduleForm(version=found.version, at=found.scheduled_for)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.schedule(
                the_actor(),
                reference=found.reference,
                at=form.at.data,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(f"It will be published by itself at {say_moment(form.at.data)}.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/schedule.html",
        challenge=found,
        form=form,
        obstacles=queries.obstacles(found, found.scheduled_for or now()),
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200
