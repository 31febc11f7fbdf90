"""Every page that anyone can reach in the sample region: no dead link, no barrier, no scrolling sideways."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Dialog, Page, Response, expect

from pitchfest.home.rules import TOURS
from tests.journeys import pages as at
from tests.support.chromium import DESKTOP, PHONE, PageMaker, axe, overflow
from tests.support.serving import Site

pytestmark = pytest.mark.browser

#: A phone in common use, beside the narrowest.
USUAL_PHONE = (390, 800)
#: Whose pages are walked; None has not signed in.
PEOPLE = (
    None,
    "martha@dewpoint.example",  # won
    "rosa@kestrelrounds.example",  # pitched to what is open, and to what is being judged
    "marcus@feather.example",  # judges
    "sunita.devlin@calderwick-ca.example",  # chairs
    "anita.kowalczyk@aldermoor.example",  # officer
    "gwen.ashdown@calderwick-ca.example",  # approver
    "rajesh.varma@calderwick-ca.example",  # procurement lead
    "tomos.ellery@calderwick-ca.example",  # champion
    "josephine.okafor@calderwick-ca.example",  # officer and administrator
)
#: Pages of the same address and markup are one page; so many of an address are read to tell.
ALIKE = 8
PARTS = 6

#: Who opens which address.
Stop = tuple[str | None, str]


def shape(address: str) -> str:
    """The address without what names one object."""
    path = re.sub(r"(CH|PF)-[\w-]+|(?<=/tours/)[\w-]+", r"\1", address.partition("?")[0])
    return re.sub(r"/\d+(?=[/.]|$)", "/0", path)


def skeleton(html: str) -> frozenset[tuple[str, str]]:
    """Which elements of which classes a page is made of."""
    return frozenset(re.findall(r'<(\w+)(?:[^>]*? class="([^"]*)")?', html[html.index("<main") :]))


def walk(page: Page) -> dict[str, str]:
    """Every page that links lead to from the first one: address → HTML. A dead link is an error."""
    found: dict[str, str] = {}
    read: Counter[str] = Counter()
    seen, ahead = {"/"}, deque(["/"])
    while ahead:
        address = ahead.popleft()
        if read[shape(address)] >= ALIKE:
            continue
        read[shape(address)] += 1
        answer = page.request.get(address)
        assert answer.status == 200, f"{answer.status} at {address}"
        is_file = "attachment" in answer.headers.get("content-disposition", "")
        if is_file or "text/html" not in answer.headers["content-type"] or not answer.url.endswith(address):
            continue  # a file, or a page that led on to one of the others
        found[address] = answer.text()
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', found[address])}
        news = sorted(link for link in links - seen if not link.startswith("/static/"))
        seen.update(news)
        ahead.extend(news)
    return found


@pytest.fixture(scope="module")
def tour(region: Site, browser: Browser, told_region: Path) -> list[Stop]:
    """Every page once, and who sees it; found out once for all processes of a test run."""
    kept = told_region.with_name("tour.json")
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            kept.write_text(json.dumps(every_page(region, browser)))
    return [(person, address) for person, address in json.loads(kept.read_text())]


def every_page(region: Site, browser: Browser) -> list[Stop]:
    """One address for each kind of page, with someone who may open it."""
    once: dict[tuple[str, frozenset[tuple[str, str]]], Stop] = {}
    for person in PEOPLE:
        with browser.new_context(base_url=region.url) as context:
            page = context.new_page()
            if person:
                at.sign_in(page, person)
            for address, html in walk(page).items():
                once.setdefault((shape(address), skeleton(html)), (person, address))
    return list(once.values())


def barriers(page: Page, name: str) -> list[str]:
    """What is wrong with the page that is open, on a desk, a phone and the narrowest phone."""
    wrong = []
    for width, height in (DESKTOP, USUAL_PHONE, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        if (wide := overflow(page)) > 0:
            wrong.append(f"{name}: {wide} pixels too wide at {width}")
        if width != PHONE[0]:
            wrong += [f"{name} at {width}: {problem}" for problem in axe(page)]
    return wrong


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_barrier_or_scrolls_sideways(
    region: Site, tour: list[Stop], desktop_page: PageMaker, part: int
) -> None:
    assert len(tour) > 80, "the walk found its way"
    wrong: list[str] = []
    mine = tour[part::PARTS]
    for person in dict.fromkeys(who for who, _ in mine):
        page = desktop_page(base_url=region.url)
        if person:
            at.sign_in(page, person)
        for address in (address for who, address in mine if who == person):
            page.goto(address)
            wrong += barriers(page, address)
    assert not wrong, "\n".join(wrong)


def test_no_view_has_two_filled_buttons_and_each_has_one_title(
    region: Site, tour: list[Stop], browser: Browser
) -> None:
    wrong = []
    for person in dict.fromkeys(who for who, _ in tour):
        with browser.new_context(base_url=region.url) as context:
            page = context.new_page()
            if person:
                at.sign_in(page, person)
            for address in (address for who, address in tour if who == person):
                html = page.request.get(address).text()
                classes = re.findall(r'class="(govuk-button(?: [^"]*)?)"', html)
                filled = [c for c in classes if "secondary" not in c and "warning" not in c]
                if len(filled) > 1 or html.count("<h1") != 1:
                    wrong.append(f"{address}: {len(filled)} filled buttons, {html.count('<h1')} titles")
    assert not wrong, "\n".join(wrong)


def test_a_tour_prints_on_two_pages(region: Site, desktop_page: PageMaker) -> None:
    page = desktop_page(base_url=region.url)
    for tour in TOURS:
        page.goto(f"/help/tours/{tour.slug}")
        paper = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 2, tour.slug


def test_the_overview_prints_on_one_page(region: Site, desktop_page: PageMaker) -> None:
    page = desktop_page(base_url=region.url)
    at.sign_in(page, "tomos.ellery@calderwick-ca.example")
    page.goto("/overview")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_the_browser_asks_before_unsent_words_are_left_behind(region: Site, desktop_page: PageMaker) -> None:
    page = desktop_page(base_url=region.url)
    at.sign_in(page, "josephine.okafor@calderwick-ca.example")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", stay)
    brief = "/manage/challenges/CH-2026-008/brief"
    page.goto(brief)
    at.follow(page, "Home")
    assert asked == []
    page.goto(brief)
    page.get_by_label("What was tried before").press_sequentially("A walk. ")
    at.follow(page, "Home")
    assert asked == ["beforeunload"]
    page.goto(brief)
    page.get_by_label("What was tried before").press_sequentially("A walk. ")
    at.press(page, "Save the brief")
    at.follow(page, "Home")
    assert asked == ["beforeunload"]


# Pages that say what went wrong.


def nowhere(page: Page) -> Response | None:
    return page.goto("/challenges/CH-2026-999")


def not_allowed(page: Page) -> Response | None:
    at.sign_in(page, "bryn.haldane@thornleyvale.example")
    return page.goto("/manage/challenges/CH-2026-004/close-scoring")


def somebody_was_faster(page: Page) -> Response | None:
    at.sign_in(page, "josephine.okafor@calderwick-ca.example")
    brief = "/manage/challenges/CH-2026-008/brief"
    first, second = page, page.context.new_page()
    for window in (first, second):
        window.goto(brief)
        window.get_by_label("What was tried before").fill("A walk round the town, twice a year.")
    at.press(second, "Save the brief")
    with first.expect_response(lambda answer: answer.request.method == "POST") as answered:
        at.press(first, "Save the brief")
    at.expect_text(first, "A walk round the town, twice a year.")
    return answered.value


def too_much(page: Page) -> Response | None:
    page.goto("/sign-up")
    page.locator("main form").evaluate(
        """form => {
            const field = Object.assign(document.createElement("input"), { type: "hidden", name: "more" });
            field.value = "x".repeat(8_100_000);
            form.append(field);
        }"""
    )
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.locator("main form button[type=submit]").click()
    return answered.value


def a_huge_file(page: Page) -> Response | None:
    """300 MB, far more than the site reads before it answers."""
    page.goto("/sign-in")
    page.evaluate(
        """() => {
            const form = Object.assign(document.createElement("form"), {
                method: "post", action: "/sign-in", enctype: "multipart/form-data" });
            const field = document.createElement("input");
            Object.assign(field, { type: "file", name: "file", id: "huge" });
            form.append(field);
            document.body.append(form);
        }"""
    )
    with tempfile.NamedTemporaryFile(suffix=".pdf") as huge:
        huge.truncate(300_000_000)
        page.set_input_files("#huge", huge.name)
        with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            page.locator("#huge").evaluate("field => field.form.submit()")
        return answered.value


@pytest.mark.parametrize(
    ("status", "go"),
    [
        (404, nowhere),
        (403, not_allowed),
        (409, somebody_was_faster),
        (413, too_much),
        (413, a_huge_file),
    ],
)
def test_a_page_about_an_error_has_no_barrier_either(
    region: Site, desktop_page: PageMaker, status: int, go: Callable[[Page], Response | None]
) -> None:
    page = desktop_page(base_url=region.url)
    answer = go(page)
    assert answer is not None
    assert answer.status == status
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert barriers(page, str(status)) == []
