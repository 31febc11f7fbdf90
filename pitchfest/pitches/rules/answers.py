"""Answers: their limits, lines of money, what is missing, and what differs between two copies."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from pitchfest.challenges.rules import KINDS, QuestionKind, QuestionRow
from pitchfest.kernel.errors import Problem
from pitchfest.kernel.money import MOST_PENCE, is_too_large, parse_pounds, say_pounds
from pitchfest.kernel.text import count_words, plural, tidy_line
from pitchfest.pitches.rules.rows import parse_rows, rows_hint, rows_problem

#: Longest answer that is taken, in characters: a bound against floods, far above any limit of words.
MOST_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a price. `pence` is None where `typed` is no amount; it is kept as typed."""

    label: str
    pence: int | None
    typed: str = ""


def read_line(label: str, typed: str) -> Line | None:
    """A line from what was typed in its two fields, None when both are empty."""
    label, typed = tidy_line(label), tidy_line(typed)
    if not label and not typed:
        return None
    try:
        return Line(label, parse_pounds(typed))
    except ValueError:
        return Line(label, None, typed)


def write_lines(lines: Sequence[Line]) -> str:
    """The text of a money answer: a JSON list of `{"label", "pence"}`; "" for no lines."""
    rows = [
        {"label": line.label, "pence": line.pence} | ({"typed": line.typed} if line.pence is None else {})
        for line in lines
    ]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def parse_lines(text: str) -> tuple[Line, ...]:
    """The lines of a money answer's text."""
    rows = json.loads(text) if text else []
    return tuple(Line(row["label"], row["pence"], row.get("typed", "")) for row in rows)


def total_pence(text: str) -> int:
    """The sum of a money answer's lines in pence; lines without an amount count nothing."""
    return sum(line.pence or 0 for line in parse_lines(text))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one input of a price: the line's number from 1, its `label` or `amount`."""

    number: int
    part: str
    problem: str


def price_faults(text: str) -> tuple[Fault, ...]:
    """Every input of a money answer that stops it from being sent, from the top; () for no lines."""
    lines = parse_lines(text)
    found = tuple(fault for n, line in enumerate(lines, start=1) for fault in _line_faults(n, line))
    if lines and not found and total_pence(text) == 0:
        return (Fault(1, "amount", "Your price must be more than £0"),)
    return found


def _line_faults(number: int, line: Line) -> Iterator[Fault]:
    if not line.label:
        yield Fault(number, "label", f"Say what line {number} is for")
    if line.pence is None:
        words = f"Enter the amount of line {number} in pounds, like 21500 or 21500.50"
        if is_too_large(line.typed):
            words = f"Enter a smaller amount in line {number}: {say_pounds(MOST_PENCE)} at most"
        yield Fault(number, "amount", words)


def asked_pence(questions: Iterable[QuestionRow], answers: Mapping[int, str]) -> int:
    """The price that a pitch asks, in pence: what its answers (question id → text) give to the money
    question that is scored; where none is, all money questions together.
    """
    money = [q for q in questions if q.kind == QuestionKind.MONEY]
    priced = [q for q in money if q.criterion_id is not None] or money
    return sum(total_pence(answers.get(q.id, "")) for q in priced)


#: The text of a declaration that was agreed to.
AGREED = "agreed"


def write_choices(chosen: Sequence[str]) -> str:
    """The text of an answer of several choices: a JSON list; "" for none."""
    return json.dumps(list(chosen), ensure_ascii=False) if chosen else ""


def parse_choices(text: str) -> tuple[str, ...]:
    """The choices that a text holds."""
    return tuple(json.loads(text)) if text else ()


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """A file as an answer: its row, what its sender called it, bytes, and SHA-256 of its own bytes."""

    id: int
    name: str
    size: int
    sha256: str


def write_file(file: FileAnswer) -> str:
    """The text of a file answer: JSON, so that a receipt's hash is over the file's own."""
    return json.dumps(asdict(file), ensure_ascii=False)


def parse_file(text: str) -> FileAnswer:
    """The file that an answer's text names."""
    return FileAnswer(**json.loads(text))


def is_file(text: str) -> bool:
    """Whether the text of a file question names a file: it is empty for none, and words where the pitch was
    received elsewhere.
    """
    return text.startswith("{")


CHOOSE = "Choose one of two texts that were written at the same time"


class Standing(StrEnum):
    """How far an answer has come."""

    DONE = "done"
    OPTIONAL = "optional"
    NOT_STARTED = "not_started"
    TO_FIX = "to_fix"


