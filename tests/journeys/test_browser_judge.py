"""A judge's day in a real browser: with and without JavaScript, and by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import pages as at
from tests.support.chromium import PageMaker, overflow
from tests.support.serving import Site

pytestmark = pytest.mark.browser

REASON = "In answer 1 you ride along with the crews for six weeks, which is what we asked for."


def open_card(page: Page, supplier: str) -> str:
    """The judge's own scorecard for a supplier's pitch; its address."""
    page.goto("/judging")
    row = page.get_by_role("row", name=re.compile(supplier))
    row.get_by_role("link").click()
    at.expect_heading(page, supplier)
    return page.url


def score(page: Page, number: int, points: str) -> None:
    """Choose a score on a criterion, counted from 1, and say why."""
    part = page.locator(".pf-crit").nth(number - 1)
    part.get_by_role("radio", name=re.compile(f"^{points} ")).check()
    part.get_by_role("textbox").fill(REASON)


def side_by_side(part: Locator) -> bool:
    """Whether an answer stands beside its scores."""
    answer, scores = (part.locator(f".pf-desk__{name}").bounding_box() for name in ("pitch", "score"))
    assert answer is not None
    assert scores is not None
    level = scores["y"] - 1 <= answer["y"] < scores["y"] + scores["height"]  # the shorter one scrolls along
    return level and answer["x"] + answer["width"] <= scores["x"]


@pytest.mark.parametrize(
    ("judge", "supplier", "javascript"),
    [
        pytest.param("sunita.devlin@calderwick-ca.example", "Tidewater", True, id="scripts"),
        pytest.param("marcus@feather.example", "Plainway", False, id="plain"),
    ],
)
def test_a_judge_drafts_is_told_what_is_missing_and_signs(
    region: Site, phone_page: PageMaker, judge: str, supplier: str, javascript: bool
) -> None:
    page = phone_page(javascript=javascript, base_url=region.url)
    at.sign_in(page, judge)
    card = open_card(page, supplier)
    page.locator(".pf-crit").first.get_by_role("radio", name=re.compile("^4 ")).check()
    page.locator(".pf-crit").first.get_by_role("textbox").fill("Too short.")
    at.press(page, "Save")
    expect(page.get_by_role("status")).to_contain_text("Saved at")
    page.goto(card)
    expect(page.locator(".pf-crit").first.get_by_role("textbox")).to_have_value("Too short.")
    assert overflow(page) == 0
    at.press(page, "Save and check")
    at.expect_text(page, "9 things are missing")
    at.expect_text(page, "Your draft is saved")
    page.locator(".govuk-inset-text").get_by_role("link").first.click()
    # the browser moves the focus with its next frame
    expect(page.locator("textarea:focus"), "the link leads into the box itself").to_have_id(
        re.compile("^reason-")
    )
    for number in range(1, 6):
        score(page, number, str(number))
    at.press(page, "Save and check")
    at.press(page, "Sign off")
    page.goto(card)
    at.expect_text(page, "You signed off this scorecard at")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.get_by_role("radio")).to_have_count(0)


def test_others_scores_stay_hidden_until_scoring_is_closed(region: Site, desktop_page: PageMaker) -> None:
    page = desktop_page(base_url=region.url)
    at.sign_in(page, "ian.marchbank@brentholme.example")
    at.follow(page, "Judging")
    for name in ("Sunita", "Marcus", "Pauline"):
        expect(at.main(page)).not_to_contain_text(name)
    page.goto("/manage/challenges/CH-2026-004/results")
    at.expect_heading(page, "Page not found")


def test_from_sign_in_to_a_saved_score_by_keyboard_alone(region: Site, desktop_page: PageMaker) -> None:
    page = desktop_page(base_url=region.url)
    page.goto("/sign-in")
    at.tab_to(page, page.get_by_role("button", name="Sign in as Ian Marchbank"))
    page.keyboard.press("Enter")
    at.expect_heading(page, "Good morning, Ian")
    page.keyboard.press("Tab")
    assert at.focused(page) == "Skip to main content"
    page.keyboard.press("Enter")
    at.tab_to(page, at.main(page).locator("a.govuk-button"))
    page.keyboard.press("Enter")
    part = page.locator(".pf-crit").last
    expect(part).to_be_visible()
    assert all(map(side_by_side, page.locator(".pf-crit").all()))
    assert part.locator("input:checked").count() == 0, "a criterion that is not scored yet"
    at.tab_to(page, part.get_by_role("radio").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(part.get_by_role("radio", name=re.compile("^4 "))).to_be_checked()
    at.tab_to(page, part.get_by_role("textbox"))
    page.keyboard.type(REASON)
    at.tab_to(page, page.get_by_role("button", name="Save", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved at")
    expect(page.locator(".pf-crit").last.get_by_role("textbox")).to_have_value(REASON)
