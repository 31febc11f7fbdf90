"""What a draft still lacks."""

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from pitchfest.challenges.rules import (
    USUAL_ANCHORS,
    ChallengeState,
    CriterionKind,
    CriterionRow,
    QuestionKind,
    QuestionRow,
    advice_on_dates,
    draft_problems,
    say_points,
    sha256,
    snapshot_body,
)
from pitchfest.kernel.clock import LONDON
from tests.challenges.rows import NOW, a_challenge_row

WHOLE = a_challenge_row()
FIT = CriterionRow(
    id=1,
    position=1,
    name="Fit",
    guidance="",
    kind=CriterionKind.JUDGED,
    weight=90,
    minimum=0,
    maximum=500,
    step=100,
    threshold=300,
    anchors=dict(USUAL_ANCHORS),
)
PRICE = replace(
    FIT, id=2, position=2, name="Price", kind=CriterionKind.PRICE, weight=10, threshold=None, anchors={}
)
ABOUT_FIT = QuestionRow(
    1, 1, criterion_id=1, ask="How?", kind=QuestionKind.TEXT, max_words=200, required=True
)
ABOUT_PRICE = QuestionRow(
    2, 2, criterion_id=2, ask="Price?", kind=QuestionKind.MONEY, max_words=None, required=True
)


def problems(challenge=WHOLE, criteria=(FIT, PRICE), questions=(ABOUT_FIT, ABOUT_PRICE), *, staff=True):
    found = draft_problems(challenge, criteria, questions, decision_maker_is_staff=staff, now=NOW)
    return [(p.page, p.message) for p in found]


def test_a_whole_draft_lacks_nothing():
    assert problems() == []


def test_a_challenge_without_a_price_lacks_nothing_either():
    assert problems(criteria=[replace(FIT, weight=100)], questions=[ABOUT_FIT]) == []


BRIEF = [
    "title",
    "question",
    "problem",
    "who_has_it",
    "tried_before",
    "outcome_sought",
    "out_of_scope",
    "eligibility",
    "after_win",
    "timetable",
    "owner_name",
    "owner_organisation",
]


@pytest.mark.parametrize("field", BRIEF)
def test_every_part_of_the_brief_is_needed(field):
    blank: dict[str, Any] = {field: "  "}
    assert [page for page, _ in problems(replace(WHOLE, **blank))] == ["brief"]


CASES = [
    ({"challenge": replace(WHOLE, budget_pence=None)}, "brief", "budget, or 0"),
    ({"challenge": replace(WHOLE, closes_at=None)}, "settings", "Set the closing time"),
    ({"challenge": replace(WHOLE, closes_at=NOW)}, "settings", "still to come"),
    (
        {
            "challenge": replace(
                WHOLE,
                closes_at=NOW + timedelta(days=400),
                judging_deadline=NOW + timedelta(days=410),
                decision_due=None,
            )
        },
        "settings",
        "within a year",
    ),
    ({"challenge": replace(WHOLE, judging_deadline=None)}, "settings", "by when judges must finish"),
    ({"challenge": replace(WHOLE, judging_deadline=WHOLE.closes_at)}, "settings", "only finish after"),
    ({"challenge": replace(WHOLE, decision_due=WHOLE.closes_at)}, "settings", "only come after"),
    ({"challenge": replace(WHOLE, decision_maker_id=None)}, "settings", "Name the person who decides"),
    ({"staff": False}, "settings", "no longer works here"),
    ({"criteria": [replace(FIT, weight=89), PRICE]}, "criteria", "Weights come to 99"),
    ({"criteria": [replace(FIT, weight=91), PRICE]}, "criteria", "Weights come to 101"),
    ({"criteria": [replace(FIT, anchors={}), PRICE]}, "criteria", "6\u00a0scores still need words"),
    (
        {"criteria": [replace(FIT, anchors={**USUAL_ANCHORS, 100: ("Poor", "")}), PRICE]},
        "criteria",
        "1\u00a0score",
    ),
    ({"criteria": [replace(FIT, step=150), PRICE]}, "criteria", "steps must lead exactly"),
    ({"criteria": [replace(FIT, minimum=500), PRICE]}, "criteria", "from a lower to a higher"),
    ({"criteria": [replace(FIT, threshold=250), PRICE]}, "criteria", "must be a score on the scale"),
    (
        {"criteria": [replace(FIT, anchors={**USUAL_ANCHORS, 600: ("Superb", "More.")}), PRICE]},
        "criteria",
        "not on the scale",
    ),
    ({"questions": [ABOUT_PRICE]}, "form", "Fit: ask a question about it"),
    ({"questions": [ABOUT_FIT]}, "form", "exactly one money question"),
    (
        {"questions": [ABOUT_FIT, ABOUT_PRICE, replace(ABOUT_PRICE, id=3, position=3)]},
        "form",
        "exactly one money",
    ),
    ({"questions": [ABOUT_FIT, replace(ABOUT_PRICE, required=False)]}, "form", "must be answered"),
    (
        {"questions": [replace(ABOUT_FIT, kind=QuestionKind.MONEY), ABOUT_PRICE]},
        "form",
        "judges cannot score a money question",
    ),
    (
        {"questions": [replace(ABOUT_FIT, kind=QuestionKind.RADIOS, options=["Yes"]), ABOUT_PRICE]},
        "form",
        "at least two different choices",
    ),
]


