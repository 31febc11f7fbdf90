"""Spreadsheets that somebody sends: what is read of them, and what is not taken."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from pitchfest.files.operations import rows_in
from pitchfest.files.rules import BadFileError
from pitchfest.kernel.tabular import Sheet, to_workbook


def a_workbook(*rows, title: str = "Scores") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def test_cells_come_as_text_and_a_formula_as_none() -> None:
    data = a_workbook(["a", 3, 7.25, 3.0, True, None, "=1+1", "£5"])
    assert rows_in("x.xlsx", data, sheet="Scores") == [["a", "3", "7.25", "3", "TRUE", "", None, "£5"]]


def test_the_sheet_that_is_asked_for_is_read_else_the_first() -> None:
    data = to_workbook([Sheet("One", ["a"], []), Sheet("Two", ["b"], [["=c"]])])
    assert rows_in("x.xlsx", data, sheet="Two") == [["b"], ["=c"]]
    assert rows_in("x.xlsx", data, sheet="Three") == [["a"]]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (with_part(a_workbook(["a"]), "xl/vbaProject.bin", b"Sub"), "macros"),
        (with_part(a_workbook(["a"]), "xl/bomb.xml", b"0" * 61_000_000), "holds too much"),
        (a_workbook(["a"])[:400], "not the kind of file"),
        (with_part(b"PK\x03\x04", "a", b"b"), "not the kind of file"),
        (a_workbook(*[["a"]] * 5_001), "more than 5,000 rows"),
        (b"x" * 10_000_001, "larger than 10"),
    ],
    ids=["macros", "bomb", "half", "archive", "long", "large"],
)
def test_what_is_none_is_refused_in_plain_words(data: bytes, says: str) -> None:
    with pytest.raises(BadFileError, match=says):
        rows_in("x.xlsx", data, sheet="Scores")


def test_entities_that_grow_are_refused() -> None:
    lol = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 20}">' for n in range(1, 12))
    xml = f'<!DOCTYPE w [<!ENTITY a0 "ha">{lol}]><workbook>&a11;</workbook>'
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(a_workbook(["a"]))) as old,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part, xml if part.filename == "xl/workbook.xml" else old.read(part))
    with pytest.raises(BadFileError):
        rows_in("x.xlsx", data.getvalue(), sheet="Scores")


def test_a_sheet_that_claims_to_be_endless_is_read_no_further_than_its_rows() -> None:
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(a_workbook(["a"]))) as old,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            text = old.read(part).replace(b'ref="A1"', b'ref="A1:XFD1048576"')
            text = text.replace(b'ref="A1:A1"', b'ref="A1:XFD1048576"')
            new.writestr(part, text)
    assert rows_in("x.xlsx", data.getvalue(), sheet="Scores") == [["a"]]


def test_a_row_without_end_is_cut_where_columns_end() -> None:
    [row] = rows_in("x.csv", b"a" + b"," * 1_000_000, sheet="Scores")
    assert row == ["a", *[""] * 49]


def test_one_long_text_repeated_is_refused() -> None:
    data = to_workbook([Sheet("Scores", ["a"], [["x" * 32_000]] * 700)])
    assert len(data) < 1_000_000
    with pytest.raises(BadFileError, match="holds too much"):
        rows_in("x.xlsx", data, sheet="Scores")
