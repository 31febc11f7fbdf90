"""A judge works away from the screen and brings the scores back; a scorecard that saves by itself."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.journeys import pages as at
from tests.support.chromium import PageMaker, axe, overflow
from tests.support.serving import Site

pytestmark = pytest.mark.browser

REASON = "They ride along with the crews for six weeks, which is what we asked for."


def filled_in(data: bytes, score: int) -> bytes:
    """The workbook with a score and a reason in each row, the last row's lock broken."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["Scorecards"]
    place = {cell.value: number for number, cell in enumerate(sheet[1], start=1)}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, place["Score"]).value = score
        sheet.cell(row, place["Reason"]).value = REASON
    sheet.cell(sheet.max_row, place["Supplier"]).value = "Somebody else"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def choose(page: Page, name: str, data: bytes) -> None:
    page.get_by_label("The file that you filled in").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    at.press(page, "Show what changes")


def sound(page: Page) -> None:
    assert axe(page) == [], page.url
    assert overflow(page) == 0, page.url


@pytest.mark.parametrize(
    ("judge", "javascript"),
    [
        pytest.param("sunita.devlin@calderwick-ca.example", True, id="scripts"),
        pytest.param("marcus@feather.example", False, id="plain"),
    ],
)
def test_cards_are_taken_away_and_brought_back_on_a_phone(
    region: Site, phone_page: PageMaker, judge: str, javascript: bool
) -> None:
    page = phone_page(javascript=javascript, base_url=region.url)
    at.sign_in(page, judge)
    page.goto("/judging")
    at.follow(page, "Work away from the screen")
    at.expect_heading(page, "Work away from the screen")
    here = page.url
    assert overflow(page) == 0
    with page.expect_download() as download:
        at.follow(page, "Download as Excel")
    data = download.value.path().read_bytes()
    at.press(page, "Show what changes")
    at.expect_text(page, "Choose the file that you filled in")
    choose(page, "holiday.pdf", b"%PDF-1.7")
    at.expect_text(page, "Choose an Excel (XLSX) or CSV file")
    choose(page, "scores.xlsx", filled_in(data, 4))
    at.expect_heading(page, "What your file changes")
    at.expect_text(page, "1 row is not taken")
    at.expect_text(page, "Supplier: this was changed, and is locked.")
    if javascript:
        sound(page)
    assert overflow(page) == 0
    at.press(page, "Save as drafts")
    at.expect_text(page, "saved as drafts")
    page.goto(here)
    choose(page, "scores.xlsx", filled_in(data, 4))
    at.expect_text(page, "Nothing can be saved from this file as it is.")


def test_the_pages_to_print_are_sound(region: Site, desktop_page: PageMaker) -> None:
    page = desktop_page(base_url=region.url)
    at.sign_in(page, "ian.marchbank@brentholme.example")
    page.goto("/judging/CH-2026-004/offline")
    sound(page)
    at.follow(page, "in large type")
    at.expect_heading(page, "Scorecards to print")
    sound(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Ordinary type")).to_be_hidden()


def test_a_scorecard_saves_by_itself_and_survives_a_lost_connection(
    region: Site, phone_page: PageMaker
) -> None:
    page = phone_page(base_url=region.url)
    at.sign_in(page, "ian.marchbank@brentholme.example")
    page.goto("/judging")
    at.main(page).locator("a.govuk-button").click()
    box = page.locator("textarea").last
    box.press_sequentially("On the train.")
    status = page.locator("#autosave")
    expect(status).to_contain_text(re.compile(r"Saved at \d"), timeout=15_000)
    page.locator(".pf-crit").last.get_by_role("radio").nth(1).check()
    expect(page.locator("#scored")).to_contain_text(re.compile("^[1-9] of"), timeout=15_000)
    page.context.set_offline(True)
    box.press_sequentially(" In the tunnel.")
    expect(status).to_contain_text("Offline.", timeout=15_000)
    page.context.set_offline(False)
    expect(status).to_contain_text(re.compile(r"Saved at \d"), timeout=25_000)
    card = page.url.partition("#")[0]
    again = page.context.new_page()
    again.goto(card)
    expect(again.locator("textarea").last).to_have_value("On the train. In the tunnel.")
    sound(again)
