"""An answer as people read it, whatever kind it is: one shape for pages, mail and comparisons. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pitchfest.challenges.rules import IN_ROWS, QuestionKind, columns_of
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.text import say_size
from pitchfest.pitches.rules.another_way import SEE_AS_RECEIVED
from pitchfest.pitches.rules.answers import AGREED, parse_choices, parse_file, parse_lines, total_pence
from pitchfest.pitches.rules.rows import NO, YES, Rows, parse_rows


@dataclass(frozen=True, slots=True)
class Reading:
    """What of an answer is shown: text in paragraphs, points of a list, a table, a file; mostly one of them.

    A table has headings, rows of cells, and a last row, () where it has none; the last column of a price
    is numbers. `file` is (name, size in bytes, SHA-256 or "").
    """

    text: str = ""
    points: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    foot: tuple[str, ...] = ()
    file: tuple[str, int, str] | None = None

    @property
    def numeric(self) -> bool:
        """Whether the last column is amounts."""
        return bool(self.foot)

    def __bool__(self) -> bool:
        return bool(self.text or self.points or self.rows or self.file)


#: Stands before rows that were written and do not count, in what an author alone reads.
KEPT = "Written, and not part of the answer while it is no:"


def read(kind: QuestionKind, options: Sequence[str], text: str, *, kept: bool = False) -> Reading:
    """One answer to a question of this kind and these options, to be shown; empty for none. With `kept`,
    also the rows that do not count: for whoever wrote them, and nobody else.
    """
    if not text or text == SEE_AS_RECEIVED:
        return Reading(text)
    if kind in IN_ROWS:
        answer = parse_rows(text)
        said = {YES: "Yes", NO: "No"}.get(answer.gate, "")
        if kept and answer.kept:
            said, answer = f"{said}\n{KEPT}", Rows(answer.gate, answer.kept)
        return Reading(said, heads=columns_of(kind, options), rows=answer.rows)
    return _READ.get(kind, Reading)(text)


def _price(text: str) -> Reading:
    lines = parse_lines(text)
    rows = tuple(
        (ln.label or "Not named", say_pounds(ln.pence) if ln.pence is not None else ln.typed or "No amount")
        for ln in lines
    )
    if not rows:
        return Reading()
    foot = ("Total, including VAT", say_pounds(total_pence(text)))
    if any(ln.pence is None for ln in lines):
        priced = any(ln.pence is not None for ln in lines)
        foot = ("Total of the lines with an amount", foot[1]) if priced else ("Total", "Not known yet")
    return Reading(heads=("What for", "Amount"), rows=rows, foot=foot)


def _file(text: str) -> Reading:
    file = parse_file(text)
    return Reading(file=(file.name, file.size, file.sha256))


_READ: dict[QuestionKind, Callable[[str], Reading]] = {
    QuestionKind.MONEY: _price,
    QuestionKind.CHECKBOXES: lambda text: Reading(points=parse_choices(text)),
    QuestionKind.FILE: _file,
    QuestionKind.DECLARATION: lambda text: Reading("Agreed" if text == AGREED else text),
}


def in_words(
    kind: QuestionKind, options: Sequence[str], text: str, *, kept: bool = False, hashes: bool = False
) -> str:
    """The answer as plain text, as mail and comparisons show it; "" for none. `kept` as in `read`, `hashes`
    as in `say`.
    """
    return say(read(kind, options, text, kept=kept), hashes=hashes)


def say(shown: Reading, *, hashes: bool = False) -> str:
    """What is shown of an answer, as plain text; with `hashes` also a file's SHA-256, as on a receipt."""
    if shown.file:
        name, size, sha256 = shown.file
        return f"File: {name}, {say_size(size)}" + (f"\nSHA-256: {sha256}" if hashes and sha256 else "")
    if shown.foot:
        return "\n".join(f"{label}: {amount}" for label, amount in (*shown.rows, ("Total", shown.foot[1])))
    rows = (
        "; ".join(f"{head}: {cell}" for head, cell in zip(shown.heads, row, strict=False) if cell)
        for row in shown.rows
    )
    return "\n".join(part for part in (shown.text, *shown.points, *rows) if part)
