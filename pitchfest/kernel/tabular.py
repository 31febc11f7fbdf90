"""The one writer of CSV and Excel files, and the reader that undoes it.

A cell that a spreadsheet could run as a formula is text here, always. Numbers stay numbers: only
text that a person may have typed is defused, and `from_csv` gives it back to the letter.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from pitchfest.kernel.clock import LONDON

#: What a cell may hold. A moment is written as London wall-clock time, a share to 6 places.
Cell = str | int | float | Decimal | Fraction | date | None

#: Where spreadsheets look for a formula, past white space, full-width signs included. Apostrophes in
#: front belong to the match so that a text that already begins with one comes back unchanged.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]|[\t\r\n])")
#: The most characters that one Excel cell takes.
_LONGEST = 32_767
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


def from_csv(text: str) -> list[list[str]]:
    """The rows of a CSV text, the headers first, with what `to_csv` did to formulas undone."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    return [[restore(cell) for cell in row] for row in rows]


def to_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "") -> bytes:
    """The table as an Excel workbook of one sheet named `title`, with a bold first row that stays.

    Text is written as typed and marked as text, so nobody's words are changed and nothing runs.
    """
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
    book.set_properties({"title": title, "created": _MADE})
    sheet = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    formats = {
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "formula": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
    }
    widths = [len(header) for header in headers]
    for column, header in enumerate(headers):
        sheet.write_string(0, column, header, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            match _plain(cell):
                case str(words):
                    kind = "formula" if _FORMULA.match(words) else "text"
                    sheet.write_string(number, column, _shortened(words), formats[kind])
                case datetime() as moment:
                    sheet.write_datetime(number, column, moment, formats["moment"])
                case date() as day:
                    sheet.write_datetime(number, column, day, formats["day"])
                case figure:
                    sheet.write_number(number, column, figure)
            if column < len(widths):
                widths[column] = max(widths[column], len(_as_text(cell)))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(60, max(10, width + 2)))
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


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
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT


def _sheet_name(title: str) -> str:
    return _NOT_IN_A_SHEET_NAME.sub(" ", title).strip("' ")[:31].strip("' ") or "Sheet 1"
