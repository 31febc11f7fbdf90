"""Limits, prices, what is missing and what differs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.challenges.rules import QuestionKind, QuestionRow
from pitchfest.pitches.rules.answers import (
    Line,
    Standing,
    asked_pence,
    differences,
    look_at,
    parse_lines,
    problems,
    read_line,
    total_pence,
    words_over,
    write_lines,
)
from pitchfest.pitches.rules.reading import in_words


def question(kind, *, position=1, required=True, max_words=None, options=()):
    return QuestionRow(
        id=position * 10,
        position=position,
        criterion_id=None,
        ask="Ask",
        kind=kind,
        max_words=max_words,
        required=required,
        options=list(options),
    )


TEXT = question(QuestionKind.TEXT, max_words=5)
CHOICE = question(QuestionKind.RADIOS, position=2, options=("Yes", "No"))
MONEY = question(QuestionKind.MONEY, position=3)


@pytest.mark.parametrize(
    ("text", "standing", "problem"),
    [
        ("", Standing.NOT_STARTED, "Answer this question"),
        (" \n ", Standing.NOT_STARTED, "Answer this question"),
        ("one two three four five", Standing.DONE, ""),
        ("one two three four five six", Standing.TO_FIX, "1\u00a0word too long"),
        ("one\ntwo\tthree  four five six seven", Standing.TO_FIX, "2\u00a0words too long"),
    ],
)
def test_a_text_is_done_up_to_its_limit_and_not_a_word_further(text, standing, problem):
    look = look_at(TEXT, text)
    assert (look.standing, look.problem) == (standing, problem)


@pytest.mark.parametrize(
    ("kind", "max_words"), [(QuestionKind.TEXT, 5), (QuestionKind.RADIOS, None), (QuestionKind.MONEY, None)]
)
def test_what_is_not_required_may_stay_empty(kind, max_words):
    look = look_at(question(kind, required=False, max_words=max_words), "")
    assert (look.standing, look.blocks) == (Standing.OPTIONAL, False)


@pytest.mark.parametrize(("text", "fine"), [("Yes", True), ("", False), ("Perhaps", False)])
def test_only_one_of_the_choices_is_an_answer(text, fine):
    assert look_at(CHOICE, text).blocks is not fine


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((), "Enter your price"),
        ((Line("Work", 0),), "Your price must be more than £0"),
        ((Line("Work", 100), Line("More", None, "a lot")), "Enter the amount of line 2 in pounds"),
        ((Line("", 100),), "Say what line 1 is for"),
        (
            (Line("", 100), Line("Work", None, "x"), Line("", None)),
            "Put lines 1, 2 and 3 of your price right",
        ),
        ((Line("Work", 1),), ""),
    ],
)
def test_a_price_of_nothing_cannot_be_sent(lines, problem):
    assert look_at(MONEY, write_lines(lines)).problem.startswith(problem)
    assert look_at(MONEY, write_lines(lines)).blocks is bool(problem)


@pytest.mark.parametrize(
    ("label", "typed", "line"),
    [
        ("", "", None),
        ("Work", "£21,500.50", Line("Work", 2_150_050)),
        ("Work", "lots", Line("Work", None, "lots")),
        ("Work", "", Line("Work", None, "")),
        ("", "5", Line("", 500)),
        ("Work", "9999999999999", Line("Work", None, "9999999999999")),
        ("Work", "-5", Line("Work", None, "-5")),
    ],
)
def test_a_line_keeps_what_was_typed_even_when_it_is_no_amount(label, typed, line):
    assert read_line(label, typed) == line


def test_the_price_is_the_scored_one_where_one_is_scored():
    money = [question(QuestionKind.MONEY, position=n) for n in (1, 2)]
    answers = {q.id: write_lines([Line("Work", q.position * 100)]) for q in money}
    assert asked_pence(money, answers) == 300
    assert asked_pence([money[0], replace(money[1], criterion_id=7)], answers) == 200
    assert asked_pence([question(QuestionKind.TEXT)], {10: "12.00"}) == 0


@given(st.lists(st.builds(Line, st.text(max_size=20), st.integers(0, 10**12)), max_size=8))
def test_lines_survive_being_stored_and_their_total_is_exact(lines):
    text = write_lines(lines)
    assert parse_lines(text) == tuple(lines)
    assert total_pence(text) == sum(line.pence or 0 for line in lines)
    assert not text or isinstance(json.loads(text), list)


def test_a_price_reads_well_in_a_letter():
    text = write_lines([Line("Riding along", 500_000), Line("Later", None, "tbc")])
    assert in_words(QuestionKind.MONEY, (), text) == "Riding along: £5,000\nLater: tbc\nTotal: £5,000"


def test_all_that_is_missing_is_named_at_once_in_order():
    found = problems([TEXT, CHOICE, MONEY], {10: "one two three four five six", 30: ""})
    assert [p.message for p in found] == [
        "Question 1: 1\u00a0word too long",
        "Question 2: choose one of the answers",
        "Question 3: enter your price",
    ]
    assert problems([TEXT, CHOICE, MONEY], {10: "Fine.", 20: "No", 30: write_lines([Line("All", 5)])}) == []


@pytest.mark.parametrize(("words", "over"), [(4, 0), (5, 0), (6, 1), (27, 22)])
def test_how_many_words_too_long(words, over):
    assert words_over(TEXT, "word " * words) == over


@pytest.mark.parametrize(
    ("sent", "working", "changed"),
    [
        ({}, {}, []),
        ({1: "a"}, {1: "a"}, []),
        ({1: "a"}, {1: "b"}, [1]),
        ({1: "a"}, {}, [1]),
        ({}, {2: "b", 1: "a"}, [1, 2]),
        ({1: ""}, {}, []),
        ({1: "a "}, {1: "a"}, [1]),
    ],
)
def test_what_differs_between_what_was_sent_and_the_copy(sent, working, changed):
    assert differences(sent, working) == changed


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        ((Line("Work", 100),), "£1 in 1 line"),
        ((Line("Work", 100), Line("More", None, "x")), "£1 in 1 line, 1 without an amount"),
        ((Line("Work", None, "x"), Line("More", None)), "2 lines, no total yet"),
    ],
)
def test_the_total_of_a_price_leaves_out_no_line_unsaid(lines, hint):
    assert look_at(MONEY, write_lines(lines)).hint.replace("\xa0", " ") == hint
