"""The hour of the deadline: 500 suppliers sign in within a minute, open the form, and save an answer."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from bench import region
from bench.browser import Browser
from bench.targets import Stage

#: Seconds in which 99 of 100 requests are answered.
LIMIT = 1.0


class Rush(NamedTuple):
    """How many came through, out of how many, and the sorted seconds of each request."""

    through: int
    clients: int
    seconds: list[float]
    failures: list[str]

    def percentile(self, share: float) -> float:
        """The time within which this share of the requests was answered."""
        return self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


def run(url: str, stage: Stage, within: int) -> Rush:
    """Let everyone in at moments spread at random over so many seconds."""
    drafts = stage.find(
        "SELECT email, pitch.reference FROM pitch JOIN challenge ON challenge.id = challenge_id "
        "JOIN pitch_member ON pitch_id = pitch.id JOIN person ON person.id = person_id "
        "WHERE challenge.reference = ? ORDER BY email",
        region.OPEN,
    )
    dice = random.Random(region.SEED)
    times: list[float] = []
    failures: list[str] = []
    began = time.monotonic() + 1
    visits = [
        threading.Thread(
            target=_visit,
            args=(url, str(email), str(pitch), began + dice.uniform(0, within), times, failures),
        )
        for email, pitch in drafts
    ]
    for visit in visits:
        visit.start()
    for visit in visits:
        visit.join()
    return Rush(len(visits) - len(failures), len(visits), sorted(times), failures)


def _visit(url: str, email: str, pitch: str, at: float, times: list[float], failures: list[str]) -> None:
    """One supplier: sign-in page, sign-in, the form, and a saved answer."""
    time.sleep(max(0.0, at - time.monotonic()))
    browser, form = Browser(url), f"/pitches/{pitch}/questions/1"
    words = f"An answer saved at the last minute by {email}."
    steps: tuple[Callable[[], bool], ...] = (
        lambda: browser.get("/sign-in") == 200,
        lambda: browser.post("/sign-in", email=email, password=region.PASSWORD) == 302,
        lambda: browser.get(form) == 200,
        lambda: browser.post(form, answer=words, go="back") == 302,
    )
    for number, step in enumerate(steps, start=1):
        began = time.monotonic()
        try:
            done = step()
        except (OSError, http.client.HTTPException) as error:
            failures.append(f"{email}, step {number}: {error}")
            return
        times.append(time.monotonic() - began)
        if not done:
            failures.append(f"{email}, step {number}: not accepted")
            return
