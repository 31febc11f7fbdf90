"""*Post a small challenge*: one page, from the problem to the request for approval."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.rules import SMALL_ROUND, Permission, dates_from
from pitchfest.judging import operations
from pitchfest.judging.forms import small_form
from pitchfest.kernel.calendar import uk_bank_holidays
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now

bp = Blueprint("small_round", __name__)
_Form = small_form(SMALL_ROUND)


@bp.route("/manage/challenges/new/small", methods=["GET", "POST"])
@requires(Permission.CREATE)
def post() -> ResponseReturnValue:
    closes_at = dates_from(SMALL_ROUND, now(), uk_bank_holidays)["closes_at"]
    form = _Form(
        data={
            "closes_at": closes_at,
            "practice": "practice" in request.args,
            "reason_words": SMALL_ROUND.reason_words,
        }
    )
    form.decision_maker_id.choices = {"": "Choose someone"} | {
        str(person.id): person.name for person in accounts.staff(now=now())
    }
    if form.validate_on_submit():
        with saving(form) as saved:
            reference = operations.post_small(
                the_actor(),
                template=form.as_template(),
                title=form.title.data,
                judges=form.people,
                practice=form.practice.data,
                now=now(),
                **form.fields,
            )
            saved.redirect = url_for("manage.challenge", reference=reference)
        if saved:
            flash(
                "Sent for approval. The approvers have been told. "
                "The judges are invited when it is published.",
                "success",
            )
            return redirect(saved.redirect)
    page = render_template("judging/small.html", form=form, page_errors=bool(form.errors))
    return page, 422 if form.errors else 200
