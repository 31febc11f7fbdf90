"""What is measured, and what each figure has to reach."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench import region
from bench.browser import Browser
from bench.load import CONNECTIONS, Aim
from pitchfest.kernel.actor import Role


@dataclass(frozen=True)
class Target:
    """One page under load and the ratio to the reference that it is to reach."""

    name: str
    least: float
    aim: Aim
    path: str


@dataclass(frozen=True)
class Stage:
    """A running site with its people signed in, and its data to look things up in."""

    url: str
    database: Path
    lead: Browser
    judge: Browser
    supplier: Browser
    visitor: Browser

    @classmethod
    def of(cls, url: str, instance: Path) -> Stage:
        """Sign everyone in."""
        browsers = {who: Browser(url) for who in ("lead", "judge", "supplier")}
        browsers["lead"].sign_in(region.staff_address(Role.LEAD))
        browsers["judge"].sign_in(region.judge_address(1))
        browsers["supplier"].sign_in(region.supplier_address(0))
        return cls(url, instance / "pitchfest.sqlite", **browsers, visitor=Browser(url))

    def find(self, statement: str, *values: object) -> list[tuple[str | int, ...]]:
        """Rows of the site's database."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def open_cards(self) -> list[int]:
        """The scorecards that the judge has not signed, in the round that is under way."""
        rows = self.find(
            "SELECT scorecard.id FROM scorecard JOIN panel_member ON panel_member.id = panel_member_id "
            "JOIN challenge ON challenge.id = challenge_id JOIN person ON person.id = person_id "
            "WHERE scorecard.state = 'assigned' AND challenge.reference = ? AND email = ? ORDER BY 1",
            region.UNDER_WAY,
            region.judge_address(1),
        )
        return [int(row[0]) for row in rows]

    def drafts(self) -> dict[str, str]:
        """Supplier's address → the reference of the pitch that is being written."""
        rows = self.find(
            "SELECT email, pitch.reference FROM pitch JOIN challenge ON challenge.id = challenge_id "
            "JOIN pitch_member ON pitch_id = pitch.id JOIN person ON person.id = person_id "
            "WHERE challenge.reference = ? ORDER BY email",
            region.OPEN,
        )
        return {str(email): str(reference) for email, reference in rows}

    def draft(self) -> str:
        """The reference of the pitch that the supplier is writing."""
        return self.drafts()[region.supplier_address(0)]

    def saved(self) -> int:
        """How often a score or an answer was saved: a scorecard adds a row for each of its criteria."""
        [(scores, answers)] = self.find(
            "SELECT (SELECT count(*) FROM score_version), (SELECT sum(revision) FROM answer_version)"
        )
        return int(scores) + int(answers)


def targets(stage: Stage) -> list[Target]:
    """Every target, in the order of the report."""
    cards = stage.open_cards()

    def read(name: str, least: float, browser: Browser, path: str) -> Target:
        headers = {"Cookie": browser.cookie} if browser.cookie else {}
        return Target(name, least, Aim(stage.url + path, headers), path)

    results = f"/manage/challenges/{region.FINISHED}/results"
    stage.lead.get(results)
    assert "Calibrated" in stage.lead.page, "the results are measured with their calibration"
    return [
        read("results of 300 pitches", 0.30, stage.lead, results),
        read("challenge", 2.0, stage.visitor, f"/challenges/{region.OPEN}"),
        read("challenge list, 25 of 300", 1.0, stage.visitor, "/challenges"),
        read("pitch form", 1.0, stage.supplier, f"/pitches/{stage.draft()}/questions/1"),
        read("judge's desk, 75 cards", 1.0, stage.judge, "/judging"),
        read("scorecard", 0.8, stage.judge, f"/judging/cards/{cards[0]}"),
        Target("scorecard, saved", 1.0, _saving(stage, cards), f"/judging/cards/{cards[0]}"),
        read("pitch", 1.0, stage.supplier, f"/pitches/{stage.draft()}"),
        Target("answer, autosaved", 1.0, _writing(stage), f"/pitches/{stage.draft()}/questions/1/autosave"),
    ]


def _saving(stage: Stage, cards: list[int]) -> Aim:
    """The judge's cards in turn, with the tokens that the pages carry."""
    stage.judge.get(f"/judging/cards/{cards[0]}")
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', stage.judge.page)
    criteria = re.findall(r'<textarea[^>]* name="reason-(\d+)"', stage.judge.page)
    assert csrf is not None
    form = {"BENCH_CARDS": " ".join(map(str, cards)), "BENCH_CRITERIA": " ".join(criteria)}
    return Aim(stage.url, {"Cookie": stage.judge.cookie}, {**form, "BENCH_CSRF": csrf[1]})


def _writing(stage: Stage) -> Aim:
    """Eight suppliers who write at the same time, each in their own pitch."""
    aims = []
    for number in range(CONNECTIONS):
        email, browser = region.supplier_address(number), Browser(stage.url)
        browser.sign_in(email)
        page = f"/pitches/{stage.drafts()[email]}/questions/1"
        renew = partial(_hidden, browser, page)
        address, headers = f"{stage.url}{page}/autosave", {"Cookie": browser.cookie}
        aims.append(Aim(address, headers, renew(), "autosave.lua", renew=renew))
    return replace(aims[0], beside=tuple(aims[1:]))


def _hidden(browser: Browser, page: str) -> dict[str, str]:
    """What the page sends with a save: its token, and the version that it was opened on."""
    browser.get(page)
    found = dict(re.findall(r'name="(csrf_token|parent)" value="([^"]+)"', browser.page))
    return {"BENCH_CSRF": found["csrf_token"], "BENCH_PARENT": found["parent"]}
