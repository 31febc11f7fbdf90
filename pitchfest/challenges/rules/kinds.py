"""The kinds of answer that a pitch form can ask for, as one table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pitchfest.challenges.rules.lifecycle import CriterionKind, QuestionKind


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of answer is called, may be scored on, and is made of.

    `options` says what the lines of the question's options are, "" where it has none; `columns` are the
    headings of an answer in rows, whose own they are where it has none; the column `ends` holds a day.
    """

    name: str
    limit: str
    scored_on: CriterionKind | None
    options: str = ""
    columns: tuple[str, ...] = ()
    #: Begins with a yes or no; the rows are filled in after a yes.
    gate: str = ""
    ends: int | None = None
    #: How long an answer is likely to take, beside the writing of text.
    minutes: int = 5


K = QuestionKind

KINDS: dict[QuestionKind, Kind] = {
    K.TEXT: Kind("Text, with a word limit", "", CriterionKind.JUDGED),
    K.RADIOS: Kind("One of a few choices", "Choose one", CriterionKind.JUDGED, options="choices"),
    K.CHECKBOXES: Kind(
        "Any number of a few choices", "Choose all that are true", CriterionKind.JUDGED, options="choices"
    ),
    K.MONEY: Kind(
        "Money: an amount for each milestone, which add up to a price",
        "Milestones in pounds that add up to your price",
        CriterionKind.PRICE,
        minutes=45,
    ),
    K.ROWS: Kind(
        "Rows of a table, with headings of your own",
        "A table that you fill in",
        CriterionKind.JUDGED,
        options="headings",
        minutes=20,
    ),
    K.FILE: Kind("A file", "One file of up to 10 MB", None, minutes=30),
    K.DATA: Kind(
        "Data they need from us",
        "Yes or no, and then which data",
        None,
        columns=("What data", "Who has it, if you know", "What you need it for"),
        gate="Do you need data from us?",
        minutes=20,
    ),
    K.RIGHTS: Kind(
        "Intellectual property",
        "Yes or no, and then what it is",
        None,
        columns=("What it is", "Who owns it", "What we may do with it"),
        gate="Does your idea rest on intellectual property that we should know of?",
        minutes=15,
    ),
    K.CONFIDENTIAL: Kind(
        "Parts that are confidential",
        "Yes or no, and then which parts",
        None,
        columns=("Which part of your pitch", "Why it is confidential", "Until which day"),
        gate="Is any part of your pitch confidential?",
        ends=2,
        minutes=10,
    ),
    K.DECLARATION: Kind("A statement to agree to", "Tick to agree", None, minutes=1),
}

#: Answers that are rows of a table.
IN_ROWS = frozenset(kind for kind, facts in KINDS.items() if facts.columns or facts.options == "headings")
#: Headings of a table's columns, and choices, at least and at most.
_WANTED = {
    "choices": "at least two different choices",
    "headings": "the headings of the table, all different",
}
FEWEST = {"choices": 2, "headings": 1}
MOST = {"choices": 40, "headings": 5}


def columns_of(kind: QuestionKind, options: Sequence[str]) -> tuple[str, ...]:
    """The headings of an answer in rows."""
    return KINDS[kind].columns or tuple(options)


def options_problem(kind: QuestionKind, options: Sequence[str]) -> str:
    """What is wrong with the choices or headings of a question, or ""."""
    what = KINDS[kind].options
    if not what:
        return ""
    least, most = FEWEST[what], MOST[what]
    if len(options) < least or len(set(options)) < len(options):
        return f"Enter {_WANTED[what]}, one on each line"
    return f"Enter at most {most} {what}" if len(options) > most else ""


def scoring_problem(kind: QuestionKind, criterion: CriterionKind | None) -> str:
    """Why an answer of this kind cannot be scored on such a criterion, or ""."""
    if criterion is None or criterion == KINDS[kind].scored_on:
        return ""
    if criterion == CriterionKind.PRICE:
        return "The price criterion needs a money question"
    if kind == QuestionKind.MONEY:
        return "Judges cannot score a money question"
    return f"“{KINDS[kind].name}” is asked for information only. Choose “Not scored”"
