"""A real browser for the journeys: Chromium at two widths, with JavaScript on or off, and axe as the judge.

PITCHFEST_CHROMIUM names the program where it is not the machine's usual one. A missing browser is an error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
PHONE = (320, 640)  # the narrowest width that pages must work at
DESKTOP = (1280, 900)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

PageMaker = Callable[..., Page]


def program() -> str:
    """Path of the browser; RuntimeError, with the cure, when there is none."""
    named = os.environ.get("PITCHFEST_CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise RuntimeError("no Chromium for the browser tests: run `make test`, or set PITCHFEST_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all browser tests of a process."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program(), args=FLAGS, headless=True)
        yield chromium
        chromium.close()


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[PageMaker]:
    """A maker of pages as wide as a small phone; see `pages`."""
    yield from pages(browser, PHONE)


@pytest.fixture
def desktop_page(browser: Browser) -> Iterator[PageMaker]:
    """A maker of pages as wide as a desk's screen; see `pages`."""
    yield from pages(browser, DESKTOP)


def pages(browser: Browser, size: tuple[int, int]) -> Iterator[PageMaker]:
    """Yield `make(*, javascript=True, base_url=None, **context) -> Page`.

    Each page is a new, empty browser context: another person at another machine. All are closed at the end.
    """
    width, height = size
    contexts = []

    def make(*, javascript: bool = True, base_url: str | None = None, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            base_url=base_url,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def axe(page: Page) -> list[str]:
    """What axe holds against the page under WCAG 2.0 to 2.2, levels A and AA; an empty list is a pass.

    Each item names the rule, says what is wrong and shows the first elements. The page must allow JavaScript.
    """
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(WCAG)}})
    return [
        f"{violation['id']}: {violation['help']}: {[node['html'] for node in violation['nodes'][:3]]}"
        for violation in found.response["violations"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 when nobody has to scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
