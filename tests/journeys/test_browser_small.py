"""The small round in a real browser: one form from signing in to "sent for approval", one button after it."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import pages as at
from tests.support.chromium import DESKTOP, axe, overflow, pages
from tests.support.serving import Site

pytestmark = pytest.mark.browser

USUAL_PHONE = (390, 800)
OFFICER, APPROVER = "anita.kowalczyk@aldermoor.example", "gwen.ashdown@calderwick-ca.example"
ANSWERS = {
    "What is the problem?": "Bins are emptied at five in the morning and wake 400 households.",
    "Who has it?": "People who live above the shops.",
    "What would be better afterwards?": "Half as many complaints by summer.",
    "Budget": "9000",
    "Judges’ email addresses": "Idris <idris@judges.example>\nmaya@judges.example\ntheo@judges.example",
}
#: What the browser and the server may take of a person's two minutes, in seconds, on a busy machine.
QUICK = 45.0


def check(page: Page) -> None:
    assert axe(page) == [], page.url
    assert overflow(page) == 0, page.url


def post(page: Page, title: str, forms: list[str]) -> None:
    """Everything that an officer does."""
    page.on("request", lambda request: forms.append(request.url) if request.method == "POST" else None)
    at.sign_in(page, OFFICER)
    page.goto("/manage/challenges")
    at.follow(page, "Post a small challenge")
    at.fill(page, {"What is the challenge called?": title, **ANSWERS})
    page.get_by_label("Who decides?").select_option(label="Gwen Ashdown")
    at.press(page, "Send for approval")
    at.expect_text(page, "Sent for approval")


@pytest.mark.parametrize("size", [USUAL_PHONE, DESKTOP], ids=["phone", "desktop"])
def test_one_form_and_one_button(region: Site, browser: Browser, size: tuple[int, int]) -> None:
    title = f"Quieter bins at {size[0]}"
    for make in pages(browser, size):
        page = make(base_url=region.url)
        forms: list[str] = []
        started = time.monotonic()
        post(page, title, forms)
        assert time.monotonic() - started < QUICK
        assert len(forms) == 2, "signing in, and one form"
        check(page)
        address = page.url
        approver = make(base_url=region.url)
        at.sign_in(approver, APPROVER)
        approver.goto(address)
        check(approver)
        expect(approver.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
        at.press(approver, "Approve and publish now")
        at.expect_text(approver, "Approved and published")
        check(approver)
        approver.goto("/challenges")
        at.expect_text(approver, title)


@pytest.mark.parametrize("size", [USUAL_PHONE, DESKTOP], ids=["phone", "desktop"])
def test_its_page_is_open_to_everyone_also_with_what_is_wrong(
    region: Site, browser: Browser, size: tuple[int, int]
) -> None:
    for make in pages(browser, size):
        page = make(base_url=region.url)
        at.sign_in(page, OFFICER)
        page.goto("/manage/challenges/new/small")
        check(page)
        at.press(page, "Send for approval")
        expect(page).to_have_title("Error: Post a small challenge - Pitchfest")
        check(page)
        at.follow(page, "Name the judges, a line each")
        expect(page.locator(":focus")).to_have_id("judges")
