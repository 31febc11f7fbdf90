"""How much a form asks of suppliers, and what its approver must stand by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pitchfest.challenges.rules import Content, QuestionKind, QuestionRow, check_lines
from pitchfest.challenges.rules.effort import (
    Effort,
    approval_problems,
    asks_much,
    beyond_the_approval,
    effort_of,
    say_effort,
    unpaid_work,
)
from tests.challenges.rows import a_challenge_row

K = QuestionKind


def form(*words: int, others: int = 0) -> list[QuestionRow]:
    texts = [QuestionRow(n, n, 1, "Ask", K.TEXT, limit, True) for n, limit in enumerate(words, start=1)]
    return texts + [QuestionRow(90 + n, 90 + n, None, "Choose", K.RADIOS, None, True) for n in range(others)]


def test_words_of_scored_answers_count_and_time_is_in_half_hours() -> None:
    unscored = QuestionRow(9, 9, None, "Summary", K.TEXT, 40, True)
    assert effort_of([*form(200, 200), unscored]) == Effort(3, 400, 1.5)
    assert effort_of([]) == Effort(0, 0, 0)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.5, "About half an hour"), (1, "About an hour"), (3, "About 3 hours"), (4.5, "About 4½ hours")],
)
def test_hours_in_words(hours: float, words: str) -> None:
    assert say_effort(Effort(1, 0, hours)).replace("\u00a0", " ") == words


def test_the_bounds_are_a_thousand_words_and_eight_questions_for_a_small_sum() -> None:
    assert asks_much(effort_of(form(500, 500)), 10_000_00) == []
    assert "1,001 scored words" in asks_much(effort_of(form(500, 501)), 10_000_00)[0]
    assert asks_much(effort_of(form(50, others=7)), 24_999_99) == []
    assert "9 questions" in asks_much(effort_of(form(50, others=8)), 24_999_99)[0].replace("\u00a0", " ")
    assert asks_much(effort_of(form(50, others=8)), 25_000_00) == []


@pytest.mark.parametrize(
    ("ask", "early"),
    [
        ("Are you insured, and for how much?", True),
        ("Attach your ISO 27001 certificate", True),
        ("Do you hold Cyber Essentials?", True),
        ("Describe your equality policies", True),
        ("How would policy makers use it?", False),
        ("Who would do the work?", False),
        ("How certain are you of the cost?", False),
    ],
)
def test_what_only_winners_show_is_not_asked_of_all(ask: str, early: bool) -> None:
    question = QuestionRow(3, 3, None, ask, K.TEXT, 50, True)
    much = asks_much(effort_of([question]), 50_000_00)
    told = (
        "Question 3 seems to ask for insurance, accreditations or policies. Those are asked of winners only."
    )
    assert much == ([told] if early else [])


@pytest.mark.parametrize(
    ("positions", "told"),
    [
        ((3,), "Question 3 seems to ask for"),
        ((10, 11), "Questions 10 and 11 seem to ask for"),
        ((1, 2, 9), "Questions 1, 2 and 9 seem to ask for"),
    ],
)
def test_several_questions_that_only_winners_answer_are_named_together(
    positions: tuple[int, ...], told: str
) -> None:
    asked = [QuestionRow(at, at, None, "Are you insured?", K.TEXT, 50, True) for at in positions]
    (much,) = (words for words in asks_much(effort_of(asked), 50_000_00) if "insurance" in words)
    assert much.startswith(told)


def test_more_than_a_day_is_paid_or_has_its_reason() -> None:
    day, longer = Effort(5, 0, 7.5), Effort(5, 0, 8)
    assert not unpaid_work(day, None)
    assert unpaid_work(longer, None)
    assert unpaid_work(longer, 0)
    assert not unpaid_work(longer, 1)
    assert approval_problems([], accepted=False, unpaid=True, because="We have no money")
    assert not approval_problems([], accepted=False, unpaid=True, because="The grant forbids us to pay")


ROW = a_challenge_row(budget_pence=24_999_99)
LONG = form(1_000, 2_000)  # over a day, with much more than a thousand scored words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (form(500, 500), form(500, 501), "1,001 scored words"),
        (form(500, 600), form(500, 700), "1,200 scored words"),  # the approver agreed to 1,100
        (form(500, 400), form(500, 500), ""),
        (form(500, 600), form(500, 600), ""),
        (form(50), [replace(form(50)[0], ask="Are you insured?")], "Question 1 seems to ask for insurance"),
        ([replace(form(50)[0], ask="Are you insured?")], form(50), ""),
    ],
)
def test_a_correction_asks_no_more_of_suppliers_than_the_approver_agreed_to(before, after, words):
    found = beyond_the_approval(Content(ROW, [], before), Content(ROW, [], after))
    assert [p.field for p in found] == ([""] if words else [])
    assert all(words in p.message for p in found)


def test_nor_does_it_ask_many_questions_for_a_smaller_sum():
    rich, questions = replace(ROW, budget_pence=25_000_00), form(50, others=8)
    (found,) = beyond_the_approval(Content(rich, [], questions), Content(ROW, [], questions))
    assert "9 questions" in found.message.replace("\u00a0", " ")
    assert beyond_the_approval(Content(ROW, [], questions), Content(rich, [], questions)) == []


def test_of_several_questions_that_only_winners_answer_the_new_one_is_named():
    first, second, third = form(50, 50, 50)
    early = [replace(q, ask="Are you insured?") for q in (first, second)]
    (found,) = beyond_the_approval(
        Content(ROW, [], [early[0], second, third]), Content(ROW, [], [*early, third])
    )
    assert "Question 2 seems" in found.message
    assert (
        beyond_the_approval(Content(ROW, [], [*early, third]), Content(ROW, [], [first, early[1], third]))
        == []
    )


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ({"payment_pence": 100_00}, {"payment_pence": None}, True),
        ({"payment_pence": 100_00}, {"payment_pence": 0}, True),
        ({"payment_pence": 100_00}, {"payment_pence": 50_00}, False),
        ({"unpaid_because": "The grant forbids it."}, {"unpaid_because": "The grant forbids it."}, False),
        ({"payment_pence": 1_00}, {"payment_pence": None, "unpaid_because": "The grant forbids it."}, False),
        ({}, {"title": "Clear the left drain"}, False),
    ],
)
def test_a_correction_does_not_take_the_payment_for_more_than_a_day(before, after, refused):
    old, new = replace(ROW, **before), replace(ROW, **after)
    found = beyond_the_approval(Content(old, [], LONG), Content(new, [], LONG))
    assert [p.field for p in found] == (["payment_pence"] if refused else [])


def test_nor_does_it_make_unpaid_work_of_a_day():
    unscored = [replace(q, criterion_id=None) for q in (*form(2_000), *LONG)]
    (found,) = beyond_the_approval(Content(ROW, [], unscored[:1]), Content(ROW, [], unscored))
    assert "more than a day without payment" in found.message


def test_conditions_of_a_self_check_one_a_line() -> None:
    assert check_lines("- We can start in March\n\n  -We are insured \n") == [
        "We can start in March",
        "We are insured",
    ]
