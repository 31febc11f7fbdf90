"""The file that holds everything of a round: what is in it, who gets it, and from when on."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.db import transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.exports.everything import MAKERS
from pitchfest.kernel.actor import Role
from tests.judging.operations.test_moderation import agree, confirm, moderated
from tests.judging.setting import REASON, a_round, close, declare_all, fill, recuse, score_all
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def page_of(setting, end: str = "xlsx") -> str:
    return f"/manage/challenges/{setting.reference}/results/everything.{end}"


def closed(now, **shape):
    setting = a_round(now, judges=4, **shape)
    declare_all(setting, now)
    score_all(setting, now)
    return setting


def sheets(browser, setting) -> dict[str, list[dict[str, Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(browser.get(page_of(setting)).data))
    found = {}
    for sheet in book:
        heads, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(map(str, heads), row, strict=True)) for row in rows]
    return found


def heads(browser, setting) -> dict[str, list[str]]:
    """The columns of each sheet, also of one without rows."""
    book = openpyxl.load_workbook(io.BytesIO(browser.get(page_of(setting)).data))
    return {sheet.title: [str(cell.value) for cell in sheet[1]] for sheet in book}


def test_everything_is_in_it_and_each_column_is_explained(app: Flask, now) -> None:
    setting = closed(now, pitches=2, price=True)
    recuse(setting, setting.pair(3, 0), now, why="They share an office with one of the people.")
    close(setting, now)
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/results")
    assert page_of(setting) in lead.html
    found = sheets(lead, setting)
    judged = ["Totals", "Scores", "Agreed scores", "Assignments", "Further reviews", "Conflicts"]
    assert list(found) == ["Read me", *judged]
    told = {(row["Sheet"], row["Column"]) for row in found["Read me"]}
    assert told == {
        (name, head)
        for name, columns in heads(lead, setting).items()
        if name != "Read me"
        for head in columns
    }
    assert all(row["What it holds"] for row in found["Read me"])
    scores = found["Scores"]
    assert len(scores) == 2 * 4 * 3
    assert {row["Reason"] for row in scores} == {REASON}
    out = [row for row in scores if row["Counts"] == "no"]
    assert {row["Judge"] for row in out} == {"Judge D"}
    assert len(out) == 3
    cards = found["Assignments"]
    assert len(cards) == 8
    assert [row["Judge"] for row in cards if row["State"] == "Does not count"] == ["Judge D"]
    assert {row["Reason"] for row in found["Conflicts"] if row["State"] == "Does not judge this pitch"} == {
        "They share an office with one of the people."
    }


def test_the_csv_files_say_the_same(app: Flask, now) -> None:
    setting = closed(now, pitches=2)
    close(setting, now)
    lead = browser_of(app, setting.lead)
    data = lead.get(page_of(setting, "zip")).data
    assert data == lead.get(page_of(setting, "zip")).data
    book = sheets(lead, setting)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert len(names) == 1 + len(MAKERS)
        for name, title in zip(names, book, strict=True):
            rows = list(csv.reader(io.StringIO(archive.read(name).decode(), newline="")))
            assert rows[0] == heads(lead, setting)[title]
            assert len(rows) - 1 == len(book[title])


def test_an_observer_gets_it_without_judges_own_words_about_conflicts(app: Flask, now) -> None:
    setting = closed(now, pitches=2)
    recuse(setting, setting.pair(3, 0), now, why="They share an office with one of the people.")
    close(setting, now)
    observer = browser_of(app, builders.a_person("Oscar Observer", Role.OBSERVER))
    found = sheets(observer, setting)
    assert "Interest" not in found["Conflicts"][0]
    assert "share an office" not in str(found["Conflicts"])
    for row in found["Read me"]:
        assert (row["Sheet"], row["Column"]) not in {("Conflicts", "Interest"), ("Conflicts", "Reason")}


def test_nobody_gets_it_before_scoring_is_closed_and_not_everyone_afterwards(app: Flask, now) -> None:
    setting = closed(now, pitches=1)
    for person in (setting.lead, setting.officer, setting.judges[0]):
        assert browser_of(app, person).get(page_of(setting)).status_code == 404
    close(setting, now)
    for end in ("xlsx", "zip"):
        assert browser_of(app, setting.decider).get(page_of(setting, end)).status_code == 403
        for person in (setting.judges[1], setting.suppliers[0]):
            assert browser_of(app, person).get(page_of(setting, end)).status_code == 404


def test_a_recused_officer_gets_nothing_until_letters_are_out(app: Flask, now) -> None:
    setting = closed(now, pitches=2)
    recuse(setting, setting.pair(3, 0), now, why="They share an office with one of the people.")
    close(setting, now)
    from pitchfest.accounts.models import RoleGrant  # noqa: PLC0415
    from pitchfest.db import db  # noqa: PLC0415

    db.session.add(RoleGrant(person_id=setting.judges[3], role=Role.LEAD, granted_at=now))
    db.session.commit()
    assert browser_of(app, setting.judges[3]).get(page_of(setting)).status_code == 404


def test_as_many_statements_for_a_large_round(app: Flask, now) -> None:
    numbers = []
    for pitches in (1, 3):
        setting = closed(now, pitches=pitches)
        close(setting, now)
        lead = browser_of(app, setting.lead)
        lead.get("/manage/challenges")
        with counted() as statements:
            lead.get(page_of(setting))
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_a_card_that_was_never_signed_shows_no_draft(app: Flask, now) -> None:
    setting = a_round(now, pitches=1, judges=4)
    declare_all(setting, now)
    for judge in range(3):
        fill(setting, judge, 0, (3, 3, 3), now)
    fill(setting, 3, 0, (1, 1, 1), now, sign=False)
    with transaction():
        operations.release(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=setting.members[3],
            reason="They moved away last week.",
            now=now,
        )
    close(setting, now)
    found = sheets(browser_of(app, setting.lead), setting)
    assert "Judge D" not in {row["Judge"] for row in found["Scores"]}
    assert [row["State"] for row in found["Assignments"] if row["Judge"] == "Judge D"] == [
        "Taken off the judge"
    ]


def test_what_the_panel_agreed_is_a_sheet_of_its_own(app: Flask, now) -> None:
    setting = moderated(now, [(1, 3, 5)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, 400, now)
    (row,) = sheets(browser_of(app, setting.lead), setting)["Agreed scores"]
    assert (row["Agreed score"], row["Counts"], row["Why"]) == (
        4,
        "yes",
        "judges far apart, on both sides of the minimum",
    )
    assert row["Took part"] == "Judge A, Judge B, Judge C"
    assert not row["Second person"]
    agree(setting, item.id, 0, now)
    confirm(setting, item.id, setting.approver, now)
    (row,) = sheets(browser_of(app, setting.lead), setting)["Agreed scores"]
    assert (row["Second person"], row["Counts"]) == ("Ada Approver", "yes")
    assert row["Second agreed"] is not None