@pytest.mark.parametrize(("changed", "page", "words"), CASES)
def test_each_thing_that_is_missing_is_named_on_its_page(changed, page, words):
    (found,) = problems(**changed)
    assert found[0] == page
    assert words in found[1]


def test_money_that_is_not_scored_may_be_asked_too():
    unscored = replace(ABOUT_PRICE, id=3, position=3, criterion_id=None, required=False)
    assert problems(questions=[ABOUT_FIT, ABOUT_PRICE, unscored]) == []


def test_two_price_criteria_are_one_too_many():
    twice = [replace(FIT, weight=80), PRICE, replace(PRICE, id=3, name="Cost")]
    extra = replace(ABOUT_PRICE, id=3, criterion_id=3)
    assert ("criteria", "Keep one price criterion only") in problems(
        criteria=twice, questions=[ABOUT_FIT, ABOUT_PRICE, extra]
    )


def test_judges_need_something_to_score():
    assert ("criteria", "Add at least one criterion that judges score") in problems(
        criteria=[replace(PRICE, weight=100)], questions=[ABOUT_PRICE]
    )


def test_a_long_scale_needs_words_at_its_ends_only():
    long = replace(
        FIT, maximum=1000, step=25, threshold=None, anchors={0: ("None", "Nothing."), 1000: ("All", "All.")}
    )
    assert problems(criteria=[long, PRICE]) == []
    assert len(problems(criteria=[replace(long, anchors={0: ("None", "Nothing.")}), PRICE])) == 1


@pytest.mark.parametrize(
    ("hundredths", "said"), [(300, "3"), (250, "2.5"), (325, "3.25"), (0, "0"), (6000, "60")]
)
def test_points_are_said_without_idle_zeros(hundredths, said):
    assert say_points(hundredths) == said


def test_the_published_record_is_the_same_whenever_it_is_worked_out():
    def body(**changes):
        return snapshot_body(
            replace(WHOLE, after_win="A pilot.", **changes),
            [FIT, PRICE],
            [ABOUT_FIT, ABOUT_PRICE],
            number=1,
            published_at=NOW,
            decision_maker="Margaret Thwaite",
        )

    assert body() == body(version=9, state=ChallengeState.OPEN, effective=ChallengeState.OPEN)
    assert sha256(body()) == "5290738dd21cf7b33893736f7cbbe328fec5ed5207e43f04ee59e74343065619"
    assert body(problem="They block often.") != body()


def test_a_record_says_until_when_questions_are_taken_only_where_that_is_said():
    """Records from before there were questions keep their SHA-256, which the test above pins."""

    def dates(challenge):
        whole = snapshot_body(challenge, [], [], number=1, published_at=NOW, decision_maker="")
        return json.loads(whole)["dates"]

    assert "questions_until" not in dates(WHOLE)
    until = replace(WHOLE, questions_until=NOW + timedelta(days=4))
    assert dates(until)["questions_until"] == "2026-11-27T09:00:00.000000Z"


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (NOW + timedelta(days=18), None),
        (NOW + timedelta(days=18, seconds=1), "Questions can end at the closing time at the latest"),
        (NOW, "Set an end of questions that is still to come"),
        (None, None),
    ],
)
def test_questions_end_between_now_and_closing(until, words):
    found = problems(challenge=replace(WHOLE, questions_until=until))
    assert found == ([("settings", words)] if words else [])


@pytest.mark.parametrize(
    ("day", "said"),
    [(4, ""), (5, "on a Saturday"), (6, "on a Sunday"), (25, "on a bank holiday")],
)
def test_closing_on_a_day_without_work_is_allowed_and_advised_against(day, said):
    at = datetime(2026, 12, day, 11, tzinfo=LONDON)
    closing = advice_on_dates(replace(WHOLE, closes_at=at, questions_until=at))
    asking = advice_on_dates(
        replace(WHOLE, closes_at=datetime(2027, 1, 8, 11, tzinfo=LONDON), questions_until=at)
    )
    for found, what in ((closing, "It closes"), (asking, "Questions end")):
        assert [text.partition(",")[0] for text in found] == ([f"{what} {said}"] if said else [])


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(8, 59), "8:59am"),
        (time(9), ""),
        (time(17), ""),
        (time(17, 1), "5:01pm"),
        (time(23, 59), "11:59pm"),
        (time(0), "midnight"),
    ],
)
def test_closing_when_nobody_is_at_work_is_allowed_and_advised_against(at, said):
    # A Thursday in summer, when the hours of London are not those of UTC.
    closes = datetime.combine(date(2026, 7, 9), at, LONDON)
    found = advice_on_dates(replace(WHOLE, closes_at=closes, questions_until=None))
    words = f"It closes at {said}. Suppliers who meet a fault in the last hour find nobody to help."
    assert found == ([words] if said else [])
