"""Saying that a published date comes later."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import DelayForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import DUE_COLUMNS, DueDate, Permission, awaited
from pitchfest.challenges.views.manage import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/later", methods=["GET", "POST"])
@requires(Permission.DELAY, of=queries.for_staff)
def later(found: ChallengeRow) -> ResponseReturnValue:
    asks_both = found.judging_deadline is not None and DueDate.JUDGING in awaited(found.effective)
    standing = _standing(found) if asks_both else {}
    form = DelayForm(version=found.version, **{DUE_COLUMNS[what]: due for what, due in standing.items()})
    if not asks_both:
        del form.judging_deadline
    if form.validate_on_submit():
        dates = form.later(standing)
        with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
            operations.delay(
                the_actor(),
                reference=found.reference,
                later=dates,
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            what = "The new dates are published" if len(dates) > 1 else "The new date is published"
            flash(f"{what}. All who hold a pitch or follow it are told.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/later.html",
        challenge=found,
        form=form,
        standing=standing,
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


def _standing(found: ChallengeRow) -> dict[DueDate, datetime]:
    """Of two dates those that are still to come, and so may stay."""
    dates = {what: getattr(found, column) for what, column in DUE_COLUMNS.items()}
    return {what: due for what, due in dates.items() if due is not None and due > now()}
