"""Correcting a published challenge: what is allowed, what is kept, and who is told."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import News
from pitchfest.challenges.rules import Corrected
from pitchfest.db import db, transaction
from pitchfest.kernel.clock import LONDON, iso, say_moment
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm
from tests.accounts.people import first_error
from tests.challenges.world import a_cast, a_draft, closing_of, published

REASON = "We counted the gullies again last week."
FIXED = Corrected({"problem": "There are 241,000 gullies."})


@pytest.fixture
def cast(app):
    return a_cast()


@pytest.fixture
def reference(cast, now):
    return published(cast, now)


def correct(cast, reference, now, by=FIXED, *, who="lead", closes_at=None, reason=REASON, version=None):
    with transaction():
        return operations.correct(
            cast.actor(who),
            reference=reference,
            by=by,
            reason=reason,
            closes_at=closes_at,
            expected_version=version,
            now=now,
        )


def test_it_is_published_anew_and_the_record_before_stays_to_the_letter(cast, reference, now):
    row = queries.by_reference(reference, now)
    first = queries.snapshot_body(row.id, 1)
    assert correct(cast, reference, now) == 1
    assert queries.snapshot_body(row.id, 1) == first
    second = queries.snapshot_body(row.id, 2)
    assert json.loads(second)["brief"]["problem"] == "There are 241,000 gullies."
    newest = queries.newest_snapshot(row.id)
    assert newest is not None
    assert newest.sha256 == hashlib.sha256(second.encode()).hexdigest()
    (kept,) = queries.corrections(row.id)
    assert (kept.number, kept.record, kept.material, kept.extended) == (1, 2, False, False)
    assert [c.label for c in queries.changes_of(row.id, 2)] == ["The problem"]
    assert closing_of(reference, now) == row.closes_at
    assert correct(cast, reference, now, Corrected({"owner_name": "Ada Lovelace"})) == 2
    news = select(News.kind, News.item).order_by(News.id)
    assert [tuple(row) for row in db.session.execute(news)] == [
        ("published", 1),
        ("corrected", 1),
        ("corrected", 2),
    ]


def test_what_suppliers_build_on_gives_everyone_five_more_working_days(cast, reference, now):
    before = closing_of(reference, now)
    budget = Corrected({"budget_pence": 9_000_000})
    with pytest.raises(RuleViolation, match=r"Suppliers build on this: Budget\. So close at"):
        correct(cast, reference, now, budget)
    with pytest.raises(RuleViolation, match="Suppliers build on"):
        correct(cast, reference, now, budget, closes_at=before + timedelta(days=4))
    later = before + timedelta(days=14)
    correct(cast, reference, now, budget, closes_at=later)
    row = queries.by_reference(reference, now)
    assert (row.closes_at, row.budget_pence) == (later, 9_000_000)
    assert row.judging_deadline is not None
    assert row.judging_deadline > later
    (kept,) = queries.corrections(row.id)
    assert (kept.material, kept.closed_before, kept.closes_at) == (True, before, later)


def test_criteria_and_the_form_can_be_put_right_and_stay_whole(cast, reference, now):
    row = queries.by_reference(reference, now)
    criteria, questions = queries.criteria(row.id), queries.questions(row.id)
    later = closing_of(reference, now) + timedelta(days=14)
    half = Corrected(criteria={criteria[0].id: {"weight": criteria[0].weight - 1}})
    with pytest.raises(RuleViolation, match="exactly 100"):
        correct(cast, reference, now, half, closes_at=later)
    both = Corrected(
        criteria={
            criteria[0].id: {"weight": criteria[0].weight - 1, "name": "Fits our roads"},
            criteria[1].id: {"weight": criteria[1].weight + 1},
        },
        questions={questions[0].id: {"max_words": 250}},
    )
    correct(cast, reference, now, both, closes_at=later)
    assert [c.weight for c in queries.criteria(row.id)][:2] == [
        criteria[0].weight - 1,
        criteria[1].weight + 1,
    ]
    labels = [c.label for c in queries.changes_of(row.id, 2)]
    assert f"{criteria[0].name}: name" in labels
    assert f"{criteria[1].name}: weight" in labels
    assert not any("Criterion" in label for label in labels), "suppliers see no numbers of criteria"
    assert "Question 1 of the form: limit" in labels
    with pytest.raises(RuleViolation, match="only be raised"):
        correct(
            cast, reference, now, Corrected(questions={questions[0].id: {"max_words": 200}}), closes_at=later
        )


@pytest.mark.parametrize(("weight", "words"), [(0, 200), (101, 200), (-5, 200), (40, 999_999)])
def test_numbers_keep_to_what_a_draft_may_hold(cast, reference, now, weight, words):
    row = queries.by_reference(reference, now)
    first, second = queries.criteria(row.id)[:2]
    question = queries.questions(row.id)[0]
    by = Corrected(
        criteria={first.id: {"weight": weight}, second.id: {"weight": first.weight + second.weight - weight}},
        questions={question.id: {"max_words": words}},
    )
    later = closing_of(reference, now) + timedelta(days=14)
    with pytest.raises(RuleViolation, match=r"weight from 1 to 100|at most 5,000 words"):
        correct(cast, reference, now, by, closes_at=later)


def test_another_challenges_criteria_are_out_of_reach(cast, reference, now):
    other = queries.criteria(queries.by_reference(published(cast, now), now).id)[0]
    with pytest.raises(ValueError, match="not of this challenge"):
        correct(cast, reference, now, Corrected(criteria={other.id: {"name": "Mine now"}}))


@pytest.mark.parametrize(
    ("by", "reason", "words"),
    [
        (Corrected(), REASON, "Nothing here differs"),
        (FIXED, "Wrong.", "Give the reason"),
        (Corrected({"title": "  "}), REASON, "title"),
        (Corrected({"problem": ""}), REASON, "Describe the problem"),
        (Corrected({"decision_due": None, "judging_deadline": None}), REASON, "judges must finish"),
    ],
)
def test_bad_corrections_change_nothing(cast, reference, now, by, reason, words):
    with pytest.raises(RuleViolation, match=words):
        correct(cast, reference, now, by, reason=reason)
    assert queries.corrections(queries.by_reference(reference, now).id) == []


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_the_lead_publishes_corrections(cast, reference, now, who):
    with pytest.raises(NotAllowed):
        correct(cast, reference, now, who=who)


@pytest.mark.parametrize("who", ["observer", "supplier"])
def test_others_learn_nothing(cast, reference, now, who):
    with pytest.raises(NotFound):
        correct(cast, reference, now, who=who)


def test_not_before_publishing_not_after_closing_and_not_over_somebody_elses_change(cast, reference, now):
    with pytest.raises(NotAllowed, match="an officer simply changes it"):
        correct(cast, a_draft(cast, now), now)
    with pytest.raises(StaleForm):
        correct(cast, reference, now, version=1)
    closing = closing_of(reference, now)
    correct(cast, reference, closing - timedelta(seconds=1))
    with pytest.raises(NotAllowed, match="It has closed"):
        correct(cast, reference, closing, Corrected({"problem": "Other."}))


def test_the_log_tells_what_changed_and_holds_no_words_of_it(cast, reference, now):
    correct(cast, reference, now)
    detail = db.session.scalars(
        select(AuditEntry.detail).where(AuditEntry.action == "challenge.correct")
    ).one()
    assert json.loads(detail)["changed"] == ["The problem"]
    assert "241,000" not in detail
    assert "counted" not in detail


def test_a_correction_is_never_changed(cast, reference, now):
    correct(cast, reference, now)
    for statement in ("UPDATE challenge_correction SET reason = 'x'", "DELETE FROM challenge_correction"):
        with pytest.raises(DBAPIError, match="never changed"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_check_says_which_change_gives_everyone_more_time(app, cast, reference, now):
    lead = cast.browser(app, "lead")
    later = closing_of(reference, now) + timedelta(days=14)
    lead.fill(
        f"/manage/challenges/{reference}/correct",
        action="/correct",
        problem="There are 241,000 gullies.",
        budget_pence="90,000",
        reason=REASON,
        closes_at__day=str(later.day),
        closes_at__month=str(later.month),
        closes_at__year=str(later.year),
        act="check",
    )
    assert "Check the correction" in lead.text
    problem, _, budget = lead.text.partition("Budget")
    assert "everyone gets more time" not in problem
    assert "everyone gets more time" in budget.partition("Closes")[0]


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
    lead.fill(
        page,
        action="/correct",
        budget_pence="90,000",
        reason=REASON,
        closes_at__day=str(later.day),
        closes_at__month=str(later.month),
        closes_at__year=str(later.year),
        act="check",
    )
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
        closes_at__day=str(later.day),
        closes_at__month=str(later.month),
        closes_at__year=str(later.year),
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
            closes_at__day=str(day.day),
            closes_at__month=str(day.month),
            closes_at__year=str(day.year),
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


def test_the_lead_sees_it_once_more_before_it_is_published(app, cast, reference, client, now):
    lead = cast.browser(app, "lead")
    page = f"/manage/challenges/{reference}/correct"
    lead.get(f"/manage/challenges/{reference}")
    assert "Publish a correction" in lead.text
    lead.fill(page, action="/correct", problem="There are 241,000 gullies.", reason="Wrong.", act="check")
    assert "at least 5 words" in first_error(lead)
    assert "There are 241,000 gullies." in lead.html
    lead.send(page, action="/correct", reason=REASON, act="check")
    assert "Check the correction" in lead.text
    assert queries.corrections(queries.by_reference(reference, now).id) == []
    db.session.rollback()
    lead.send(page, action="/correct", act="change")
    assert REASON in lead.html
    lead.send(page, action="/correct", act="check")
    lead.send(page, action="/correct", act="publish")
    assert "Correction 1 is published" in lead.text
    client.get(f"/challenges/{reference}")
    assert REASON in client.text
    client.get(f"/challenges/{reference}/corrections")
    assert "<del>" in client.html
    assert "241,000" in client.text
    assert client.get(f"/challenges/{reference}/snapshots/1.json").status_code == 200


def test_without_corrections_the_page_says_so_and_drafts_have_none(app, cast, reference, client, now):
    client.get(f"/challenges/{reference}/corrections")
    assert "Nothing has been corrected" in client.text
    assert client.get(f"/challenges/{a_draft(cast, now)}/corrections").status_code == 404
