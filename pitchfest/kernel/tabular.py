"""The one writer of CSV and Excel files, and the reader that undoes it.

A cell that a spreadsheet could run as a formula is text here, always. Numbers stay numbers: only
text that a person may have typed is defused, and `from_csv` gives it back to the letter.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pitchfest.kernel.clock import LONDON

#: What a cell may hold. A moment is written as London wall-clock time, a share to 6 places.
Cell = str | int | float | Decimal | Fraction | date | None

#: Where spreadsheets look for a formula, past white space, full-width signs included. Apostrophes in
#: front belong to the match so that a text that already begins with one comes back unchanged.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]|[\t\r\n])")
#: The most characters that one Excel cell takes.
LONGEST_CELL = 32_767
_CUT = " … (cut here: an Excel cell holds no more; the CSV file has it all)"
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
#: Files made from the same rows are the same bytes, so their making carries no date.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a wall-clock date without a zone is what the format holds


def defuse(text: str) -> str:
    """`text` as a cell that no spreadsheet runs: an apostrophe before what could be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def restore(text: str) -> str:
    """The text that `defuse` was given: `restore(defuse(t)) == t` for every text."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def to_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as CSV (RFC 4180: commas, CRLF, quotes where needed), without a byte order mark."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow([defuse(header) for header in headers])
    writer.writerows([[_as_text(cell) for cell in row] for row in rows])
    return page.getvalue()


def from_csv(text: str, delimiter: str = ",") -> list[list[str]]:
    """The rows of a CSV text, the headers first, with what `to_csv` did to formulas undone."""
    page = io.StringIO(text.removeprefix("\ufeff"), newline="")
    rows = csv.reader(page, delimiter=delimiter, strict=True)
    return [[restore(cell) for cell in row] for row in rows]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be typed into a cell: one of `values`, else a number from `lowest` to `highest`, or one of the
    `words`; `hint` says it.
    """

    hint: str
    values: tuple[Decimal, ...] = ()
    lowest: Decimal = Decimal(0)
    highest: Decimal = Decimal(0)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook.

    Where columns are `unlocked`, a spreadsheet keeps every other cell from being changed by mistake. `widths`
    are in characters, worked out from the words where there are none; `allowed` goes by (row, column), both
    counted from 0 below the headers.
    """

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int] = ()
    unlocked: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    allowed: Mapping[tuple[int, int], Allowed] = field(default_factory=dict)


def to_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "") -> bytes:
    """The table as an Excel workbook of one sheet named `title`, with a bold first row that stays.

    Text is written as typed and marked as text, so nobody's words are changed and nothing runs.
    """
    return to_workbook([Sheet(title, headers, list(rows))])


def to_workbook(sheets: Sequence[Sheet], *, opens_at: int = 0) -> bytes:
    """The sheets as an Excel workbook, as `to_xlsx` writes one; it opens at the one with that place."""
    import xlsxwriter  # noqa: PLC0415 - heavy, and most requests never need it

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": sheets[0].title, "created": _MADE})
    formats = {
        (kind, locked): book.add_format({"valign": "top", "locked": locked, **how})
        for kind, how in _FORMATS.items()
        for locked in (True, False)
    }
    for place, sheet in enumerate(sheets):
        page = book.add_worksheet(_sheet_name(sheet.title))
        _write(page, sheet, formats)
        if place == opens_at:
            page.activate()
    book.close()
    return file.getvalue()


_FORMATS: dict[str, dict[str, object]] = {
    "head": {"bold": True, "text_wrap": True},
    "text": {"text_wrap": True},
    "formula": {"text_wrap": True, "quote_prefix": True},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "day": {"num_format": "yyyy-mm-dd"},
    "figure": {},
}


def _write(page: Any, sheet: Sheet, formats: Mapping[tuple[str, bool], Any]) -> None:
    for column, header in enumerate(sheet.headers):
        page.write_string(0, column, header, formats["head", True])
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(page, number, column, _plain(cell), formats, column not in sheet.unlocked)
    for column, width in enumerate(sheet.widths or _widths(sheet)):
        page.set_column(column, column, width, None, {"hidden": column in sheet.hidden})
    for (number, column), allowed in sheet.allowed.items():
        page.data_validation(number + 1, column, number + 1, column, _rule(allowed))
    page.freeze_panes(1, 0)
    if sheet.unlocked:
        page.protect("", {"format_columns": True, "format_rows": True})


def _write_cell(
    page: Any,
    number: int,
    column: int,
    plain: str | float | Decimal | date,
    formats: Mapping[tuple[str, bool], Any],
    locked: bool,
) -> None:
    match plain:
        case str(words):
            kind = "formula" if _FORMULA.match(words) else "text"
            page.write_string(number, column, _shortened(words), formats[kind, locked])
        case datetime() as moment:
            page.write_datetime(number, column, moment, formats["moment", locked])
        case date() as day:
            page.write_datetime(number, column, day, formats["day", locked])
        case figure:
            page.write_number(number, column, figure, formats["figure", locked])


def _widths(sheet: Sheet) -> list[int]:
    widths = [len(header) for header in sheet.headers]
    for row in sheet.rows:
        for column, cell in enumerate(row[: len(widths)]):
            widths[column] = max(widths[column], len(_as_text(cell)))
    return [min(60, max(10, width + 2)) for width in widths]


def _rule(allowed: Allowed) -> dict[str, object]:
    """The cell's rule as Excel takes it; whatever it refuses is refused with the same words."""
    says = {"input_message": allowed.hint[:255], "error_message": allowed.hint[:255]}
    if allowed.values:
        return {"validate": "list", "source": [*map(str, allowed.values), *allowed.words], **says}
    between = {"criteria": "between", "minimum": float(allowed.lowest), "maximum": float(allowed.highest)}
    # A rule for numbers knows no words, so there it warns and lets them in.
    return {"validate": "decimal", "error_type": "warning" if allowed.words else "stop", **between, **says}


def _plain(cell: Cell) -> str | int | float | Decimal | date:
    """The cell as both formats know it: no None, no truth values, no zones, no fractions."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Fraction):
        return cell.numerator if cell.denominator == 1 else round(float(cell), 6)
    if isinstance(cell, datetime):
        return cell.astimezone(LONDON).replace(tzinfo=None, microsecond=0)
    return cell


def _as_text(cell: Cell) -> str:
    plain = _plain(cell)
    return defuse(plain) if isinstance(plain, str) else str(plain)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(_CUT)] + _CUT


def _sheet_name(title: str) -> str:
    return _NOT_IN_A_SHEET_NAME.sub(" ", title).strip("' ")[:31].strip("' ") or "Sheet 1"
