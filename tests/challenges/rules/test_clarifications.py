"""Questions: the table of steps, what stands in the way of each, and the dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from pitchfest.challenges.rules import (
    CLARIFICATION,
    CLARIFICATION_LABELS,
    PERMISSIONS,
    Answering,
    Asking,
    ClarificationState,
    Permission,
    Secrecy,
    answer_problem,
    answers_due,
    asked_until,
    giveaways,
    question_problem,
    usual_question_deadline,
)
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.errors import Conflict, RuleViolation

S = ClarificationState
#: (from, action) → to: all there is.
STEPS = {
    (S.RECEIVED, "refuse_late"): S.LATE,
    (S.RECEIVED, "draft"): S.DRAFTED,
    (S.DRAFTED, "draft"): S.DRAFTED,
    (S.RECEIVED, "link"): S.DUPLICATE,
    (S.DRAFTED, "link"): S.DUPLICATE,
    (S.RECEIVED, "agree"): S.RECEIVED,
    (S.RECEIVED, "offer"): S.OFFERED,
    (S.OFFERED, "let_publish"): S.RECEIVED,
    (S.RECEIVED, "withdraw"): S.WITHDRAWN,
    (S.DRAFTED, "withdraw"): S.WITHDRAWN,
    (S.OFFERED, "withdraw"): S.WITHDRAWN,
    (S.DRAFTED, "publish"): S.PUBLISHED,
    (S.DRAFTED, "answer_privately"): S.PRIVATE,
    (S.DRAFTED, "drop"): S.WITHDRAWN,
    (S.PUBLISHED, "supersede"): S.SUPERSEDED,
}
REASON = "It is a trade secret."


def facts_for(action: str) -> object:
    """Facts with which nothing stands in the way."""
    if action == "refuse_late":
        noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
        return Asking(noon, noon)
    secrecy = {"agree": Secrecy.ASKED, "offer": Secrecy.ASKED, "answer_privately": Secrecy.AGREED}
    return Answering(True, secrecy.get(action, Secrecy.NONE), False, REASON, is_correction=True)


@pytest.mark.parametrize(("state", "action"), list(product(S, sorted({a for _, a in STEPS}))))
def test_every_step_is_in_the_table_and_nothing_else(state, action):
    if (state, action) in STEPS:
        assert CLARIFICATION.fire(state, action, facts_for(action)).target == STEPS[state, action]
    else:
        with pytest.raises(Conflict):
            CLARIFICATION.fire(state, action, facts_for(action))


def test_whoever_fires_a_step_has_a_permission_that_exists():
    for step in CLARIFICATION.transitions:
        assert step.who == "clock" or Permission(step.who) in PERMISSIONS
    assert set(CLARIFICATION_LABELS) == set(S) - {S.LATE}


REFUSED = (
    ("draft", Answering(False, Secrecy.NONE), "closed"),
    ("draft", Answering(True, Secrecy.ASKED), "decides on that first"),
    ("publish", Answering(True, Secrecy.NONE, is_author=True), "Someone else must sign"),
    ("publish", Answering(True, Secrecy.AGREED), "agreed to be confidential"),
    ("publish", Answering(False, Secrecy.NONE), "closed"),
    ("answer_privately", Answering(True, Secrecy.NONE), "Answers go to everyone"),
    ("answer_privately", Answering(True, Secrecy.LIFTED), "Answers go to everyone"),
    ("answer_privately", Answering(True, Secrecy.AGREED, is_author=True), "Someone else must sign"),
    ("drop", Answering(True, Secrecy.NONE), "Only whoever asked"),
    ("link", Answering(False, Secrecy.NONE), "closed"),
    ("link", Answering(True, Secrecy.ASKED), "decides on that first"),
)


@pytest.mark.parametrize(("action", "facts", "words"), REFUSED)
def test_what_stands_in_the_way(action, facts, words):
    with pytest.raises(RuleViolation, match=words):
        CLARIFICATION.fire(S.DRAFTED, action, facts)


@pytest.mark.parametrize(
    "facts",
    [
        Answering(True, Secrecy.NONE, reason=REASON),
        Answering(True, Secrecy.AGREED, reason=REASON),
        Answering(True, Secrecy.ASKED, reason="No"),
        Answering(False, Secrecy.ASKED, reason=REASON),
    ],
)
def test_secrecy_is_decided_once_for_a_reason_and_only_where_it_was_asked_for(facts):
    for action in ("agree", "offer"):
        with pytest.raises(RuleViolation):
            CLARIFICATION.fire(S.RECEIVED, action, facts)


def test_the_clock_refuses_from_the_very_moment_on():
    until = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with pytest.raises(RuleViolation):
        CLARIFICATION.fire(S.RECEIVED, "refuse_late", Asking(until - timedelta(microseconds=1), until))


def test_wordings_have_their_lengths():
    assert question_problem("x" * 9)
    assert question_problem("x" * 10) == question_problem("x" * 2000) == ""
    assert "1 characters too long" in question_problem("x" * 2001)
    assert answer_problem("")
    assert answer_problem("Yes.") == ""


def london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON).astimezone(UTC)  # type: ignore[arg-type, misc]


def test_questions_end_ten_working_days_before_closing_where_there_is_time():
    """St Andrew's Day, the 30th, is no working day here."""
    start = london(2026, 11, 2, 9)
    assert usual_question_deadline(start, london(2026, 12, 11, 11)) == london(2026, 11, 26, 11)


