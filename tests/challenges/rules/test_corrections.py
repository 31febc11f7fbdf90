"""What a correction changes, what that asks for, and how it reads word by word."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.challenges.rules import (
    Change,
    Content,
    Correct,
    Corrected,
    CriterionKind,
    CriterionRow,
    Mark,
    QuestionKind,
    QuestionRow,
    changes_between,
    corrected,
    correction_problems,
    earliest_closing,
    is_material,
    shortened,
    snapshot_body,
    word_diff,
)
from tests.challenges.rows import a_challenge_row

#: 11am on Friday 11 December 2026 in London.
CLOSES = datetime(2026, 12, 11, 11, tzinfo=UTC)
REASON = "We counted the gullies again last week."
CONTENT = Content(
    a_challenge_row(
        closes_at=CLOSES,
        judging_deadline=CLOSES + timedelta(days=14),
        decision_due=None,
        problem="241,000 gullies.",
        eligibility="Any firm",
        owner_name="Bryn",
        budget_pence=8_500_000,
    ),
    [CriterionRow(7, 1, "Fit", "Read answer 1.", CriterionKind.JUDGED, 100, 0, 500, 100, 300)],
    [QuestionRow(9, 1, 7, "What will you do?", QuestionKind.TEXT, 200, True)],
)


def body(content: Content) -> Any:
    said = snapshot_body(
        content.challenge,
        content.criteria,
        content.questions,
        number=1,
        published_at=CLOSES,
        decision_maker="Dee",
    )
    return json.loads(said)


#: Values that are corrected → the change that they make.
CHANGES = [
    (Corrected({"problem": "Few."}), Change("The problem", "241,000 gullies.", "Few.", material=False)),
    (Corrected({"owner_name": "Ada"}), Change("Owner", "Bryn", "Ada", material=False)),
    (Corrected({"budget_pence": 0}), Change("Budget", "£85,000", "No money", material=True)),
    (Corrected({"eligibility": "Anyone"}), Change("Who can pitch", "Any firm", "Anyone", material=True)),
    (Corrected(criteria={7: {"name": "Fits"}}), Change("Fit: name", "Fit", "Fits", material=True)),
    (
        Corrected(criteria={7: {"threshold": None}}),
        Change("Fit: least score needed", "3", "", material=True),
    ),
    (
        Corrected(questions={9: {"max_words": 250}}),
        Change("Question 1 of the form: limit", "200\xa0words", "250\xa0words", material=True),
    ),
    (
        Corrected({"decision_due": CLOSES}),
        Change("Decision expected", "", "11am on Friday 11\xa0December\xa02026", material=True),
    ),
]


@pytest.mark.parametrize(("by", "change"), CHANGES)
def test_a_change_says_what_it_was_and_is_and_whether_suppliers_build_on_it(by, change):
    assert changes_between(body(CONTENT), body(corrected(CONTENT, by))) == [change]
    assert is_material([change]) is change.material


def test_a_renamed_criterion_goes_by_the_name_that_suppliers_know():
    by = Corrected(criteria={7: {"name": "Fits our roads", "guidance": "Read answers 1 and 2."}})
    changes = changes_between(body(CONTENT), body(corrected(CONTENT, by)))
    assert [(change.label, change.after) for change in changes] == [
        ("Fit: name", "Fits our roads"),
        ("Fit: what judges look for", "Read answers 1 and 2."),
    ]


@pytest.mark.parametrize(
    "by",
    [
        Corrected({"closes_at": CLOSES}),
        Corrected({"minimum_cards": 1}),
        Corrected(criteria={7: {"maximum": 1_000}}),
        Corrected(criteria={8: {"name": "Other"}}),
        Corrected(questions={9: {"kind": QuestionKind.MONEY}}),
    ],
)
def test_scales_kinds_and_the_way_of_judging_are_not_corrected(by):
    with pytest.raises(ValueError, match="not"):
        corrected(CONTENT, by)


def test_a_word_limit_only_grows():
    assert shortened(CONTENT, Corrected(questions={9: {"max_words": 199}})) == [9]
    assert shortened(CONTENT, Corrected(questions={9: {"max_words": None}})) == [9]
    assert shortened(CONTENT, Corrected(questions={9: {"max_words": 200}})) == []
    assert shortened(CONTENT, Corrected()) == []


PLAIN = Change("The problem", "a", "b", material=False)
MATERIAL = Change("Budget", "a", "b", material=True)
#: Five working days on from a Friday is the next Friday.
ENOUGH = CLOSES + timedelta(days=7)


@pytest.mark.parametrize(
    ("changes", "later", "reason", "fields"),
    [
        ((PLAIN,), None, REASON, []),
        ((PLAIN,), CLOSES + timedelta(days=3), REASON, []),
        ((PLAIN,), CLOSES + timedelta(days=3, seconds=-1), REASON, ["closes_at"]),
        ((PLAIN,), CLOSES - timedelta(days=1), REASON, ["closes_at"]),
        ((MATERIAL,), ENOUGH, REASON, []),
        ((MATERIAL,), ENOUGH - timedelta(seconds=1), REASON, ["closes_at"]),
        ((PLAIN, MATERIAL), None, REASON, ["closes_at"]),
        ((MATERIAL,), CLOSES + timedelta(days=61), REASON, ["closes_at"]),
        ((), None, REASON, [""]),
        ((PLAIN,), None, "It was wrong", ["reason"]),
    ],
)
def test_a_reason_always_and_five_more_working_days_for_what_is_material(changes, later, reason, fields):
    problems = correction_problems(Correct(changes, CLOSES, later, reason))
    assert [field for _, field in problems] == fields


def test_working_days_leave_out_bank_holidays_and_keep_the_time_of_day():
    before_christmas = datetime(2026, 12, 22, 11, tzinfo=UTC)
    assert earliest_closing(before_christmas) == datetime(2026, 12, 31, 11, tzinfo=UTC)
    in_summer = datetime(2026, 10, 23, 10, tzinfo=UTC)  # 11am
    assert earliest_closing(in_summer) == datetime(2026, 10, 30, 11, tzinfo=UTC)  # 11am in winter


WORDS = st.lists(st.sampled_from(["drain ", "gully ", "214,000 ", "\n", "rain. "]), max_size=30).map("".join)


@given(WORDS, WORDS)
def test_a_diff_holds_both_texts_whole(before, after):
    pieces = word_diff(before, after)
    assert "".join(text for mark, text in pieces if mark is not Mark.NEW) == before
    assert "".join(text for mark, text in pieces if mark is not Mark.GONE) == after


def test_a_diff_marks_only_the_words_that_differ():
    assert word_diff("There are 241,000 gullies.", "There are 214,000 gullies.") == [
        (Mark.KEPT, "There are "),
        (Mark.GONE, "241,000 "),
        (Mark.NEW, "214,000 "),
        (Mark.KEPT, "gullies."),
    ]
    assert word_diff("", "New.") == [(Mark.NEW, "New.")]


def test_long_texts_stand_one_after_the_other():
    long = "word " * 4_000
    assert [mark for mark, _ in word_diff(long, long + "more")] == [Mark.GONE, Mark.NEW]


def test_the_content_before_is_left_as_it_was():
    corrected(CONTENT, Corrected({"problem": "Other"}, {7: {"name": "Other"}}))
    assert replace(CONTENT.challenge) == CONTENT.challenge
    assert CONTENT.criteria[0].name == "Fit"
