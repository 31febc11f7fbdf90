"""Scorecards signed faster than their pitch can be read: the chair is told, and nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Scorecard
from tests.judging.setting import REASON, Setting, a_round, declare_all
from tests.support.signing_in import browser_of

SAYS = "Signed off very quickly"


@pytest.fixture
def setting(app: Flask, now: datetime) -> Setting:
    """A round whose pitches have 3,000 words on their scored answers."""
    made = a_round(now - timedelta(hours=3), answer="word " * 1_000)
    declare_all(made, now - timedelta(hours=3))
    return made


def sign(setting: Setting, judge: int, pitch: int, now: datetime, *, away: bool = False) -> None:
    card, actor = setting.card(judge, pitch), setting.actor(setting.judges[judge])
    with transaction():
        operations.save_card(actor, card, dict.fromkeys(setting.criteria, (300, REASON)), now=now, away=away)
    with transaction():
        operations.sign_card(actor, card, now=now + timedelta(seconds=20))


def board(app: Flask, setting: Setting, person: int) -> str:
    client = browser_of(app, person)
    client.get(f"/manage/challenges/{setting.reference}/board")
    return client.text


def test_only_the_chair_is_told(app: Flask, now: datetime, setting: Setting) -> None:
    sign(setting, 1, 0, now - timedelta(hours=1))
    sign(setting, 1, 1, now - timedelta(minutes=58))
    sign(setting, 2, 0, now - timedelta(hours=1))
    chair = board(app, setting, setting.judges[0])
    assert SAYS in chair
    assert "Judge B, Supplier B Ltd: 3,000 words in 2 minutes" in chair
    assert "Judge B, Supplier A Ltd" not in chair, "two hours went by before it"
    assert "Judge C, Supplier" not in chair
    for person in (setting.lead, setting.officer, setting.approver):
        assert SAYS not in board(app, setting, person)


def test_the_chairs_own_are_not_shown_to_the_chair(app: Flask, now: datetime, setting: Setting) -> None:
    for pitch in (0, 1):
        sign(setting, 0, pitch, now - timedelta(minutes=60 - pitch))
    assert queries.quick_cards(setting.challenge)
    assert SAYS not in board(app, setting, setting.judges[0])


def test_a_sheet_brought_back_is_not_quick(app: Flask, now: datetime, setting: Setting) -> None:
    for pitch in (0, 1):
        sign(setting, 1, pitch, now - timedelta(minutes=60 - pitch), away=True)
    assert queries.quick_cards(setting.challenge) == []


def test_a_judge_who_read_on_paper_says_so_before_signing(
    app: Flask, now: datetime, setting: Setting
) -> None:
    sign(setting, 1, 0, now - timedelta(minutes=2))
    card, judge = setting.card(1, 1), setting.actor(setting.judges[1])
    with transaction():
        operations.save_card(judge, card, dict.fromkeys(setting.criteria, (300, REASON)), now=now)
    client = browser_of(app, setting.judges[1])
    client.get(f"/judging/cards/{card}/sign")
    assert "I read this pitch on paper" in client.text
    client.send(f"/judging/cards/{card}/sign", away="yes")
    assert db.session.get_one(Scorecard, card).away
    assert queries.quick_cards(setting.challenge) == []


def test_a_judge_who_took_their_time_is_not_asked(app: Flask, now: datetime, setting: Setting) -> None:
    card, judge = setting.card(1, 1), setting.actor(setting.judges[1])
    with transaction():
        operations.save_card(judge, card, dict.fromkeys(setting.criteria, (300, REASON)), now=now)
    client = browser_of(app, setting.judges[1])
    client.get(f"/judging/cards/{card}/sign")
    assert "Sign off" in client.text
    assert "on paper" not in client.text
