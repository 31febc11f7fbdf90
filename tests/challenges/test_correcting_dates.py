"""The dates in a correction: typed ones stay, others move with the closing, and the check shows them all."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from pitchfest.challenges import queries
from pitchfest.challenges.rules import Corrected, squeezed
from pitchfest.db import db
from pitchfest.kernel.clock import LONDON, iso, say_moment
from pitchfest.kernel.errors import RuleViolation
from tests.accounts.people import first_error
from tests.challenges.test_correcting import REASON, correct
from tests.challenges.world import closing_of, closing_on
from tests.support.statements import counted


def dates_shown(browser):
    """Rows of the table of dates: what a date is called, and the moments now and after."""
    table = browser.html.partition("<table")[2].partition("</table>")[0]
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]
    texts = ([re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows)
    return {label: (before, after) for label, before, after in texts}


def test_the_check_shows_every_date_that_publishing_then_sets(app, cast, reference, now):
    was = queries.by_reference(reference, now)
    later = closing_of(reference, now) + timedelta(days=14)
    lead, page = cast.browser(app, "lead"), f"/manage/challenges/{reference}/correct"
    lead.get(page)
    with counted() as seen:
        lead.send(
            page,
            action="/correct",
            budget_pence="90,000",
            reason=REASON,
            **closing_on(later),
            act="check",
        )
    assert len(seen) <= 12
    shown = dates_shown(lead)
    lead.send(page, action="/correct", act="publish")
    after = queries.by_reference(reference, now)
    moments = [
        [
            say_moment(at)
            for at in (row.questions_until, row.closes_at, row.judging_deadline, row.decision_due)
            if at
        ]
        for row in (was, after)
    ]
    assert not set(moments[0]) & set(moments[1]), "every date moved with the closing"
    names = ("Questions end", "Pitches close", "Judges finish", "Decision expected")
    assert shown == dict(zip(names, zip(*moments, strict=True), strict=True))


def test_the_check_says_of_a_date_that_it_stays_or_goes(app, cast, reference, now):
    was = queries.by_reference(reference, now)
    assert was.judging_deadline is not None
    assert was.decision_due is not None
    later = closing_of(reference, now) + timedelta(days=7)
    lead = cast.browser(app, "lead")
    lead.fill(
        f"/manage/challenges/{reference}/correct",
        action="/correct",
        reason=REASON,
        **closing_on(later),
        decision_due__day="",
        decision_due__month="",
        decision_due__year="",
        decision_due__time="",
        act="check",
    )
    shown = dates_shown(lead)
    assert shown["Judges finish"] == (say_moment(was.judging_deadline), "Stays")
    assert shown["Decision expected"] == (say_moment(was.decision_due), "Not set")


def typed(name, at):
    """A moment as the fields of a form carry it."""
    local = at.astimezone(LONDON)
    day = {"day": local.day, "month": local.month, "year": local.year, "time": f"{local:%H:%M}"}
    return {f"{name}__{part}": str(value) for part, value in day.items()}


def test_dates_typed_with_a_later_closing_are_published_as_typed(app, cast, reference, now):
    was = queries.by_reference(reference, now)
    later = closing_of(reference, now) + timedelta(days=7)
    asked, judged = later - timedelta(days=2, hours=3), later + timedelta(days=1, hours=5)
    assert was.judging_deadline is not None
    assert judged < was.judging_deadline
    assert was.questions_until is not None
    assert asked > was.questions_until
    lead, page = cast.browser(app, "lead"), f"/manage/challenges/{reference}/correct"
    fields = {
        **typed("closes_at", later),
        **typed("questions_until", asked),
        **typed("judging_deadline", judged),
    }
    lead.fill(page, action="/correct", reason=REASON, act="check", **fields)
    shown = dates_shown(lead)
    lead.send(page, action="/correct", act="publish")
    assert "Correction 1 is published" in lead.text
    after = queries.by_reference(reference, now)
    assert (after.closes_at, after.questions_until, after.judging_deadline) == (later, asked, judged)
    assert after.decision_due == was.decision_due, "it still holds"
    dates = json.loads(queries.snapshot_body(after.id, 2))["dates"]
    assert dates["questions_until"] == iso(asked)
    assert dates["judging_deadline"] == iso(judged)
    assert [then for _, then in shown.values()] == [*map(say_moment, (asked, later, judged)), "Stays"]


def test_the_check_says_when_judges_get_less_time_and_gives_them_as_much(app, cast, reference, now):
    was, later = queries.by_reference(reference, now), closing_of(reference, now) + timedelta(days=8)
    assert was.judging_deadline is not None
    assert was.judging_deadline > later
    lead, page = cast.browser(app, "lead"), f"/manage/challenges/{reference}/correct"
    fields = typed("closes_at", later) | {"budget_pence": "90,000"}
    lead.fill(page, action="/correct", reason=REASON, act="check", **fields)
    squeeze = squeezed(closing_of(reference, now), was.judging_deadline, later, was.judging_deadline)
    assert squeeze is not None
    assert (
        f"Judges would have {squeeze.left} working days after closing, and now have {squeeze.had}."
        in lead.text
    )
    lead.post(page, data={**lead.page.forms[-1]["fields"], "act": "check"})
    assert dates_shown(lead)["Judges finish"][1] == say_moment(squeeze.as_many_until)
    assert "Judges would have" not in lead.text
    lead.send(page, action="/correct", act="publish")
    assert queries.by_reference(reference, now).judging_deadline == squeeze.as_many_until


def test_where_questions_end_between_check_and_publishing_the_lead_checks_again(
    app, cast, reference, now, clock
):
    until, later = queries.by_reference(reference, now).questions_until, closing_of(reference, now)
    later += timedelta(days=14)
    assert until is not None
    clock.go_to(until - timedelta(minutes=5))
    lead, page = cast.browser(app, "lead"), f"/manage/challenges/{reference}/correct"
    fields = typed("closes_at", later) | {"budget_pence": "90,000"}
    lead.fill(page, action="/correct", reason=REASON, act="check", **fields)
    assert dates_shown(lead)["Questions end"][1] != "Stays"
    clock.move(minutes=5)
    lead.send(page, action="/correct", act="publish")
    assert "Check the correction" in lead.text
    assert dates_shown(lead)["Questions end"][1] == "Stays"
    assert queries.corrections(queries.by_reference(reference, now).id) == []
    db.session.rollback()
    lead.send(page, action="/correct", act="publish")
    assert "Correction 1 is published" in lead.text
    assert queries.by_reference(reference, clock.now()).questions_until == until


@pytest.mark.parametrize(
    ("name", "days", "words"),
    [
        ("questions_until", 1, "Questions can end at the closing time at the latest"),
        ("judging_deadline", -1, "Judges can only finish after the closing time"),
        ("decision_due", 1, "The decision can only come once the judges have finished"),
    ],
)
def test_dates_typed_in_an_impossible_order_are_refused_at_their_field(
    app, cast, reference, now, name, days, words
):
    later = closing_of(reference, now) + timedelta(days=14)
    fields = typed("closes_at", later) | typed("judging_deadline", later + timedelta(days=2))
    wrong = typed(name, later + timedelta(days=days))
    lead, page = cast.browser(app, "lead"), f"/manage/challenges/{reference}/correct"
    answer = lead.fill(page, action="/correct", reason=REASON, act="check", **fields | wrong)
    assert answer.status_code == 422
    assert first_error(lead) == words
    assert f'href="#{name}' in lead.html
    kept = lead.form("/correct")["fields"]
    assert {key: kept[key.replace("__", "-")] for key in fields | wrong} == fields | wrong
    assert kept["reason"].strip() == REASON
    db.session.rollback()
    lead.send(page, action="/correct", act="publish")
    assert queries.corrections(queries.by_reference(reference, now).id) == []


def test_a_decision_typed_before_a_deadline_that_moves_along_is_told_where_that_moves(cast, reference, now):
    was = queries.by_reference(reference, now)
    later = closing_of(reference, now) + timedelta(days=14)
    assert was.judging_deadline is not None
    assert was.judging_deadline < later
    soon = Corrected({"decision_due": later + timedelta(hours=1)})
    with pytest.raises(RuleViolation) as refused:
        correct(cast, reference, now, soon, closes_at=later)
    [problem] = refused.value.problems
    assert problem.field == "decision_due"
    moved = re.fullmatch(
        "The decision can only come once the judges have finished. With this closing, judges finish at (.+)",
        problem.message,
    )
    assert moved
    db.session.rollback()
    correct(cast, reference, now, Corrected({"decision_due": later + timedelta(days=60)}), closes_at=later)
    after = queries.by_reference(reference, now)
    assert (after.judging_deadline and say_moment(after.judging_deadline)) == moved[1]
    assert after.decision_due == later + timedelta(days=60)


def test_an_end_of_questions_that_is_over_is_not_typed_anew_into_the_past(cast, reference, now):
    until = queries.by_reference(reference, now).questions_until
    assert until is not None
    after, later = until + timedelta(hours=2), closing_of(reference, now) + timedelta(days=14)
    past = Corrected({"questions_until": until + timedelta(hours=1)})
    with pytest.raises(RuleViolation, match="still to come"):
        correct(cast, reference, after, past, closes_at=later)
    correct(cast, reference, after, closes_at=later)
    assert queries.by_reference(reference, after).questions_until == until


def test_the_check_says_where_the_new_closing_is_a_day_off(app, cast, reference, now):
    lead = cast.browser(app, "lead")
    friday = closing_of(reference, now) + timedelta(days=14)
    friday -= timedelta(days=friday.weekday() - 4)
    for day, off in ((friday, False), (friday + timedelta(days=1), True)):
        lead.fill(
            f"/manage/challenges/{reference}/correct",
            action="/correct",
            problem="There are 241,000 gullies.",
            reason=REASON,
            **closing_on(day),
            act="check",
        )
        assert "Check the correction" in lead.text
        assert ("It closes on a Saturday, when few people are at work" in lead.text) is off


@pytest.mark.parametrize(("at", "advised"), [("11pm", True), ("11am", False)])
def test_the_check_says_where_nobody_is_there_at_the_new_closing(app, cast, reference, now, at, advised):
    later = closing_of(reference, now) + timedelta(days=7)
    lead = cast.browser(app, "lead")
    fields = typed("closes_at", later) | {"closes_at__time": at}
    lead.fill(
        f"/manage/challenges/{reference}/correct",
        action="/correct",
        problem="There are 241,000 gullies.",
        reason=REASON,
        act="check",
        **fields,
    )
    assert "Check the correction" in lead.text
    assert ("Suppliers who meet a fault in the last hour find nobody" in lead.text) is advised
