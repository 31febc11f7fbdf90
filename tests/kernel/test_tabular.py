import csv
import io
from datetime import UTC, date, datetime
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.kernel.tabular import Cell, defuse, from_csv, restore, to_csv, to_xlsx

SHEET_SAFE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\n=1",
    " =1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "|x",
    "'=1",
    "''@",
]
DANGEROUS = [*SHEET_SAFE, "\r=1"]
NOT_SURROGATES = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
MOSTLY_SIGNS = st.text(st.sampled_from("=+-@＝'\t\r\n \",;a1é") | NOT_SURROGATES)


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_begins_like_a_formula(text):
    (cell,) = next(csv.reader(io.StringIO(to_csv([text], []), newline="")))
    assert cell.startswith("'")
    assert from_csv(to_csv(["What they wrote"], [[text]]))[1] == [text]


@given(MOSTLY_SIGNS)
def test_what_was_defused_comes_back_to_the_letter(text):
    assert restore(defuse(text)) == text
    assert defuse(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "＝"}


@given(st.lists(st.lists(MOSTLY_SIGNS, min_size=2, max_size=2), max_size=5))
def test_a_table_survives_the_round_trip(rows):
    assert from_csv(to_csv(["Name", "-Words-"], rows)) == [["Name", "-Words-"], *rows]


def test_numbers_stay_numbers_and_ordinary_words_stay_as_they_are():
    rows: list[list[Cell]] = [[-5, 2.5, Fraction(-21, 2), None, True, "O'Hara & Sons", date(2026, 11, 23)]]
    assert to_csv(list("abcdefg"), rows).splitlines()[1] == "-5,2.5,-10.5,,yes,O'Hara & Sons,2026-11-23"


def test_a_moment_is_the_time_on_the_wall_in_london():
    summer = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    assert to_csv(["At"], [[summer]]) == "At\r\n2026-07-01 12:00:00\r\n"


def test_a_file_with_a_byte_order_mark_reads_the_same():
    assert from_csv("\ufeffName\r\nAnn\r\n") == [["Name"], ["Ann"]]


def test_the_workbook_holds_words_as_words_and_numbers_as_numbers():
    rows: list[list[Cell]] = [[text, -5, Fraction(1, 3)] for text in SHEET_SAFE]
    content = to_xlsx(["Words", "Pence", "Share"], rows, title="Results: CH-1/2")
    book = openpyxl.load_workbook(io.BytesIO(content))
    (sheet,) = book.worksheets
    assert sheet.title == "Results  CH-1 2"
    for cells, (text, pence, _) in zip(sheet.iter_rows(min_row=2), rows, strict=True):
        assert (cells[0].data_type, cells[0].value, cells[0].quotePrefix) == ("s", text, True)
        assert (cells[1].data_type, cells[1].value) == ("n", pence)
        assert cells[2].value == pytest.approx(1 / 3, abs=1e-6)


def test_a_link_is_not_made_clickable_and_a_very_long_text_says_that_it_was_cut():
    content = to_xlsx(["a"], [["https://example.com/"], ["x" * 40_000]])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet["A2"].hyperlink is None
    assert str(sheet["A3"].value).endswith("the CSV file has it all)")
    assert len(str(sheet["A3"].value)) == 32_767


def test_the_same_rows_make_the_same_file():
    assert to_xlsx(["a"], [["b"]], title="t") == to_xlsx(["a"], [["b"]], title="t")