@dataclass(frozen=True, slots=True)
class Look:
    """What the task list says of one answer; `problem` is what stops it from being sent."""

    standing: Standing
    hint: str
    problem: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the pitch cannot be sent because of it."""
        return bool(self.problem)


def words_over(question: QuestionRow, text: str) -> int:
    """By how many words the text is too long, 0 when it is not."""
    return max(0, count_words(text) - question.max_words) if question.max_words is not None else 0


def look_at(question: QuestionRow, text: str, two_texts: bool = False, *, today: date | None = None) -> Look:
    """How one answer stands, judged by its text alone; but two texts were written where it says so, and
    days in it are past on the day `today`.
    """
    if two_texts:
        return Look(Standing.TO_FIX, "Two texts", CHOOSE)
    if question.kind in _LOOKS:
        return _LOOKS[question.kind](question, text)
    return _look_at_rows(question, text, today)


def _look_at_text(question: QuestionRow, text: str) -> Look:
    limit, words = question.max_words or 0, count_words(text)
    if not words:
        return _nothing_yet(question, f"Up to {plural(limit, 'word')}", "Answer this question")
    hint = f"{words:,} of {plural(limit, 'word')}"
    if over := words_over(question, text):
        too_long = f"{plural(over, 'word')} too long"
        return Look(Standing.TO_FIX, hint, too_long)
    return Look(Standing.DONE, hint)


def _look_at_choice(question: QuestionRow, text: str) -> Look:
    if not text:
        return _nothing_yet(question, "Choose one", "Choose one of the answers")
    if text not in question.options:
        return Look(Standing.TO_FIX, "Choose one", "Choose one of the answers")
    return Look(Standing.DONE, text)


def _look_at_money(question: QuestionRow, text: str) -> Look:
    lines = parse_lines(text)
    if not lines:
        return _nothing_yet(question, "In pounds, including VAT", "Enter your price")
    faults = price_faults(text)
    unpriced = sum(line.pence is None for line in lines)
    hint = f"{say_pounds(total_pence(text))} in {plural(len(lines) - unpriced, 'line')}"
    if unpriced:
        none = f"{plural(len(lines), 'line')}, no total yet"
        hint = none if unpriced == len(lines) else f"{hint}, {unpriced} without an amount"
    if not faults:
        return Look(Standing.DONE, hint)
    problem = faults[0].problem
    return Look(Standing.TO_FIX, hint, problem if len(faults) == 1 else _several(faults))


def _several(faults: Sequence[Fault]) -> str:
    numbers = list(dict.fromkeys(str(fault.number) for fault in faults))
    *others, last = numbers
    which = f"lines {', '.join(others)} and {last}" if others else f"line {last}"
    return f"Put {which} of your price right, with what each is for and how much in pounds"


def _look_at_choices(question: QuestionRow, text: str) -> Look:
    chosen = parse_choices(text)
    if not chosen:
        return _nothing_yet(question, "Choose all that are true", "Choose at least one of the answers")
    if not set(chosen) <= set(question.options):
        return Look(Standing.TO_FIX, "Choose all that are true", "Choose from the answers on the page")
    return Look(Standing.DONE, f"{len(chosen)} chosen")


def _look_at_file(question: QuestionRow, text: str) -> Look:
    if not text:
        return _nothing_yet(question, "A file of up to 10 MB", "Choose a file")
    return Look(Standing.DONE, parse_file(text).name)


def _look_at_declaration(question: QuestionRow, text: str) -> Look:
    if text != AGREED:
        return _nothing_yet(question, "Tick to agree", "Tick the box to agree")
    return Look(Standing.DONE, "Agreed")


def _look_at_rows(question: QuestionRow, text: str, today: date | None) -> Look:
    if not text:
        problem = "Choose yes or no" if KINDS[question.kind].gate else "Fill in at least one row"
        return _nothing_yet(question, rows_hint(question, parse_rows("")), problem)
    answer = parse_rows(text)
    problem = rows_problem(question, answer, today)
    return Look(Standing.TO_FIX if problem else Standing.DONE, rows_hint(question, answer), problem)


_LOOKS: dict[QuestionKind, Callable[[QuestionRow, str], Look]] = {
    QuestionKind.TEXT: _look_at_text,
    QuestionKind.RADIOS: _look_at_choice,
    QuestionKind.CHECKBOXES: _look_at_choices,
    QuestionKind.MONEY: _look_at_money,
    QuestionKind.FILE: _look_at_file,
    QuestionKind.DECLARATION: _look_at_declaration,
}


def _nothing_yet(question: QuestionRow, hint: str, problem: str) -> Look:
    if question.required:
        return Look(Standing.NOT_STARTED, hint, problem)
    return Look(Standing.OPTIONAL, hint)


def problems(
    questions: Sequence[QuestionRow],
    answers: Mapping[int, str],
    two_texts: Collection[int] = (),
    *,
    today: date | None = None,
) -> list[Problem]:
    """What stops these answers, by question id, from being sent; empty when they are complete.

    `two_texts` are the ids of questions that two people answered at the same time.
    """
    looks = [(q, look_at(q, answers.get(q.id, ""), q.id in two_texts, today=today)) for q in questions]
    return [Problem(f"Question {q.position}: {_sentence(look.problem)}") for q, look in looks if look.blocks]


def _sentence(problem: str) -> str:
    return problem[0].lower() + problem[1:] if problem[0].isalpha() else problem


def differences(sent: Mapping[int, str], working: Mapping[int, str]) -> list[int]:
    """Ids of the questions whose working answer is not the one that was sent; no answer and an
    empty one are the same.
    """
    return sorted(q for q in sent.keys() | working.keys() if sent.get(q, "") != working.get(q, ""))
