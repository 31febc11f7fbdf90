"""Take the pictures of the README and of the tours again, from the running product with its sample region.

`make pictures` starts a fresh demonstration whose clock stands at one fixed morning, goes through the table
below from top to bottom and writes into docs/pictures. What an entry does stays done for the ones after
it. The pictures of tours are WebP, which the browser itself writes.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys import pages as at
from tests.support.chromium import FLAGS, program
from tests.support.serving import ROOT, serving

FOLDER = ROOT / "docs" / "pictures"
#: 9am on Monday 23 November 2026 in London: a challenge is open, one is being judged, one just awarded.
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WIDE, PHONE = (900, 620), (390, 760)
#: Of the WebP pictures, from 0 to 100: letters keep their edges, and a picture stays under 60 KB.
QUALITY = 80
#: Between the edge of a picture and what it begins with, in pixels; above a title stands one more line.
MARGIN, TITLE_MARGIN = 16, 64

NIA, ROSA, MARTHA = "nia@gullywatch.example", "rosa@kestrelrounds.example", "martha@dewpoint.example"
SUNITA = "sunita.devlin@calderwick-ca.example"  # judges, and chairs
ANITA = "anita.kowalczyk@aldermoor.example"  # officer
JOSEPHINE = "josephine.okafor@calderwick-ca.example"  # officer and administrator
GWEN, RAJESH = "gwen.ashdown@calderwick-ca.example", "rajesh.varma@calderwick-ca.example"  # approver, lead
TOMOS, ELIN = "tomos.ellery@calderwick-ca.example", "elin.prosser@calderwick-ca.example"  # champion, admin

MANAGE = "/manage/challenges"
CRITERION = "text=Fit to the problem, 30 points"
OPEN, JUDGED, AWARDED, DRAFT = "CH-2026-005", "CH-2026-004", "CH-2026-003", "CH-2026-008"
ANSWER = (
    "Every library in the region has a desk, a printer and someone who knows the bus times. We print one map "
    "a month: the digital jobs and courses that a person can reach on one bus from that library, before nine "
    "and after five.\n\nThe data is there already. Six colleges publish their courses and the bus operators "
    "publish their timetables. We join the two, and ask employers for one line each."
)


@dataclass(frozen=True)
class Shot:
    """One picture. `top` finds what it begins with; without it, it begins with the page.

    `act` is done before the picture is taken, `then` after it.
    """

    file: str
    who: str | None
    path: str
    size: tuple[int, int] = WIDE
    act: Callable[[Page], None] | None = None
    top: str = ""
    then: Callable[[Page], None] | None = None


def begin_a_pitch(page: Page) -> None:
    """Start a pitch and write a first answer, which is not sent."""
    at.press(page, "Start your pitch")
    at.follow(page, "Tell us your idea")
    page.locator("textarea").first.fill(ANSWER)


def go_on_with_a_pitch(page: Page) -> None:
    """From one's pitches to the first answer, which is written anew."""
    at.follow(page, "A digital job within one bus ride")
    at.follow(page, "Tell us your idea")
    page.locator("textarea").first.fill(ANSWER)


def open_a_card(page: Page) -> None:
    """The scorecard that is half done."""
    page.get_by_role("link", name="Gullywatch Ltd").first.click()


def say_whom_one_knows(page: Page) -> None:
    """The page where a judge says that they know a supplier."""
    open_a_card(page)
    at.follow(page, "I have a conflict of interest")


def check_too_early(page: Page) -> None:
    """Ask to sign off the same card."""
    open_a_card(page)
    at.press(page, "Save and check")


#: What the sample's draft buys: something below the threshold that only this region needs.
ROUTE = (
    ("Are we buying something?", "Yes"),
    ("Could others buy it too?", "No"),
    ("Is it a gift, a prize, or no money?", "None of these: we buy something"),
    ("Is it research?", "No"),
)


def ask_for_approval(page: Page) -> None:
    """Answer the questions about the draft's route, the one thing that it lacks, and send it."""
    here = page.url
    page.goto(f"{MANAGE}/{DRAFT}/route/answers")
    for question, answer in ROUTE:
        page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()
    at.press(page, "Save and see the route")
    page.goto(here)
    at.press(page, "Ask for approval")


def check_the_log(page: Page) -> None:
    """Read the whole log and see whether it holds."""
    at.follow(page, "Check the whole log")


