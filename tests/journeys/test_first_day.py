"""The first day: from an empty folder and the code that the server prints to a team that can work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import pages as at
from tests.support.chromium import DESKTOP, axe, overflow, pages
from tests.support.pictures import png
from tests.support.serving import Site, serving
from tests.support.visitor import Visitor

pytestmark = pytest.mark.browser

USUAL_PHONE = (390, 800)
PASSWORD = "three words you made"
TEXTS = {
    "Privacy: who is responsible, and how to complain": "Ask Colm Brannigan at dpo@northmoor.gov.uk.",
    "Accessibility: how to reach you": "- email access@northmoor.gov.uk",
    "Accessibility: when this was checked": "We last tested this website on 2 November 2026.",
}


def in_production(instance: Path) -> AbstractContextManager[Site]:
    """A server in production, with two web workers."""
    return serving(
        instance,
        PITCHFEST_ENV="production",
        PITCHFEST_SECRET_KEY="0" * 64,
        PITCHFEST_SEAL_KEY="1" * 64,
        PITCHFEST_WEB_WORKERS="2",
    )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """On a folder with nothing in it."""
    with in_production(tmp_path / "instance") as running:
        yield running


def code_of(site: Site) -> str:
    """The newest code that the server printed."""
    codes: list[str] = re.findall(r"^  ((?:[2-9A-Z]{4}-){3}[2-9A-Z]{4})$", site.log.read_text(), re.MULTILINE)
    return codes[-1]


def check(page: Page, *, javascript: bool) -> None:
    """Nothing in anyone's way on the page as it stands."""
    assert overflow(page) == 0, page.url if javascript else ""
    if javascript:
        assert axe(page) == [], page.url


def come_in(page: Page, code: str, *, javascript: bool) -> None:
    """A wrong code first, then the right one."""
    page.goto("/")
    at.expect_heading(page, "Set up Pitchfest")
    if javascript:
        check(page, javascript=True)
    at.fill(page, {"Set-up code": "2222", "Your name": "Ada Lovell", "Email address": "ada@northmoor.gov.uk"})
    page.locator("#password").fill(PASSWORD)
    at.press(page, "Start setting up")
    at.expect_text(page, "That code does not work")
    at.fill(page, {"Set-up code": code.lower()})
    page.locator("#password").fill(PASSWORD)
    at.press(page, "Start setting up")
    at.expect_text(page, "Cannot start yet")


def name_the_region(page: Page) -> None:
    at.fill(
        page,
        {
            "Name of the region": "Northmoor City Region",
            "Name of the authority": "Northmoor Combined Authority",
            "Your team": "Innovation Unit",
            "Email address for questions": "innovation@northmoor.gov.uk",
            "Telephone number for questions": "01632 960200",
        },
    )
    at.press(page, "Save the region")
    at.expect_text(page, "The region is saved")


def choose_the_look(page: Page, *, javascript: bool) -> None:
    """A colour that is too light is refused; where scripts run it is said at once."""
    page.get_by_label("Colour", exact=True).fill("#77bbee")
    said = page.locator("#brand-live")
    if javascript:
        expect(said).to_contain_text("Too light to read: 1.8 to 1")
    else:
        expect(said).to_be_hidden()
    at.press(page, "Save colour and logo")
    expect(page.locator(".govuk-error-summary")).to_contain_text("contrast of 1.8 to 1")
    page.get_by_label("Colour", exact=True).fill("#00504a")
    if javascript:
        expect(said).to_contain_text("Easy to read: 8.4 to 1")
        page.get_by_label("Pick a colour").fill("#004a50")
        expect(page.get_by_label("Colour", exact=True)).to_have_value("#004a50")
    page.locator("#logo").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": png(240, 80)}
    )
    at.press(page, "Save colour and logo")
    at.expect_text(page, "Colour and logo are saved")
    band = page.locator(".pf-header")
    expect(band).to_have_css("background-color", "rgb(0, 47, 51)" if javascript else "rgb(0, 51, 47)")
    logo = page.locator(".pf-header__logo")
    assert logo.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 240


def set_up_mail(page: Page) -> None:
    """The test mail stays here, since there is no mail server, and the page says so."""
    at.fill(
        page,
        {"Name that mail comes from": "Northmoor", "Address that mail comes from": "us@northmoor.gov.uk"},
    )
    at.press(page, "Save the addresses")
    at.press(page, "Send a test mail")
    panel = page.locator("#test-mail")
    expect(panel).to_contain_text(re.compile("On its way|Kept here"))
    for _ in range(40):
        if "Kept here" in panel.inner_text():
            break
        page.wait_for_timeout(500)
        page.goto("/admin/set-up")
    expect(panel).to_contain_text("Set SMTP_HOST")


