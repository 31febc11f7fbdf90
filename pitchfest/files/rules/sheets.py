"""The rows of a spreadsheet that somebody sent: Excel or CSV. Pure; read in a process of its own."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from zipfile import BadZipFile

from pitchfest.files.rules import EMPTY, LARGEST_FILE, TOO_LARGE, BadFileError, parts_of
from pitchfest.kernel.tabular import from_csv

#: What one sheet may hold.
MOST_ROWS = 5_000
MOST_COLUMNS = 50
MOST_CHARACTERS = 20_000_000

WRONG_SHEET = "Choose an Excel (XLSX) or CSV file"
HAS_MACROS = (
    "This workbook holds macros, which are programs. Save it as an Excel workbook (XLSX) and choose that"
)
NO_SHEET = "This is not the kind of file that its name says. Save it again as Excel (XLSX) and choose that"
LOCKED_SHEET = (
    "This workbook is locked with a password, or of an old kind. Save it as Excel (XLSX) without a password"
)
NO_CSV = "This CSV file cannot be read through. Save it again from your spreadsheet and choose that"
TOO_MANY_ROWS = f"This file has more than {MOST_ROWS:,} rows. Choose the one that you downloaded here"
TOO_MUCH = "This workbook holds too much when it is unpacked. Choose the one that you downloaded here"

#: One cell as text; None holds a formula, whose result nobody here works out.
Row = list[str | None]
#: How files begin that Microsoft Office locks with a password, or wrote before 2007.
_OLD = b"\xd0\xcf\x11\xe0"


def is_sheet(name: str, size: int) -> str:
    """Why a file of this name and size is not taken as a spreadsheet, or ""."""
    ending = PurePath(name).suffix.lower()
    if ending == ".xlsm":
        return HAS_MACROS
    if ending not in (".xlsx", ".csv"):
        return WRONG_SHEET
    if not size:
        return EMPTY
    return TOO_LARGE if size > LARGEST_FILE else ""


def rows_of(name: str, data: bytes, title: str) -> list[Row]:
    """The rows of a CSV file, or of the sheet `title` of a workbook (without one of that name: the first).

    A number is written as short as it can be. Raises BadFileError.
    """
    if problem := is_sheet(name, len(data)):
        raise BadFileError(problem)
    rows = _from_csv(data) if name.lower().endswith(".csv") else _from_workbook(data, title)
    if len(rows) > MOST_ROWS:
        raise BadFileError(TOO_MANY_ROWS)
    if sum(len(cell or "") for row in rows for cell in row) > MOST_CHARACTERS:
        raise BadFileError(TOO_MUCH)
    return rows


def _from_csv(data: bytes) -> list[Row]:
    """Commas, semicolons or tabs; UTF-8, or what Excel on Windows writes where UTF-8 was not asked for."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise BadFileError(NO_CSV)
    first = text.partition("\n")[0]
    try:
        return [list(row[:MOST_COLUMNS]) for row in from_csv(text, max(",;\t", key=first.count))]
    except csv.Error:
        raise BadFileError(NO_CSV) from None


def _from_workbook(data: bytes, title: str) -> list[Row]:
    if data.startswith(_OLD):
        raise BadFileError(LOCKED_SHEET)
    try:
        parts = parts_of(data)
    except BadFileError:
        raise BadFileError(TOO_MUCH) from None
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        raise BadFileError(HAS_MACROS)
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= parts.keys():
        raise BadFileError(NO_SHEET)
    import openpyxl  # noqa: PLC0415 - only this process needs it, and only for a workbook

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet: Any = book[title] if title in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not believed
        cells = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
        rows = [_without_end([_text(cell) for cell in row]) for row in cells]
    except (BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, OSError):
        raise BadFileError(NO_SHEET) from None  # a SyntaxError is how XML says that it is none
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _without_end(row: Row) -> Row:
    """The row up to the last cell that holds anything."""
    while row and row[-1] == "":
        row.pop()
    return row


def _text(cell: Any) -> str | None:
    match cell.value:
        case None:
            return ""
        case bool(yes):
            return "TRUE" if yes else "FALSE"
        case int() | float() as number:
            return _number(number)
        case datetime() | date() as day:
            return day.isoformat()
        case other:
            return None if cell.data_type == "f" else str(other)


def _number(number: float) -> str:
    """`3` for 3.0, `7.25` for 7.25."""
    return f"{Decimal(repr(number)).normalize():f}"