SHOTS = (
    # The README's own.
    Shot("home.png", None, "/", (1100, 800)),
    Shot("challenge.png", None, f"/challenges/{OPEN}", (1100, 800)),
    Shot("question.png", NIA, "/challenges/CH-2026-006/start", (1100, 900), begin_a_pitch),
    Shot("scorecard.png", SUNITA, "/judging", (390, 844), open_a_card, CRITERION),
    Shot("results.png", ANITA, f"{MANAGE}/{AWARDED}/results", (1100, 860)),
    Shot("letter.png", MARTHA, "/pitches/PF-5VJN/letter", (1100, 980)),
    # Suppliers.
    Shot("tours/challenge.webp", None, f"/challenges/{OPEN}"),
    Shot("tours/question.webp", NIA, "/pitches", WIDE, go_on_with_a_pitch, "h1"),
    Shot("tours/sent.webp", ROSA, "/pitches/PF-7K2Q", top="h1"),
    Shot("tours/letter.webp", MARTHA, "/pitches/PF-5VJN/letter", top="main h1"),
    # Judges.
    Shot("tours/conflict.webp", SUNITA, "/judging", WIDE, say_whom_one_knows),
    Shot("tours/desk.webp", SUNITA, "/judging"),
    Shot("tours/scorecard.webp", SUNITA, "/judging", PHONE, open_a_card, CRITERION),
    Shot("tours/check.webp", SUNITA, "/judging", WIDE, check_too_early, "h1"),
    # Staff.
    Shot("tours/home.webp", JOSEPHINE, "/"),
    Shot("tours/draft.webp", JOSEPHINE, f"{MANAGE}/{DRAFT}", top="h1", then=ask_for_approval),
    Shot("tours/practice.webp", JOSEPHINE, f"{MANAGE}/new?practice=1", top="main form"),
    Shot("tours/approve.webp", GWEN, f"{MANAGE}/{DRAFT}", top=".govuk-tag"),
    Shot("tours/opening.webp", RAJESH, f"{MANAGE}/{JUDGED}/opening", top="h1"),
    Shot("tours/eligibility.webp", RAJESH, f"{MANAGE}/{JUDGED}/eligibility", top="h1"),
    Shot("tours/conflicts.webp", RAJESH, f"{MANAGE}/{JUDGED}/conflicts", top="h1"),
    Shot("tours/board.webp", RAJESH, f"{MANAGE}/{JUDGED}/board", top="h1"),
    Shot("tours/results.webp", TOMOS, f"{MANAGE}/{AWARDED}/results", top="h1"),
    Shot("tours/scores.webp", TOMOS, "/manage/pitches/PF-5VJN/scores", top="h2:has-text('Fit to')"),
    Shot("tours/decision.webp", TOMOS, f"{MANAGE}/{AWARDED}/decision", top="h1"),
    Shot("tours/release.webp", GWEN, f"{MANAGE}/{AWARDED}/release", top="h1"),
    Shot("tours/overview.webp", TOMOS, "/overview", top="h1"),
    Shot("tours/list.webp", TOMOS, MANAGE, top=".pf-listhead"),
    Shot("tours/people.webp", ELIN, "/admin/people", top="caption"),
    Shot("tours/outbox.webp", ELIN, "/admin/outbox", top="h1"),
    Shot("tours/log.webp", ELIN, "/admin/log", WIDE, check_the_log, "h1"),
)


def main() -> None:
    """Take every picture, or those whose names hold one of the words given."""
    wanted = [shot for shot in SHOTS if any(word in shot.file for word in sys.argv[1:] or [""])]
    offset = int((MORNING - datetime.now(UTC)).total_seconds())
    with (
        tempfile.TemporaryDirectory() as instance,
        serving(Path(instance), PITCHFEST_CLOCK_OFFSET=str(offset), PITCHFEST_WEB_WORKERS="1") as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS, headless=True)
        people: dict[str | None, Page] = {}
        for shot in wanted:
            if shot.who not in people:
                people[shot.who] = someone(browser, site.url, shot.who)
            size = take(people[shot.who], shot)
            print(f"{shot.file:<28} {size / 1000:5.0f} KB", flush=True)
        browser.close()


def someone(browser: Browser, url: str, who: str | None) -> Page:
    """A browser of this person, signed in."""
    context = browser.new_context(
        base_url=url, locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce"
    )
    page = context.new_page()
    if who:
        at.sign_in(page, who)
    return page


def take(page: Page, shot: Shot) -> int:
    """Go there, do what is to be done, and write the picture; its size in bytes."""
    page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
    page.goto(shot.path)
    if shot.act:
        shot.act(page)
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
    if shot.top:
        page.locator(shot.top).first.evaluate(
            "(it, margin) => scrollTo(0, it.getBoundingClientRect().top + scrollY - margin)",
            TITLE_MARGIN if shot.top == "h1" else MARGIN,
        )
    else:
        page.evaluate("scrollTo(0, 0)")
    target = FOLDER / shot.file
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(_picture(page, target.suffix))
    if shot.then:
        shot.then(page)
    return target.stat().st_size


def _picture(page: Page, suffix: str) -> bytes:
    if suffix == ".png":
        return page.screenshot()
    session = page.context.new_cdp_session(page)
    answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    return base64.b64decode(answer["data"])


if __name__ == "__main__":
    main()
