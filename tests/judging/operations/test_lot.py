"""Equal totals: settled by marks, then by a lot that nobody could read, and that anyone can draw again."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.pitches.rules import PitchState
from tests.judging.setting import Setting, a_round, close, declare_all, fill
from tests.support import builders
from tests.support.signing_in import browser_of


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def started(now: datetime, pitches: int = 3) -> Setting:
    """A round that the lead has started, with nothing left to declare."""
    setting = a_round(now, pitches=pitches, state=ChallengeState.ELIGIBILITY)
    with transaction():
        operations.start(
            setting.actor(setting.lead), reference=setting.reference, expected_version=None, now=now
        )
    declare_all(setting, now)
    return setting


def scored(setting: Setting, marks: list[tuple[int, int, int]], now: datetime) -> None:
    """Every judge gives each pitch its marks, and scoring closes."""
    for judge in range(3):
        for pitch, scores in enumerate(marks):
            fill(setting, judge, pitch, scores, now)
    close(setting, now)


def test_marks_on_the_heaviest_criterion_decide_before_the_lot(app: Flask, now: datetime) -> None:
    setting = started(now)
    scored(setting, [(3, 5, 3), (5, 3, 3), (4, 4, 3)], now)  # weights 40, 40, 20: the same totals
    found = queries.results(setting.challenge)
    assert [(row.pitch_id, row.rank) for row in found.ranked] == [
        (setting.pitches[pitch], 1) for pitch in (1, 2, 0)
    ]
    ties = queries.settled_ties(setting.challenge, found)
    assert ties is not None
    assert [each.how for each in ties.groups[0]] == ["", "by its marks on Fit", "by its marks on Fit"]
    assert [each.marks for each in ties.groups[0]] == [(), ("5.00", "4.00"), ("4.00", "3.00")]
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/results")
    assert "Supplier B Ltd comes first, by its marks on Fit" in lead.text
    lead.get(f"/manage/challenges/{setting.reference}/results/ties")
    assert "by its marks on Fit: 4.00 against 5.00" in lead.text


def test_the_lot_can_be_drawn_again_from_what_is_shown(app: Flask, now: datetime) -> None:
    setting = started(now)
    before = queries.lot(setting.challenge)
    assert before is not None
    scored(setting, [(3, 3, 3)] * 3, now)
    ties = queries.settled_ties(setting.challenge, queries.results(setting.challenge))
    assert ties is not None
    assert ties.lot.seed is not None
    seed = bytes.fromhex(ties.lot.seed)
    assert hashlib.sha256(seed).hexdigest() == before.sha256
    [group] = ties.groups
    own = [hmac.new(seed, each.receipt.encode(), "sha256").hexdigest() for each in group]
    assert own == sorted(own)
    assert [each.row.reference for each in group] == [
        row.reference for row in queries.results(setting.challenge).ranked
    ]
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/results")
    assert "Joint 1 settled: place 3" in " ".join(lead.text.split())
    assert f"{group[0].row.organisation_name} comes first, by lot" in lead.text
    lead.get(f"/manage/challenges/{setting.reference}/results/ties")
    for shown in (before.sha256, ties.lot.seed, *(each.receipt for each in group)):
        assert shown in lead.html


def test_nobody_reads_the_lot_before_the_scores_stand(app: Flask, now: datetime) -> None:
    setting = started(now)
    sealed = db.session.scalar(text("SELECT seed FROM tie_lot"))
    before = queries.lot(setting.challenge)
    assert before is not None
    assert before.seed is None
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/board")
    assert before.sha256 in lead.html
    scored(setting, [(3, 3, 3)] * 3, now)
    found = queries.lot(setting.challenge)
    assert found is not None
    assert found.seed is not None
    assert bytes.fromhex(found.seed) not in bytes(sealed)
    assert found.seed.encode() not in bytes(sealed)


def test_a_round_from_before_there_were_lots_keeps_its_ties(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=2)
    declare_all(setting, now)
    scored(setting, [(3, 3, 3)] * 2, now)
    assert queries.settled_ties(setting.challenge, queries.results(setting.challenge)) is None
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/results")
    assert "Joint 1" in lead.text
    assert "settled: place" not in lead.text
    assert "Supplier A Ltd and Supplier B Ltd share the top" in lead.text
    lead.get(f"/manage/challenges/{setting.reference}/results/ties")
    assert "No lot was sealed when judging began" in lead.text


def test_without_equal_totals_the_lot_is_not_asked_for(app: Flask, now: datetime) -> None:
    setting = started(now, pitches=2)
    scored(setting, [(3, 3, 3), (4, 3, 3)], now)
    assert queries.settled_ties(setting.challenge, queries.results(setting.challenge)) is None
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/results/ties")
    assert "No two pitches come out equal." in lead.text
    assert db.session.scalar(text("SELECT count(*) FROM pitch WHERE state = :s"), {"s": PitchState.ELIGIBLE})
