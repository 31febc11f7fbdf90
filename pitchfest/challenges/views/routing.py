"""The route of a challenge: five questions, the procurement lead's yes, and the duties."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms.routing import NoticeForm, RouteForm, StatementForm, route_values
from pitchfest.challenges.queries import ChallengeRow, DutyPage, DutyRow, Routed
from pitchfest.challenges.rules import (
    ROUTE_NAMES,
    UNPUBLISHED,
    Answers,
    ChallengeState,
    Duty,
    Evidence,
    Instead,
    OpenFor,
    Permission,
    Stands,
    Step,
    closed_because,
    duties_of,
    is_settled,
    needs_confirming,
    open_for,
    route_reason,
    steps_after,
)
from pitchfest.challenges.views.manage import bp
from pitchfest.kernel.clock import say_day, say_moment
from pitchfest.kernel.money import say_pounds
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.get("/challenges/<reference>/route")
@requires(Permission.VIEW_STAFF, of=queries.for_staff)
def route(found: ChallengeRow) -> ResponseReturnValue:
    return _page(found, Form(version=found.version))


def _page(found: ChallengeRow, form: Form) -> ResponseReturnValue:
    stands = queries.routed(found)
    chosen = stands.chosen
    may_confirm = bool(allows(Permission.CONFIRM_ROUTE, found)) and not found.practice
    may_record = bool(allows(Permission.RECORD_DUTY, found))
    steps = steps_after(found, chosen, stands.done, now())
    page = render_template(
        "challenges/manage/route.html",
        challenge=found,
        form=form,
        chosen=chosen,
        name=ROUTE_NAMES[chosen.route] if chosen else "",
        reason=route_reason(chosen.answers) if chosen else "",
        answers=_answers(chosen.answers) if chosen else [],
        may_answer=bool(allows(Permission.WRITE, found)),
        may_confirm=may_confirm,
        is_public=found.effective not in UNPUBLISHED,
        must_confirm=chosen is not None and needs_confirming(found.lane, chosen.answers),
        duties=_duties(found, stands, link=may_confirm) if chosen else [],
        later=[(d.what, _about(d)) for d in duties_of(chosen.answers) if not d.is_due_before]
        if chosen and found.effective in UNPUBLISHED
        else [],
        steps=[_step(found, step, stands.done, link=may_record) for step in steps],
        may_record=may_record,
        ended=say_ended(found),
        least=_least(open_for(found.lane, chosen.route)) if chosen else "",
        page_errors=bool(form.errors or form.form_errors),
    )
    return page, 422 if form.errors or form.form_errors else 200


_INSTEAD = {
    Instead.NOTHING: "None of these",
    Instead.GIFT: "A gift",
    Instead.PRIZE: "A prize",
    Instead.NO_MONEY: "No money",
}


def _answers(answers: Answers) -> list[tuple[str, str]]:
    yes = {True: "Yes", False: "No"}
    return [
        ("Are we buying something?", yes[answers.buying]),
        ("How much, VAT included?", say_pounds(answers.value_pence)),
        ("Could others buy it too?", yes[answers.others]),
        ("Is it a gift, a prize, or no money?", _INSTEAD[answers.instead]),
        ("Is it research?", yes[answers.research]),
    ]


Task = tuple[str, str, str, str, str]


def _duties(found: ChallengeRow, stands: Routed, *, link: bool) -> list[Task]:
    """The duties before publication as tasks: what, where, source and record, status, colour."""
    assert stands.chosen is not None  # the page shows none without a route
    done = stands.done
    return [
        (
            duty.what,
            _href(found, duty) if link else "",
            Markup("<br>").join(filter(None, (say_record(duty, done.get(duty.key)), _about(duty)))),
            *_status(duty, done),
        )
        for duty in duties_of(stands.chosen.answers)
        if duty.is_due_before
    ]


def _status(duty: Duty, done: dict[str, DutyRow]) -> tuple[str, str]:
    if not is_settled(duty, done):
        return "To do", "orange"
    return ("Done" if done[duty.key].evidence else "Not needed"), ""


#: How a duty after publication stands → its status and colour in the list of tasks.
_STANDS = {
    Stands.WAITS: ("Not yet", "grey"),
    Stands.DUE: ("To do", "orange"),
    Stands.RUNS: ("Running", "blue"),
    Stands.DONE: ("Done", ""),
    Stands.UNNEEDED: ("Not needed", ""),
}


def _step(found: ChallengeRow, step: Step, done: dict[str, DutyRow], *, link: bool) -> Task:
    """A duty after publication as a task."""
    duty = step.duty
    said = (step.why, say_record(duty, done.get(duty.key)), _about(duty))
    href = _href(found, duty) if link and step.may_be_recorded else ""
    return (duty.what, href, Markup("<br>").join(filter(None, said)), *_STANDS[step.stands])


def _href(found: ChallengeRow, duty: Duty) -> str:
    return url_for("manage.duty", reference=found.reference, key=duty.key)


def say_ended(found: ChallengeRow) -> str:
    """Why few or no duties are left; "" where that is not so."""
    if found.effective == ChallengeState.UNSUCCESSFUL:
        return "No pitch won, so there is nothing to award."
    if found.effective == ChallengeState.CANCELLED:
        return "It was cancelled, so there is nothing to award."
    return ""


def say_record(duty: Duty, row: DutyRow | None) -> str:
    """What was recorded, by whom and when, in a sentence; "" where nothing was."""
    if row is None:
        return ""
    if row.not_needed_because:
        return f"{row.by} on {say_day(row.recorded_at)}: not needed, because “{row.not_needed_because}”"
    if duty.evidence == Evidence.STATEMENT:
        return f"{row.by} on {say_day(row.recorded_at)}: “{row.evidence}”"
    return f"{row.evidence}, published at {say_moment(row.at)}. Recorded by {row.by}."


def _about(duty: Duty) -> str:
    return " ".join(filter(None, (duty.hint, _source(duty))))


def _source(of: Duty | OpenFor) -> str:
    if of.source.startswith("Our own"):
        return f"{of.source}."
    checked = f"checked on {say_day(of.checked)}" if of.checked else "not checked yet"
    return f"Source: {of.source}, {checked}."


def _least(least: OpenFor) -> str:
    return f"It is open for at least {least.words}. {_source(least)}"


@bp.route("/challenges/<reference>/route/answers", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.for_staff)
def route_answers(found: ChallengeRow) -> ResponseReturnValue:
    chosen = queries.route(found)
    values = route_values(chosen.answers) if chosen else {"value_pence": found.budget_pence}
    form = RouteForm(version=found.version, **values)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.route", reference=found.reference)) as saved:
            operations.answer_route(
                the_actor(),
                reference=found.reference,
                answers=form.answers,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Saved. This is the route that follows from your answers.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/route_answers.html",
        challenge=found,
        form=form,
        confirmed=chosen is not None and chosen.confirmed_at is not None,
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.post("/challenges/<reference>/route/confirm")
@requires(Permission.CONFIRM_ROUTE, of=queries.for_staff)
def confirm_route(found: ChallengeRow) -> ResponseReturnValue:
    form = Form(version=found.version)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.route", reference=found.reference)) as saved:
            operations.confirm_route(
                the_actor(), reference=found.reference, expected_version=form.expected_version, now=now()
            )
        if saved:
            flash("The route is confirmed.", "success")
            return redirect(saved.redirect)
    return _page(found, form)


@bp.route("/challenges/<reference>/route/duties/<key>", methods=["GET", "POST"])
@requires(Permission.RECORD_DUTY, of=queries.duty_page)
def duty(page: DutyPage) -> ResponseReturnValue:
    found, facts = page.challenge, page.facts
    line = facts.duty
    is_notice = line.evidence == Evidence.NOTICE
    form: NoticeForm | StatementForm = NoticeForm() if is_notice else StatementForm()
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.route", reference=found.reference)) as saved:
            operations.record_duty(
                the_actor(),
                reference=found.reference,
                key=line.key,
                evidence=form.evidence.data or "",
                at=form.at.data if isinstance(form, NoticeForm) else None,
                not_needed_because=form.not_needed_because.data or "",
                now=now(),
            )
        if saved:
            flash("Recorded.", "success")
            return redirect(saved.redirect)
    html = render_template(
        "challenges/manage/duty.html",
        challenge=found,
        form=form,
        duty=line,
        is_notice=is_notice,
        source=_source(line),
        why=facts.step.why if facts.step else "",
        closed=closed_because(found, line, facts.step),
        record=say_record(line, facts.record),
        page_errors=bool(form.errors or form.form_errors),
    )
    return html, 422 if form.errors or form.form_errors else 200
