"""What staff do in a real browser: post a challenge, and open its pitches once it has closed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import pages as at
from tests.journeys.conftest import MORNING, Starting
from tests.support.chromium import PageMaker
from tests.support.serving import Site

pytestmark = pytest.mark.browser

#: 9:30am on Monday 14 December 2026 in London, three days after CH-2026-005 closed.
CLOSED = datetime(2026, 12, 14, 9, 30, tzinfo=UTC)

BRIEF = {
    "The problem": "One lamp in nine is out on winter evenings, and nobody knows which until someone calls.",
    "Who has the problem": "People who walk home after dark.",
    "What was tried before": "A phone line. Nobody rang it.",
    "What good looks like": "Half of the lamps are mended before anyone reports them.",
    "What is not part of this": "New lamps.",
    "Who can pitch": "- any legal entity",
    "Budget": "40000",
    "What happens after a win": "A pilot of four months in Wexcombe.",
    "Timetable": "A decision within four weeks of closing.",
    "Who owns the challenge": "Oliver Strand",
    "Their organisation": "Wexcombe Council",
}
#: The answers of a grant.
ROUTE = (
    ("Are we buying something?", "No"),
    ("Could others buy it too?", "No"),
    ("Is it a gift, a prize, or no money?", "A gift"),
    ("Is it research?", "No"),
)


def settle(page: Page, manage: str) -> None:
    """The lead confirms the route and writes down what is due before publication."""
    page.goto(f"{manage}/route")
    at.press(page, "Confirm the route")
    for duty in ("Write down who may have an interest", "Check whether the grant is a subsidy"):
        page.get_by_role("link", name=duty).click()
        at.fill(page, {"In your words": "We asked everybody, and there is nothing to do."})
        at.press(page, "Record this")
    expect(page.get_by_text("To do", exact=True)).to_have_count(0)


def write(page: Page) -> str:
    """An officer writes everything that approval needs; the challenge's address for staff."""
    at.follow(page, "Manage")
    at.follow(page, "Start a challenge")
    at.fill(
        page,
        {
            "What is the challenge called?": "Mend the lamp before the call",
            "What does it ask?": "How might we know which street lamps are out before anyone tells us?",
        },
    )
    page.locator("main form").get_by_role("button").click()
    reference = page.url.split("/manage/challenges/")[1].split("/")[0]
    manage = f"/manage/challenges/{reference}"
    page.goto(manage)
    at.expect_text(page, "Before you can ask for approval")
    page.goto(f"{manage}/brief")
    at.fill(page, BRIEF)
    at.press(page, "Save the brief")
    for name, weight in (("Fit to the problem", "60"), ("Price", "40")):
        page.goto(f"{manage}/criteria/new")
        at.fill(page, {"Name": name, "Weight": weight})
        if name == "Price":
            page.get_by_label("Worked out from the price").check()
        at.press(page, "Save the criterion")
    for ask, criterion, kind in (
        ("Tell us your idea", "Fit to the problem (60)", "Text, with a word limit"),
        ("Your price", "Price (40)", "Money: an amount for each milestone, which add up to a price"),
    ):
        page.goto(f"{manage}/form/new")
        at.fill(page, {"The question": ask})
        page.get_by_label("Which criterion is it scored on?").select_option(label=criterion)
        page.get_by_label(kind).check()
        at.press(page, "Save the question")
    page.goto(f"{manage}/route/answers")
    for question, answer in ROUTE:
        page.get_by_role("group", name=question).get_by_label(answer).check()
    at.press(page, "Save and see the route")
    at.expect_text(page, "Grant.")
    page.goto(f"{manage}/settings")
    at.fill_moment(page, "When does it close?", "29", "1", "2027", "11am")
    at.fill_moment(page, "By when must judges finish?", "19", "2", "2027", "5pm")
    page.get_by_label("Who decides?").select_option(label="Dr Tomos Ellery")
    at.press(page, "Save dates and people")
    page.goto(manage)
    at.press(page, "Ask for approval")
    at.expect_text(page, "Waiting for approval")
    return manage


def test_an_officer_writes_a_challenge_another_approves_and_everyone_reads_it(
    region: Site, desktop_page: PageMaker
) -> None:
    officer, approver, anyone = (desktop_page(base_url=region.url) for _ in range(3))
    at.sign_in(officer, "oliver.strand@wexcombe.example")
    manage = write(officer)
    anyone.goto(manage.replace("/manage", ""))
    at.expect_heading(anyone, "Page not found")
    at.sign_in(approver, "gwen.ashdown@calderwick-ca.example")
    approver.goto(manage)
    at.press(approver, "Approve")
    at.expect_text(approver, "Approved")
    officer.goto(manage)
    at.expect_text(officer, "Approved, not yet ready")
    lead = desktop_page(base_url=region.url)
    at.sign_in(lead, "rajesh.varma@calderwick-ca.example")
    settle(lead, manage)
    officer.goto(manage)
    at.press(officer, "Publish now")
    at.expect_text(officer, "Open")
    anyone.goto("/challenges")
    at.follow(anyone, "Mend the lamp before the call")
    at.expect_text(anyone, "11am on Friday 29 January 2027")
    at.expect_text(anyone, "One lamp in nine is out")
    at.expect_text(anyone, "SHA-256")


def say_yes(page: Page, challenge: str, button: str) -> None:
    """One of the two people who open the pitches."""
    page.goto(f"{challenge}/opening")
    at.main(page).locator(".govuk-button").click()
    at.prove(page)
    at.press(page, button)


def test_two_people_open_the_pitches_of_a_closed_challenge(
    start: Starting, desktop_page: PageMaker, phone_page: PageMaker
) -> None:
    challenge = "/manage/challenges/CH-2026-005"
    with start(MORNING) as site:
        lead = desktop_page(base_url=site.url)
        at.sign_in(lead, "rajesh.varma@calderwick-ca.example")
        lead.goto(f"{challenge}/opening")
        at.expect_text(lead, "2, sealed")
        expect(at.main(lead).locator(".govuk-button")).to_have_count(0)
        at.expect_text(lead, "Two people can open them from two minutes later")
    with start(CLOSED) as site:
        lead, second = desktop_page(base_url=site.url), phone_page(base_url=site.url)
        at.sign_in(lead, "rajesh.varma@calderwick-ca.example")
        say_yes(lead, challenge, "Yes, open them")
        at.expect_text(lead, "It waits for a second person")
        lead.goto(f"{challenge}/eligibility")
        at.expect_heading(lead, "Page not found")
        at.sign_in(second, "gwen.ashdown@calderwick-ca.example")
        say_yes(second, challenge, "Open the pitches")
        second.goto(f"{challenge}/opening")
        at.expect_text(second, "Rajesh Varma")
        at.expect_text(second, "Gwen Ashdown")
        for left in ("2 pitches left", "1 pitch left"):
            lead.goto(f"{challenge}/eligibility")
            at.expect_text(lead, left)
            lead.get_by_role("row", name=re.compile("Not checked yet")).first.get_by_role("link").click()
            at.press(lead, "Save")
            expect(lead.get_by_role("alert")).to_be_visible()
            lead.get_by_role("radio").first.check()
            lead.get_by_label("Why").fill("A legal entity with a data protection officer.")
            at.press(lead, "Save")
        lead.goto(f"{challenge}/eligibility")
        at.expect_text(lead, "Every pitch is checked: 2 eligible")
