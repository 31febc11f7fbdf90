"""Scorecards away from the screen, through the pages: download, fill in, look, save; and what nobody may."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from flask import Flask
from openpyxl.utils import get_column_letter

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Organisation
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import ScoreVersion
from pitchfest.judging.rules.cards import Mark
from tests.judging.setting import REASON, a_round, close, declare_all, fill, score_all
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted

XLSX = "scores.xlsx"


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


@pytest.fixture
def setting(app: Flask, now):
    found = a_round(now, pitches=2)
    declare_all(found, now)
    return found


def page_of(setting) -> str:
    return f"/judging/{setting.reference}/offline"


def workbook(judge, setting):
    return openpyxl.load_workbook(io.BytesIO(judge.get(f"{page_of(setting)}.xlsx").data))


def column(sheet, name: str) -> int:
    return [cell.value for cell in sheet[1]].index(name) + 1


def row_of(sheet, supplier: str, criterion: str) -> int:
    return next(
        row
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, column(sheet, "Supplier")).value == supplier
        and sheet.cell(row, column(sheet, "Criterion")).value == criterion
    )


def put(sheet, row: int, score=None, reason=REASON) -> None:
    sheet.cell(row, column(sheet, "Score")).value = score
    sheet.cell(row, column(sheet, "Reason")).value = reason


def saved(book) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(judge, setting, data: bytes, name: str = XLSX):
    """Choose the file on the page and send it."""
    judge.get(page_of(setting))
    fields = judge.form("/offline")["fields"]
    return judge.post(
        page_of(setting),
        data={**fields, "file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def marks(setting, judge: int, pitch: int):
    return {key: found.mark for key, found in queries.marks(setting.card(judge, pitch)).items()}


def test_a_judge_takes_cards_away_fills_them_in_and_brings_them_back(app: Flask, now, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    judge.get("/judging")
    assert page_of(setting) in judge.html
    book = workbook(judge, setting)
    sheet = book["Scorecards"]
    assert sheet.max_row == 1 + 2 * 3
    put(sheet, row_of(sheet, "Supplier A Ltd", "Fit"), 4)
    put(sheet, row_of(sheet, "Supplier B Ltd", "Delivery"), 2, "=not a formula, typed")
    sheet.cell(row_of(sheet, "Supplier B Ltd", "Delivery"), column(sheet, "Reason")).data_type = "s"
    before = db.session.query(ScoreVersion).count()
    assert upload(judge, setting, saved(book)).status_code == 200
    assert "2 rows would change. Nothing is saved yet. 4 rows say what stands here already." in judge.text
    assert db.session.query(ScoreVersion).count() == before
    judge.send("", action="/save")
    assert "2 scores and reasons are saved as drafts" in judge.text
    assert marks(setting, 0, 0)[setting.criteria[0]] == Mark(400, REASON)
    assert marks(setting, 0, 1)[setting.criteria[1]] == Mark(200, "=not a formula, typed")
    assert queries.card_of(now=now, card_id=setting.card(0, 0)).signed_at is None
    again = workbook(judge, setting)["Scorecards"]
    assert again.cell(row_of(again, "Supplier A Ltd", "Fit"), column(again, "Score")).value == 4


def test_only_scores_and_reasons_can_be_typed_into(app: Flask, setting) -> None:
    book = workbook(browser_of(app, setting.judges[0]), setting)
    assert book.sheetnames == ["How to", "Scorecards"]
    assert book.active.title == "Scorecards"
    sheet = book["Scorecards"]
    assert sheet.protection.sheet
    unlocked = {sheet.cell(1, cell.column).value for cell in sheet[2] if not cell.protection.locked}
    assert unlocked == {"Score", "Reason"}
    key = get_column_letter(column(sheet, "Row key"))
    assert sheet.column_dimensions[key].hidden
    [rule] = [r for r in sheet.data_validations.dataValidation if str(r.sqref) == "H2"]
    assert rule.formula1 == '"5,4,3,2,1,0,cannot judge"'
    assert sheet.cell(2, 1).data_type == "s", "a reference stays text"


def test_csv_comes_back_too_also_as_excel_for_windows_writes_it(app: Flask, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    text = judge.get(f"{page_of(setting)}.csv").get_data(as_text=True).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))
    rows[1][rows[0].index("Score")] = "3"
    rows[1][rows[0].index("Reason")] = "Costs £5 a day, “cheap”."
    page = io.StringIO()
    csv.writer(page, delimiter=";").writerows(rows)
    upload(judge, setting, page.getvalue().encode("cp1252"), "scores.csv")
    assert "1 row would change" in judge.text
    assert "Costs £5 a day, “cheap”." in judge.text


def test_nothing_a_supplier_wrote_runs_in_a_spreadsheet(app: Flask, now, setting) -> None:
    evil = '=HYPERLINK("http://evil.example","click")'
    organisation = db.session.query(Organisation).filter_by(name="Supplier A Ltd").one()
    organisation.name = evil
    db.session.commit()
    judge = browser_of(app, setting.judges[0])
    sheet = workbook(judge, setting)["Scorecards"]
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n"}
    assert judge.get(f"{page_of(setting)}.csv").get_data(as_text=True).count(f'"{evil[:5]}') == 0
    book = workbook(judge, setting)
    put(book["Scorecards"], 2, 1)
    upload(judge, setting, saved(book))
    assert "1 row would change" in judge.text


def test_what_changed_on_the_page_is_shown_beside_the_file_and_kept(app: Flask, now, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    book = workbook(judge, setting)
    put(book["Scorecards"], row_of(book["Scorecards"], "Supplier A Ltd", "Fit"), 5, "In the file.")
    card = setting.card(0, 0)
    with transaction():
        operations.save_card(
            setting.actor(setting.judges[0]), card, {setting.criteria[0]: (100, "On the page.")}, now=now
        )
    upload(judge, setting, saved(book))
    for words in ("Nothing can be saved", "In the file.", "On the page.", "You also changed this"):
        assert words in judge.text
    assert f"/judging/cards/{card}#criterion-{setting.criteria[0]}" in judge.html


def test_all_is_saved_or_nothing_when_a_card_changes_after_the_preview(app: Flask, now, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    book = workbook(judge, setting)
    for supplier in ("Supplier A Ltd", "Supplier B Ltd"):
        put(book["Scorecards"], row_of(book["Scorecards"], supplier, "Fit"), 5)
    upload(judge, setting, saved(book))
    form = judge.form("/save")
    fill(setting, 0, 1, (1, 1, 1), now)
    answer = judge.post(form["action"], data=form["fields"])
    assert answer.status_code == 422
    assert "nothing was saved" in judge.text
    assert marks(setting, 0, 0) == {}
    assert marks(setting, 0, 1)[setting.criteria[0]].hundredths == 100


def test_a_signed_card_stays_as_it_was_signed(app: Flask, now, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    book = workbook(judge, setting)
    put(book["Scorecards"], row_of(book["Scorecards"], "Supplier A Ltd", "Fit"), 5, "Later.")
    fill(setting, 0, 0, (1, 1, 1), now)
    upload(judge, setting, saved(book))
    assert "You signed off this scorecard, so it can no longer be changed." in judge.text
    assert "Save as drafts" not in judge.text


def test_a_judge_of_the_same_panel_can_neither_read_nor_write_anothers_sheet(
    app: Flask, now, setting
) -> None:
    """Mallory brings back Alice's file, with her scores in it, and sends Alice's form."""
    fill(setting, 0, 0, (4, 3, 2), now, sign=False)
    alice, mallory = (browser_of(app, setting.judges[n]) for n in (0, 1))
    book = workbook(alice, setting)
    put(book["Scorecards"], row_of(book["Scorecards"], "Supplier A Ltd", "Fit"), 1, "Sabotage.")
    upload(mallory, setting, saved(book))
    assert mallory.text.count("This is not a scorecard of yours on this challenge.") == 6
    assert REASON not in mallory.text
    assert "Save as drafts" not in mallory.text
    upload(alice, setting, saved(book))
    theirs = alice.form("/save")["fields"]["sheet_token"]
    upload(mallory, setting, saved(workbook(mallory, setting)))
    mallory.get(page_of(setting))
    own = mallory.form("/offline")["fields"]
    for token in (theirs, "", "0" * 64 + "[]", theirs[:64] + "[[1,1,1,500,null]]", "é" * 70):
        answer = mallory.post(f"{page_of(setting)}/save", data={**own, "sheet_token": token})
        assert answer.status_code == 422
    assert marks(setting, 0, 0)[setting.criteria[0]].hundredths == 400


def test_nobody_but_a_judge_of_the_panel_comes_in(app: Flask, now, setting) -> None:
    people = [setting.lead, setting.officer, setting.approver, setting.decider, setting.suppliers[0]]
    for person in people:
        other = browser_of(app, person)
        for part in ("", ".xlsx", ".csv", "/paper"):
            assert other.get(f"{page_of(setting)}{part}").status_code == 404


def test_after_scoring_is_closed_it_says_so(app: Flask, now, setting) -> None:
    score_all(setting, now)
    close(setting, now)
    judge = browser_of(app, setting.judges[0])
    assert judge.get(page_of(setting)).status_code == 403
    assert "Scoring has been closed." in judge.text


def test_a_judge_who_is_recused_finds_the_other_pitches_only(app: Flask, now) -> None:
    setting = a_round(now, pitches=2)
    judge = browser_of(app, setting.judges[0])
    words = {f"interest-{setting.pitch_reference(0)}": "My sister works there."}
    judge.fill(f"/judging/{setting.reference}/declare", conflict=setting.pitch_reference(0), fields=words)
    declare_all(setting, now, but=[0])
    for part in ("/paper", ".csv"):
        text = judge.get(f"{page_of(setting)}{part}").get_data(as_text=True)
        assert "Supplier B Ltd" in text
        assert "Supplier A Ltd" not in text


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("scores.pdf", b"%PDF-1.7", "Choose an Excel (XLSX) or CSV file"),
        ("scores.xls", b"\xd0\xcf\x11\xe0", "Choose an Excel (XLSX) or CSV file"),
        ("scores.xlsx", b"\xd0\xcf\x11\xe0" + b"0" * 600, "locked with a password"),
        ("scores.xlsm", b"PK\x03\x04", "macros"),
        ("scores.xlsx", b"not an archive", "not the kind of file that its name says"),
        ("scores.xlsx", b"", "This file is empty"),
        ("scores.csv", b"Name,Points\r\nA,1\r\n", "This is not the sheet that you downloaded"),
        ("scores.csv", b'"unclosed\r\n', "cannot be read through"),
        ("scores.csv", b"a\0b", "cannot be read through"),
        ("scores.csv", b"a\r\n" * 5_002, "more than 5,000 rows"),
    ],
    ids=range(10),
)
def test_a_wrong_file_is_answered_in_plain_words(
    app: Flask, setting, name: str, data: bytes, says: str
) -> None:
    judge = browser_of(app, setting.judges[0])
    assert upload(judge, setting, data, name).status_code == 422
    assert says in judge.text
    assert judge.page is not None
    assert judge.page.title.startswith("Error: ")


def test_no_file_is_answered_in_plain_words(app: Flask, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    judge.get(page_of(setting))
    answer = judge.post(page_of(setting), data=judge.form("/offline")["fields"])
    assert answer.status_code == 422
    assert "Choose the file that you filled in" in judge.text


def test_pages_to_print_hold_the_answers_and_room_to_write(app: Flask, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    judge.get(f"{page_of(setting)}/paper?type=large")
    assert "pf-paper--large" in judge.html
    assert judge.html.count("pf-paper__lines") == 6
    for words in ("Supplier A Ltd", "Fit, 40 points", "We will ride along", "Why?"):
        assert words in judge.text


def test_with_nothing_left_there_is_nothing_to_take(app: Flask, now, setting) -> None:
    for pitch in range(2):
        fill(setting, 0, pitch, (3, 3, 3), now)
    judge = browser_of(app, setting.judges[0])
    judge.get(page_of(setting))
    assert "You have no open scorecard here." in judge.text
    judge.get(f"{page_of(setting)}/paper")
    assert "Nothing to print" in judge.text
    assert workbook(judge, setting)["Scorecards"].max_row == 1


@pytest.mark.parametrize("part", ["", ".xlsx", "/paper"])
def test_as_many_statements_for_many_pitches(app: Flask, now, part: str) -> None:
    numbers = []
    for pitches in (1, 4):
        setting = a_round(now, pitches=pitches)
        declare_all(setting, now)
        judge = browser_of(app, setting.judges[0])
        judge.get("/judging")
        with counted() as statements:
            judge.get(f"{page_of(setting)}{part}")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
