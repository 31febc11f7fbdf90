"""The minute of the deadline: 500 suppliers with finished drafts, from one address and the same cores."""

from __future__ import annotations

import hashlib
import http.client
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bench import region
from bench.browser import Browser
from tests.support.serving import serving

#: Seconds in which 99 of 100 requests of people who are signed in are answered.
LIMIT = 1.0
#: How long a client tries again after the server was killed, in seconds.
TRIED_FOR = 60


class Shape(NamedTuple):
    """How they come: whether they sign in first, what share comes in the last sixth of the time, whether
    the server is killed halfway, and whether the limit holds or the time is only told.
    """

    name: str
    signs_in: bool = False
    late: float = 1 / 6
    killed: bool = False
    limited: bool = False


SHAPES = (
    Shape("signed in before, spread evenly", limited=True),
    Shape("signed in before, 60 % in the last sixth", late=0.6),
    Shape("all sign in with their passwords", signs_in=True),
    Shape("killed halfway, and tried again", killed=True),
)


class Visit(NamedTuple):
    """One supplier's browser, and the path of the pitch that is theirs to send."""

    browser: Browser
    email: str
    pitch: str


@dataclass
class Rush:
    """What happened: receipts seen, the seconds of each request from its intended start, what failed."""

    shape: Shape
    clients: int
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    #: Pitch → SHA-256 of the receipt's record as its sender saw it.
    receipts: dict[str, str] = field(default_factory=dict)

    def percentile(self, share: float) -> float:
        """The time within which this share of the requests was answered."""
        times = sorted(self.seconds) or [float("nan")]
        return times[min(len(times) - 1, int(share * len(times)))]

    @property
    def good(self) -> bool:
        """Whether everyone has a receipt, and nothing failed."""
        return len(self.receipts) == self.clients and not self.failures


def run(shape: Shape, instance: Path, drafts: dict[str, str], within: int, **environment: str) -> Rush:
    """One rush on a copy of the data of its own, over so many seconds; `drafts` are pitches by whose."""
    settings: dict[str, Any] = {"PITCHFEST_WEB_WORKERS": "2", **environment}
    with ExitStack() as servers:
        site = servers.enter_context(serving(instance, **settings))
        visits = [Visit(Browser(site.url), email, f"/pitches/{pitch}") for email, pitch in drafts.items()]
        if not shape.signs_in:
            for visit in visits:
                visit.browser.sign_in(visit.email)
        found = Rush(shape, len(visits))
        began = time.monotonic() + 1
        clients = [
            threading.Thread(target=_client, args=(found, visit, began + start))
            for visit, start in zip(visits, _starts(shape, len(visits), within), strict=True)
        ]
        for client in clients:
            client.start()
        if shape.killed:
            time.sleep(max(0.0, began + within / 2 - time.monotonic()))
            site.signal(signal.SIGKILL)
            servers.enter_context(serving(instance, port=site.port, **settings))
        for client in clients:
            client.join()
        _check(found, visits)
        return found


def _starts(shape: Shape, clients: int, within: int) -> list[float]:
    """When each comes, in seconds from the beginning, the same for each run."""
    dice, last = random.Random(region.SEED), within * 5 / 6
    return [
        dice.uniform(last, within) if dice.random() < shape.late else dice.uniform(0, last)
        for _ in range(clients)
    ]


def _client(found: Rush, visit: Visit, at: float) -> None:
    """One supplier: opens the last question, saves it, looks at the check page, sends."""
    time.sleep(max(0.0, at - time.monotonic()))
    browser, intended = visit.browser, at
    question, check = f"{visit.pitch}/questions/{region.QUESTIONS}", f"{visit.pitch}/check"
    steps: tuple[Callable[[], bool], ...] = (
        *([lambda: _signed_in(visit)] if found.shape.signs_in else []),
        lambda: browser.get(question) == 200,
        lambda: browser.post(question, answer=f"The last words of {visit.email}.", go="back") == 302,
        lambda: browser.get(check) == 200,
        lambda: browser.post(check, declared="y") == 302,
    )
    try:
        for number, step in enumerate(steps, start=1):
            if not _tried(found, step):
                found.failures.append(f"{visit.email}, step {number}: not accepted")
                return
            found.seconds.append(time.monotonic() - intended)
            intended = time.monotonic()
        if _tried(found, lambda: browser.get(f"{visit.pitch}/receipts/1.json") == 200):
            found.receipts[visit.pitch] = _digest(browser)
    except (OSError, http.client.HTTPException, RuntimeError) as error:
        found.failures.append(f"{visit.email}: {type(error).__name__} {error}")


def _signed_in(visit: Visit) -> bool:
    visit.browser.sign_in(visit.email)
    return True


def _tried(found: Rush, step: Callable[[], bool]) -> bool:
    """Do it; where the server is killed meanwhile, again with the same form until it is back."""
    until = time.monotonic() + (TRIED_FOR if found.shape.killed else 0)
    while True:
        try:
            return step()
        except (OSError, http.client.HTTPException):
            if time.monotonic() >= until:
                raise
            time.sleep(0.2)


def _check(found: Rush, visits: list[Visit]) -> None:
    """That every receipt seen is there byte for byte, and that nobody sent twice."""
    for visit in visits:
        browser = visit.browser
        try:
            status, digest = browser.get(f"{visit.pitch}/receipts/1.json"), _digest(browser)
            again = browser.get(f"{visit.pitch}/receipts/2.json")
        except (OSError, http.client.HTTPException) as error:
            found.failures.append(f"afterwards: {error}")
            continue
        if visit.pitch in found.receipts and (status, digest) != (200, found.receipts[visit.pitch]):
            found.failures.append(f"{visit.pitch}: its receipt is not the one that was seen")
        if again != 404:
            found.failures.append(f"{visit.pitch}: sent twice")


def _digest(browser: Browser) -> str:
    return hashlib.sha256(browser.page.encode()).hexdigest()
