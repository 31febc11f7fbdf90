"""Answers that are rows of a table, some of which begin with a yes or no. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from pitchfest.challenges.rules import IN_ROWS, KINDS, QuestionKind, QuestionRow, columns_of
from pitchfest.kernel.text import plural

#: Rows and characters of a cell that are taken at most.
MOST_ROWS = 60
MOST_CELL = 2_000
YES, NO = "yes", "no"

_DAY = re.compile(r"(\d{1,2})[ ./-](\d{1,2})[ ./-](\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer in rows: the yes or no that it begins with, "" where none was said or none is asked,
    and the rows' cells from left to right. Rows with nothing in them are left out.

    `kept` are rows that were written and do not count, since the answer is no: nothing that shows an answer
    reads them, only the form that it is written in.
    """

    gate: str
    rows: tuple[tuple[str, ...], ...]
    kept: tuple[tuple[str, ...], ...] = ()

    @property
    def written(self) -> tuple[tuple[str, ...], ...]:
        """The rows that were written, whether or not they count."""
        return self.rows or self.kept


def in_rows(gate: str, rows: tuple[tuple[str, ...], ...]) -> Rows:
    """The answer that was given with these rows beside it: after a no they are kept and do not count."""
    return Rows(gate, (), rows) if gate == NO else Rows(gate, rows)


def write_rows(answer: Rows) -> str:
    """The text of an answer in rows: JSON with `gate` and `rows`, and `kept` where there is any; "" where
    nothing was said. After a no there are no rows.
    """
    rows = [] if answer.gate == NO else [list(row) for row in answer.rows if any(row)]
    kept = [list(row) for row in answer.kept if any(row)]
    if not rows and not answer.gate:
        return ""
    return json.dumps(
        {"gate": answer.gate, "rows": rows, **({"kept": kept} if kept else {})}, ensure_ascii=False
    )


def parse_rows(text: str) -> Rows:
    """The answer in rows that a text holds."""
    if not text:
        return Rows("", ())
    value = json.loads(text)
    rows, kept = (tuple(tuple(row) for row in value.get(name, ())) for name in ("rows", "kept"))
    return Rows(value["gate"], rows, kept)


def what_counts(kind: QuestionKind, text: str) -> str:
    """An answer as it is sent, from its text in a draft: without rows that are kept and do not count."""
    # Most texts hold none, and the text that stands for an answer received elsewhere is no JSON.
    if kind not in IN_ROWS or '"kept"' not in text:
        return text
    answer = parse_rows(text)
    return write_rows(Rows(answer.gate, answer.rows))


def read_day(typed: str) -> date | None:
    """A day as people type it, `31 12 2027` or `31/12/2027`; None for anything else."""
    found = _DAY.fullmatch(" ".join(typed.split()))
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def rows_problem(question: QuestionRow, answer: Rows, today: date | None = None) -> str:
    """What stops an answer in rows that says anything from being sent, or "". No part can be confidential
    until a day before `today`.
    """
    kind = KINDS[question.kind]
    if kind.gate and not answer.gate:
        return "Choose yes or no"
    if answer.gate == NO:
        return ""
    if not answer.rows:
        return "Fill in at least one row" + (", or choose no" if kind.gate else "")
    heads = columns_of(question.kind, question.options)
    for number, row in enumerate(answer.rows, start=1):
        for head, cell in zip(heads, row, strict=False):
            if not cell and (head == heads[0] or kind.ends is not None):
                return f"Row {number}: fill in “{head}”"
        if kind.ends is not None and (problem := _day_problem(row[kind.ends], heads[kind.ends], today)):
            return f"Row {number}: {problem}"
    return ""


def _day_problem(typed: str, head: str, today: date | None) -> str:
    """What is wrong with the day that something ends, or ""."""
    day = read_day(typed)
    if day is None:
        return f"enter a day like 31 12 2027 under “{head}”"
    if today is not None and day < today:
        return f"{typed} is past. Enter a day to come under “{head}”"
    return ""


def rows_hint(question: QuestionRow, answer: Rows) -> str:
    """What the task list says of an answer in rows."""
    if answer.gate != NO and answer.rows:
        return plural(len(answer.rows), "row")
    return answer.gate.capitalize() or ("Yes or no" if KINDS[question.kind].gate else "A table to fill in")
