"""Handing a challenge over to another officer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import HandOverForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import Permission
from pitchfest.challenges.views.manage import bp
from pitchfest.kernel.actor import Role
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/hand-over", methods=["GET", "POST"])
@requires(Permission.HAND_OVER, of=queries.for_staff)
def hand_over(found: ChallengeRow) -> ResponseReturnValue:
    officers = accounts.staff(Role.OFFICER, now=now())
    people = [(person.id, person.name) for person in officers if person.id != found.officer_id]
    form = HandOverForm(version=found.version, people=people)
    if form.validate_on_submit():
        then = url_for("manage.challenge", reference=found.reference)
        with saving(form, then=then) as saved:
            operations.hand_over(
                the_actor(),
                reference=found.reference,
                person_id=int(form.person.data),
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(f"{dict(people)[int(form.person.data)]} looks after it now. We have told both.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/hand_over.html",
        challenge=found,
        form=form,
        officer=accounts.person_names({found.officer_id})[found.officer_id],
        anyone=bool(people),
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200
