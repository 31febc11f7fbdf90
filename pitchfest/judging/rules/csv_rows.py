"""The rows of a CSV file that a person made, each with its line; exact reasons where one makes no sense."""

import csv
import io
from collections.abc import Collection, Iterator, Sequence


class BadFileError(ValueError):
    """The file makes no sense: `line` counts from 1, `reason` is a sentence in plain English."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


def decode(data: bytes) -> str:
    """The text of a UTF-8 file, with or without a byte order mark. Raises BadFileError for other bytes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadFileError(line, "The file is not text in UTF-8. Save it as CSV UTF-8.") from error


def heading(text: str) -> list[str]:
    """The names of the columns, stripped; empty where the file is."""
    return next(_records(text), (1, []))[1]


def rows(
    text: str, columns: Sequence[str], may_be_empty: Collection[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row below the heading: the line it begins on, and its stripped cells by the names in `columns`.

    Other columns are ignored, empty lines left out. Raises BadFileError for what is not CSV, a heading that
    lacks a column or has it twice, a row of another length, an empty cell, and a file without rows.
    """
    records = _records(text)
    first, header = next(records, (1, []))
    places = _places(first, header, columns)
    last = first
    for line, cells in records:
        if len(cells) != len(header):
            raise BadFileError(line, f"The line has {len(cells)} cells, the heading has {len(header)}.")
        row = {name: cells[index] for name, index in places.items()}
        for name, cell in row.items():
            if not cell and name not in may_be_empty:
                raise BadFileError(line, f"The {name} is empty.")
        yield line, row
        last = line
    if last == first:
        raise BadFileError(first, "There are no scores below the heading.")


def shown(text: str) -> str:
    """Text of the file inside a message: quoted, on one line, not endless."""
    return f'"{printable(text if len(text) <= 40 else text[:39] + "…")}"'


def printable(text: str) -> str:
    """The text with a replacement for each character that would not show, such as a line break."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on, stripped; empty lines are left out."""

    def lines() -> Iterator[str]:
        for at, line in enumerate(io.StringIO(text.removeprefix("\ufeff"), newline=""), start=1):
            if "\0" in line:
                raise BadFileError(at, "The line has a NUL byte in it. Save the file as CSV UTF-8.")
            yield line

    reader = csv.reader(lines(), strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadFileError(begins, f"The line is not valid CSV: {error}.") from error
        if cells is None:
            return
        if cells:
            yield begins, [cell.strip() for cell in cells]
        begins = reader.line_num + 1


def _places(line: int, header: Sequence[str], columns: Sequence[str]) -> dict[str, int]:
    missing = [name for name in columns if name not in header]
    if missing:
        raise BadFileError(line, f"The heading lacks: {', '.join(missing)}.")
    twice = [name for name in columns if header.count(name) > 1]
    if twice:
        raise BadFileError(line, f"The heading has this more than once: {', '.join(twice)}.")
    return {name: header.index(name) for name in columns}
