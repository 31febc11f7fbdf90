"""Invented suppliers and their answers, for a practice challenge. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pitchfest.challenges.rules import QuestionKind, QuestionRow
from pitchfest.pitches.rules.answers import Line, write_lines


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
    """What the supplier answers, within the question's limit; the text that a pitch keeps."""
    if question.kind == QuestionKind.MONEY:
        part = supplier.pence // 4
        return write_lines([Line("Our time", supplier.pence - part), Line("Travel and materials", part)])
    if question.kind == QuestionKind.RADIOS:
        return question.options[INVENTED.index(supplier) % len(question.options)]
    turn = (question.position - 1) % len(supplier.says)
    words = " ".join((*supplier.says[turn:], *supplier.says[:turn])).split()
    return " ".join(words[: question.max_words])
