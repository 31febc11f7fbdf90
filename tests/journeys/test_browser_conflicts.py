"""A conflict of interest in a real browser: register, hint, declaring again, conditions, the assessment."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import pages as at
from tests.support.chromium import PageMaker, axe, overflow
from tests.support.serving import Site

pytestmark = pytest.mark.browser

LEAD = "rajesh.varma@calderwick-ca.example"
CONFLICTS = "/manage/challenges/CH-2026-004/conflicts"
CONDITIONS = "Do not talk about this pitch with anyone you play with."


def check(page: Page) -> None:
    """No barrier, where axe can run, and nothing wider than the phone."""
    if page.evaluate("document.body.classList.contains('govuk-frontend-supported')"):
        assert axe(page) == [], page.url
    assert overflow(page) == 0, page.url


def register(page: Page, supplier: str) -> None:
    """Write into one's own register that one is a member of something of the supplier's name."""
    page.goto("/account")
    at.follow(page, "Your register of interests")
    at.press(page, "Add to your register")
    at.expect_text(page, "Enter the organisation or person")
    check(page)
    at.fill(page, {"Organisation or person": supplier, "More about it": "We play in the same choir."})
    page.get_by_label("Member, trustee or adviser").check()
    page.get_by_role("group", name="Since when?").get_by_label("Year").fill("2020")
    page.get_by_role("group", name="Since when?").get_by_label("Month").fill("5")
    page.get_by_role("group", name="Since when?").get_by_label("Day").fill("1")
    at.press(page, "Add to your register")
    at.expect_text(page, "It is in your register")
    check(page)


def ask(page: Page, judge: str, supplier: str) -> None:
    """The lead finds the hint, and asks the judge to declare again."""
    page.goto(CONFLICTS)
    check(page)
    hint = page.get_by_role("listitem").filter(has_text="in the register").filter(has_text=supplier)
    hint.get_by_role("link", name=re.compile(f"{judge} on {supplier}")).click()
    check(page)
    at.press(page, "Ask the judge")
    at.expect_text(page, f"We have asked {judge}")


def declare(page: Page, supplier: str) -> None:
    """The judge finds the supplier on the list again, reminded of the register, and says what it is."""
    page.goto("/judging/CH-2026-004/declare")
    at.expect_text(page, "In your register")
    check(page)
    page.get_by_text("I know one of them").click()
    page.get_by_label(supplier, exact=True).check()
    page.get_by_label(re.compile(f"What connects you to {supplier}")).fill("We play in the same choir.")
    at.press(page, "Send what I declared")
    at.expect_text(page, "We have written down what you declared")


def decide(page: Page, judge: str, supplier: str) -> None:
    """The lead clears the judge with conditions."""
    page.goto(CONFLICTS)
    page.get_by_role("link", name=f"Decide on {judge} and {supplier}").click()
    at.expect_text(page, "In the judge’s register")
    page.get_by_label("The judge can judge it, with conditions").check()
    at.fill(page, {"Reason": "A choir of ninety, and no friendship."})
    at.press(page, "Decide")
    at.expect_text(page, "Say in a sentence what the judge keeps to")
    check(page)
    at.fill(page, {"Conditions": CONDITIONS})
    at.press(page, "Decide")
    at.expect_text(page, "Decided. We have told the judge.")


@pytest.mark.parametrize(
    ("email", "judge", "supplier", "javascript"),
    [
        pytest.param(
            "sunita.devlin@calderwick-ca.example",
            "Sunita Devlin",
            "Tidewater Data Co-operative",
            True,
            id="js",
        ),
        pytest.param("marcus@feather.example", "Marcus Feather", "Plainway Digital Ltd", False, id="plain"),
    ],
)
def test_from_the_register_to_conditions_on_the_card(
    region: Site, phone_page: PageMaker, email: str, judge: str, supplier: str, javascript: bool
) -> None:
    mine, lead = (phone_page(javascript=javascript, base_url=region.url) for _ in range(2))
    at.sign_in(mine, email)
    register(mine, supplier)
    at.sign_in(lead, LEAD)
    ask(lead, judge, supplier)
    mine.goto("/judging")
    expect(mine.get_by_role("row", name=re.compile(supplier))).to_have_count(0)
    declare(mine, supplier)
    decide(lead, judge, supplier)
    mine.goto("/judging")
    row = mine.get_by_role("row", name=re.compile(supplier))
    expect(row).to_contain_text(CONDITIONS)
    check(mine)
    row.get_by_role("link").click()
    at.expect_text(mine, CONDITIONS)
    check(mine)
    lead.goto(f"{CONFLICTS}/assessment")
    at.expect_text(lead, CONDITIONS)
    check(lead)
    lead.goto(CONFLICTS)
    lead.get_by_role("row", name=re.compile(judge)).get_by_role("link").click()
    at.expect_heading(lead, judge)
    check(lead)