def test_the_clocks_may_change_in_between():
    """From summer time to winter time: 11am stays 11am, which is another hour in UTC."""
    found = usual_question_deadline(london(2026, 9, 21, 9), london(2026, 10, 30, 11))
    assert found == london(2026, 10, 16, 11) == datetime(2026, 10, 16, 10, tzinfo=UTC)


def test_in_a_small_round_they_end_at_half_time_and_over_christmas_holidays_do_not_count():
    assert usual_question_deadline(london(2026, 11, 2, 9), london(2026, 11, 16, 11)) == london(
        2026, 11, 9, 11
    )
    over_christmas = usual_question_deadline(london(2026, 12, 21, 9), london(2027, 1, 6, 11))
    assert over_christmas == london(2026, 12, 29, 11)


def test_where_there_is_no_day_between_they_end_with_the_closing():
    closes = london(2026, 11, 3, 11)
    assert usual_question_deadline(london(2026, 11, 2, 9), closes) == closes
    assert usual_question_deadline(closes + timedelta(days=3), closes) == closes


def test_questions_never_outlast_the_challenge():
    closes = london(2026, 11, 3, 11)
    assert asked_until(None, closes) == asked_until(closes + timedelta(days=1), closes) == closes
    assert asked_until(closes - timedelta(days=1), closes) == closes - timedelta(days=1)


def test_answers_are_due_six_days_before_closing_or_halfway():
    closes = london(2026, 10, 30, 11)
    assert answers_due(london(2026, 10, 15, 11), closes - timedelta(days=1)) == london(2026, 10, 23, 11)
    ended = closes - timedelta(days=4)
    assert answers_due(ended, closes) == closes - timedelta(days=2)
    assert answers_due(None, closes) == closes


def test_answers_are_due_on_a_working_day_before_closing():
    closes = london(2026, 10, 30, 11)  # a Friday: six days before is a Saturday
    assert answers_due(london(2026, 10, 16, 11), closes) == london(2026, 10, 26, 11)
    assert answers_due(london(2026, 12, 15, 11), london(2026, 12, 31, 11)) == london(2026, 12, 29, 11)
    monday = london(2026, 11, 2, 11)  # nothing is left between the weekend and closing
    assert answers_due(monday - timedelta(days=4), monday) == monday - timedelta(days=2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Can a consortium apply?", ()),
        ("We are Acorn Sensors and new.", ("Acorn Sensors Ltd",)),
        ("ACORN SENSORS LIMITED asks.", ("Acorn Sensors Ltd",)),
        ("Are acorns sensors?", ()),
        ("Yours, Jo Bell", ("Jo Bell",)),
        ("Write to jo@acorn.example, jo@acorn.example.", ("jo@acorn.example",)),
        ("Ring 07700 900123 or +44 1632 960001.", ("07700 900123", "+44 1632 960001")),
        ("Are 1,000,000 gullies and 07/11/2026 right?", ()),
        ("@" * 10_000, ()),
        ("a." * 5_000 + "@", ()),
    ],
)
def test_what_says_who_asks(text, found):
    assert giveaways(text, ("Jo Bell", "Acorn Sensors Ltd")) == found
