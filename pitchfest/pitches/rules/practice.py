"""Invented suppliers and their answers, for a practice challenge. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pitchfest.challenges.rules import KINDS, QuestionKind, QuestionRow, columns_of
from pitchfest.pitches.rules.answers import AGREED, Line, write_choices, write_lines
from pitchfest.pitches.rules.rows import NO, Rows, write_rows


@dataclass(frozen=True, slots=True)
class Invented:
    """A supplier that does not exist. `says` are sentences in turn, `pence` its price."""

    name: str
    place: str
    says: tuple[str, ...]
    pence: int


INVENTED = (
    Invented(
        "Millrace Works (invented)",
        "Upper Weir",
        (
            "We would spend two weeks beside the people who do this work and write down where time is lost.",
            "Then we change one thing at a time with them, and measure it against the four weeks before.",
            "Last year we did the same with a hospital laundry: missed loads fell from 31 to 12 a month.",
            "Two of us work on this for three days a week, and both of us stand in for each other.",
        ),
        4_200_000,
    ),
    Invented(
        "Larkhill Data (invented)",
        "Stonebeck",
        (
            "We bring together three lists that you already keep and show each morning where to look first.",
            "Nothing new is installed. People see a page of ten lines, with a reason beside each line.",
            "We tested it on one district: seven of the ten places it named did need a visit.",
            "We have not yet agreed who answers the phone at weekends.",
        ),
        3_650_000,
    ),
    Invented(
        "Common Thread (invented)",
        "Eastgate",
        (
            "We are a cooperative of twelve neighbours, and four of us have the problem ourselves.",
            "We knock on doors, ask one question and bring the answers to the team every Friday.",
            "People who never fill in forms talk to us: nine out of ten opened the door in our trial street.",
            "What we cannot do is build software, so the lists stay on paper unless you lend us a tool.",
        ),
        2_900_000,
    ),
)


def invented_answer(supplier: Invented, question: QuestionRow) -> str:
    """What the supplier answers, within the question's limit; the text that a pitch keeps. A file is
    answered with `INVENTED_FILE` instead.
    """
    return _ANSWERS.get(question.kind, _row)(supplier, question)


#: The file of a supplier that does not exist: (name, media type, bytes).
INVENTED_FILE = ("invented.txt", "text/plain", b"This supplier and this file are invented, for practice.\n")


def _text(supplier: Invented, question: QuestionRow) -> str:
    turn = (question.position - 1) % len(supplier.says)
    words = " ".join((*supplier.says[turn:], *supplier.says[:turn])).split()
    return " ".join(words[: question.max_words])


def _price(supplier: Invented, _question: QuestionRow) -> str:
    part = supplier.pence // 4
    return write_lines([Line("Our time", supplier.pence - part), Line("Travel and materials", part)])


def _choice(supplier: Invented, question: QuestionRow) -> str:
    return question.options[INVENTED.index(supplier) % len(question.options)]


def _row(supplier: Invented, question: QuestionRow) -> str:
    """A no where the question begins with yes or no, else one row."""
    heads = columns_of(question.kind, question.options)
    cells = tuple(" ".join(supplier.says[n % len(supplier.says)].split()[:6]) for n in range(len(heads)))
    return write_rows(Rows(NO if KINDS[question.kind].gate else "", (cells,)))


_ANSWERS: dict[QuestionKind, Callable[[Invented, QuestionRow], str]] = {
    QuestionKind.TEXT: _text,
    QuestionKind.RADIOS: _choice,
    QuestionKind.CHECKBOXES: lambda _supplier, question: write_choices(question.options[:2]),
    QuestionKind.MONEY: _price,
    QuestionKind.DECLARATION: lambda _supplier, _question: AGREED,
}
