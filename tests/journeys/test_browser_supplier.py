"""A supplier's day in a real browser: with and without JavaScript, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import pages as at
from tests.support.chromium import DESKTOP, PHONE, PageMaker, overflow, pages
from tests.support.serving import Site

pytestmark = pytest.mark.browser

CHALLENGE = "/challenges/CH-2026-006"
IDEA = "A paper bus map in every library shows the digital jobs and courses within one ride."

#: Who, how wide, and whether scripts run: each from an organisation of its own.
DAYS = (
    ("nia@gullywatch.example", DESKTOP, True),
    ("orla@tidewater.example", DESKTOP, False),
    ("joel@lanternworks.example", PHONE, True),
    ("meera@hillfoot.example", PHONE, False),
)


@pytest.fixture
def maker(browser: Browser, request: pytest.FixtureRequest) -> Iterator[PageMaker]:
    yield from pages(browser, request.param)


def answer_everything(page: Page) -> None:
    """Each question in turn, the first one over its limit to begin with."""
    page.get_by_label("Tell us your idea").fill("bus " * 322 + "stop")
    at.press(page, "Save and continue")
    expect(page).to_have_title("Error: Tell us your idea and how it tackles the problem - Pitchfest")
    expect(page.get_by_role("alert")).to_contain_text("23 words too long")
    assert page.get_by_label("Tell us your idea").input_value().endswith("bus stop"), "the words are kept"
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator(":focus")).to_have_id("answer")
    page.get_by_label("Tell us your idea").fill(IDEA)
    for _ in range(5):
        at.press(page, "Save and continue")
        if page.locator("textarea[name=answer]").count():
            page.locator("textarea[name=answer]").fill("Two librarians and a coder, from March to July.")
    at.expect_text(page, "Total as saved")
    at.fill(page, {"1. What for": "Maps", "Amount of line 1, in pounds": "21,500"})
    at.press(page, "Save and add more lines")
    at.expect_text(page, "£21,500")
    at.fill(page, {"2. What for": "Printing", "Amount of line 2, in pounds": "1500.50"})
    at.press(page, "Save and continue")
    page.get_by_label("One sentence we may publish").fill("Jobs on the bus map.")
    at.press(page, "Save and continue")
    at.expect_text(page, "Did you use AI tools")
    page.get_by_role("radio").first.check()
    at.press(page, "Save and go back")


def send(page: Page) -> None:
    at.follow(page, "Check your answers and send")
    at.press(page, "Send your pitch")
    assert page.get_by_role("alert").get_by_role("link").count() == 1, "the declaration is asked for"
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator(":focus")).to_have_id("declared")
    page.locator("#declared").check()
    at.press(page, "Send your pitch")
    at.expect_heading(page, "Your pitch is in")


def change_and_discard(page: Page) -> None:
    at.press(page, "Change your pitch")
    at.expect_text(page, "You are changing a copy")
    at.follow(page, "Tell us your idea")
    page.get_by_label("Tell us your idea").fill("A different idea.")
    at.press(page, "Save and go back")
    at.expect_text(page, "These answers differ from what you sent")
    at.follow(page, "Go back to what you sent")
    at.press(page, "Go back to what you sent")
    at.expect_text(page, "Your answers are back to what you sent")
    at.expect_text(page, "Your pitch is in")


@pytest.mark.parametrize(
    ("email", "maker", "javascript"),
    [pytest.param(*day, id=f"{day[1][0]}-{'scripts' if day[2] else 'plain'}") for day in DAYS],
    indirect=["maker"],
)
def test_a_supplier_pitches_changes_its_mind_and_withdraws(
    region: Site, maker: PageMaker, email: str, javascript: bool
) -> None:
    page = maker(javascript=javascript, base_url=region.url)
    page.goto(CHALLENGE)
    at.follow(page, "Start your pitch")
    at.expect_text(page, "Sign in first")
    at.sign_in(page, email)
    page.goto(CHALLENGE)
    at.follow(page, "Start your pitch")
    at.press(page, "Start your pitch")
    tasks = page.url
    at.follow(page, "Tell us your idea")
    answer_everything(page)
    at.expect_text(page, "All parts are ready")
    assert overflow(page) == 0
    send(page)
    at.expect_text(page, IDEA)
    at.expect_text(page, "£23,000.50")
    at.expect_text(page, "SHA-256")
    page.goto("/account/messages")
    at.follow(page, "Receipt for a pitch")
    at.expect_text(page, IDEA)
    page.goto(tasks)
    change_and_discard(page)
    at.follow(page, "Withdraw this pitch")
    at.press(page, "Withdraw this pitch")
    at.expect_text(page, "withdrawn at")
    page.goto("/pitches")
    at.expect_text(page, "Withdrawn")
    at.sign_out(page)


def test_a_winner_reads_its_letter_and_prints_it(region: Site, phone_page: PageMaker) -> None:
    page = phone_page(base_url=region.url)
    at.sign_in(page, "martha@dewpoint.example")
    at.follow(page, "Read your letter")
    at.expect_heading(page, "Your pitch won")
    at.expect_text(page, "86.81 of 100")
    at.expect_text(page, "Dear Dewpoint Analytics Ltd")
    for other in ("Tidewater", "Lanternworks", "Moorgrid"):
        expect(at.main(page)).not_to_contain_text(other)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation").first).to_be_hidden()
    expect(page.get_by_role("contentinfo")).to_be_hidden()
    expect(at.main(page)).to_contain_text("Your scores and the reasons")


def test_a_pitch_from_a_phone_reads_without_scrolling_sideways(region: Site, phone_page: PageMaker) -> None:
    page = phone_page(base_url=region.url)
    at.sign_in(page, "nia@gullywatch.example")
    at.follow(page, "Clear the right drain")
    at.follow(page, "Sent at")
    at.expect_text(page, "Seal of this version")
    assert overflow(page) == 0
