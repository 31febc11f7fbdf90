"""More time for everyone, and what to do where few pitches came in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations as challenge_operations
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.forms import ExtendForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import (
    ChallengeState,
    Extend,
    Permission,
    advice_on_dates,
    dates_before_and_after,
    extension_problems,
    later_dates,
    next_working_day,
    squeezed,
)
from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.pitches import queries
from pitchfest.pitches.rules.states import FEW
from pitchfest.pitches.views.desk import bp
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.get("/challenges/<reference>/few-pitches")
@requires(Permission.TELL, of=challenges.for_staff)
def few(challenge: ChallengeRow) -> str:
    is_open = challenge.effective == ChallengeState.OPEN
    return render_template(
        "pitches/few.html",
        challenge=challenge,
        is_open=is_open,
        numbers=queries.numbers([challenge.id], now()).get(challenge.id) if is_open else None,
        enough=FEW,
        may_extend=bool(allows(Permission.EXTEND, challenge)),
    )


@bp.route("/challenges/<reference>/extend", methods=["GET", "POST"])
@requires(Permission.EXTEND, of=challenges.for_staff)
def extend(challenge: ChallengeRow) -> ResponseReturnValue:
    form = ExtendForm(version=challenge.version)
    if not form.validate_on_submit() or request.form.get("act") == "change":
        return _extend_page(challenge, form)
    closes_at, reason = form.closes_at.data, form.reason.data or ""
    if challenge.effective == ChallengeState.OPEN and challenge.closes_at is not None:
        problems = extension_problems(Extend(challenge.closes_at, closes_at, reason))
        if problems:
            form.add_problems(RuleViolation(*(Problem(words, field) for words, field in problems)))
            return _extend_page(challenge, form)
        if request.form.get("act") != "extend":
            return _check_page(challenge, form, challenge.closes_at)
    with saving(form, then=url_for("manage.challenge", reference=challenge.reference)) as saved:
        challenge_operations.extend(
            the_actor(),
            reference=challenge.reference,
            closes_at=closes_at,
            reason=reason,
            expected_version=form.expected_version,
            now=now(),
        )
    if saved:
        flash("Extended for everyone. All who hold a pitch are being told.", "success")
        return redirect(saved.redirect)
    return _extend_page(challenge, form)


def _extend_page(challenge: ChallengeRow, form: ExtendForm) -> ResponseReturnValue:
    page = render_template(
        "pitches/extend.html",
        challenge=challenge,
        form=form,
        page_errors=bool(form.errors),
        is_open=challenge.effective == ChallengeState.OPEN,
        earliest=next_working_day(challenge.closes_at) if challenge.closes_at else None,
    )
    return page, 422 if form.errors else 200


def _check_page(challenge: ChallengeRow, form: ExtendForm, closes_at: datetime) -> ResponseReturnValue:
    """Every date as it stands and as it would be; nothing is changed yet."""
    later = form.closes_at.data
    moved = later_dates(
        closes_at,
        later,
        judging_deadline=challenge.judging_deadline,
        decision_due=challenge.decision_due,
        questions_until=challenge.questions_until,
        now=now(),
    )
    columns: dict[str, Any] = {"closes_at": later, **moved}
    after = replace(challenge, **columns)
    return render_template(
        "pitches/extend_check.html",
        challenge=challenge,
        form=form,
        dates=dates_before_and_after(challenge, after),
        advice=advice_on_dates(replace(after, questions_until=None)),
        squeeze=squeezed(closes_at, challenge.judging_deadline, later, after.judging_deadline),
    )