def invite_the_team(page: Page, *, javascript: bool) -> None:
    at.follow(page, "Invite your team")
    if "prove" in page.url:
        page.locator("#password").fill(PASSWORD)
        at.press(page, "Go on")
    at.expect_heading(page, "Your team")
    check(page, javascript=javascript)
    first = page.get_by_role("group", name="Person 1")
    first.get_by_label("Name", exact=True).fill("Bryn Haldane")
    first.get_by_label("Email address").fill("bryn@northmoor.gov.uk")
    at.press(page, "Invite them")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose at least one role")
    check(page, javascript=javascript)
    for role in ("Innovation officer", "Approver", "Administrator"):
        first.get_by_label(role, exact=True).check()
    at.press(page, "Invite them")
    at.expect_text(page, "We have invited 1 person")
    at.expect_text(page, "Bryn Haldane")


def hand_over_the_link(page: Page) -> str:
    """There is no mail server, so the link goes from hand to hand."""
    at.follow(page, "Bryn Haldane")
    at.press(page, "Hand over a fresh link")
    return page.get_by_label("The link").input_value().strip()


def publish_a_practice(ada: Page, bryn: Page, *, javascript: bool) -> None:
    """Bryn makes Ada an officer, Ada posts a small challenge for practice, and Bryn publishes it."""
    bryn.goto("/admin/people")
    at.follow(bryn, "Ada Lovell")
    bryn.locator("#role").select_option("officer")
    at.press(bryn, "Give this role")
    at.expect_text(bryn, "They have the role “Innovation officer” now")
    ada.goto("/manage/challenges?practice=1")
    at.follow(ada, "Post a small challenge")
    at.expect_heading(ada, "Post a small challenge")
    check(ada, javascript=javascript)
    at.fill(
        ada,
        {
            "What is the challenge called?": "Quieter bins on Market Street",
            "What is the problem?": "Bins are emptied at five in the morning and wake 400 households.",
            "Who has it?": "People who live above the shops.",
            "What would be better afterwards?": "Half as many complaints by summer.",
            "Budget": "0",
            "Judges’ email addresses": "\n".join(f"judge{n}@northmoor.gov.uk" for n in range(3)),
        },
    )
    ada.get_by_label("Who decides?").select_option(label="Bryn Haldane")
    at.press(ada, "Send for approval")
    at.expect_text(ada, "Sent for approval")
    expect(ada.locator(".pf-practice")).to_contain_text("Nothing here counts")
    check(ada, javascript=javascript)
    bryn.goto("/")
    at.follow(bryn, "Read it")
    check(bryn, javascript=javascript)
    at.press(bryn, "Approve and publish now")
    at.expect_text(bryn, "Approved and published")
    check(bryn, javascript=javascript)
    ada.goto("/challenges")
    expect(at.main(ada)).not_to_contain_text("Quieter bins")


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", [USUAL_PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_an_empty_folder_to_a_published_practice(
    site: Site, browser: Browser, size: tuple[int, int], javascript: bool
) -> None:
    for make in pages(browser, size):
        page = make(base_url=site.url, javascript=javascript)
        come_in(page, code_of(site), javascript=javascript)
        name_the_region(page)
        choose_the_look(page, javascript=javascript)
        set_up_mail(page)
        check(page, javascript=javascript)
        at.expect_text(page, "Write the privacy notice")
        at.fill(page, TEXTS)
        at.press(page, "Save the texts")
        at.expect_text(page, "Nothing is missing")
        invite_the_team(page, javascript=javascript)
        link = hand_over_the_link(page)
        page.goto("/admin/set-up")
        at.press(page, "Finish setting up")
        at.expect_text(page, "Setting up is finished")
        at.expect_heading(page, "Settings")
        check(page, javascript=javascript)
        page.goto("/")
        at.expect_text(page, "Before your first round")
        check(page, javascript=javascript)
        bryn = make(base_url=site.url, javascript=javascript)
        bryn.goto(link)
        at.fill(bryn, {"Your name": "Bryn Haldane"})
        bryn.locator("#password").fill("three other words")
        bryn.locator("main form").get_by_role("button", name=re.compile("^(?!Show)")).last.click()
        publish_a_practice(page, bryn, javascript=javascript)


def test_the_code_of_an_earlier_start_is_void_and_production_starts_without_a_region(tmp_path: Path) -> None:
    codes = []
    for _ in range(2):
        with in_production(tmp_path / "instance") as site:
            codes.append(code_of(site))
    with in_production(tmp_path / "instance") as site:
        visitor = Visitor(site.url)
        fields = {"name": "Ada", "email": "ada@northmoor.gov.uk", "password": PASSWORD}
        for code in codes:
            status, _ = visitor.fill("/admin/set-up/start", "start", code=code, **fields)
            assert status == 422
        status, location = visitor.fill("/admin/set-up/start", "start", code=code_of(site), **fields)
        assert (status, location) == (302, "/admin/set-up")
