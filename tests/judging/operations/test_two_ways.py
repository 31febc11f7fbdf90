"""A conflict in a panel of three: add a judge, or go on with two if a second person agrees."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.queries import PitchProgress
from pitchfest.kernel.errors import Conflict, RuleViolation
from tests.judging.setting import Setting, a_round, close, declare_all, fill, recuse
from tests.support import builders
from tests.support.signing_in import browser_of


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def add_judge(setting: Setting, now: datetime) -> None:
    person = builders.a_person("Judge New")
    setting.members.append(
        builders.a_panel_member(
            challenge=setting.challenge, person=person, invited_by=setting.officer, now=now
        )
    )
    setting.judges.append(person)


def propose(setting: Setting, now: datetime) -> None:
    with transaction():
        operations.propose_fewer(
            setting.actor(setting.lead, proved_at=now),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(0),
            now=now,
        )


def agree(setting: Setting, now: datetime) -> None:
    with transaction():
        operations.confirm_fewer(
            setting.actor(setting.approver, proved_at=now),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(0),
            now=now,
        )


def progress(setting: Setting) -> PitchProgress:
    return queries.board(setting.challenge).pitches[0]


def a_panel_of_three(now: datetime) -> Setting:
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    return setting


def test_without_a_conflict_nothing_is_offered(app: Flask, now: datetime) -> None:
    setting = a_panel_of_three(now)
    assert not progress(setting).two_ways
    with pytest.raises(RuleViolation, match="two signed scorecards"):
        propose(setting, now)


def test_two_people_agree_at_once_and_signatures_do_not_undo_it(app: Flask, now: datetime) -> None:
    setting = a_panel_of_three(now)
    recuse(setting, setting.pair(0, 0), now)
    assert progress(setting).two_ways
    propose(setting, now)
    fill(setting, 1, 0, (3, 3, 3), now)
    agree(setting, now)
    assert progress(setting).fewer
    assert not progress(setting).enough, "the second card is still to be signed"
    fill(setting, 2, 0, (3, 3, 3), now)
    close(setting, now)
    assert db.session.get_one(Challenge, setting.challenge).state == ChallengeState.RECOMMENDED


def test_another_judge_voids_the_proposal(app: Flask, now: datetime) -> None:
    setting = a_panel_of_three(now)
    recuse(setting, setting.pair(0, 0), now)
    propose(setting, now)
    add_judge(setting, now)
    assert not progress(setting).two_ways
    with pytest.raises(Conflict, match="changed after it was proposed"):
        agree(setting, now)


def test_what_was_agreed_ends_with_its_facts(app: Flask, now: datetime) -> None:
    setting = a_panel_of_three(now)
    recuse(setting, setting.pair(0, 0), now)
    propose(setting, now)
    agree(setting, now)
    add_judge(setting, now)
    assert not progress(setting).fewer
    declare_all(setting, now, but=[0, 1, 2])
    recuse(setting, setting.pair(1, 0), now)
    assert progress(setting).two_ways, "two are left again, but they are others"
    propose(setting, now)
    agree(setting, now)
    assert progress(setting).fewer


def test_one_judge_never_does(app: Flask, now: datetime) -> None:
    setting = a_panel_of_three(now)
    recuse(setting, setting.pair(0, 0), now)
    recuse(setting, setting.pair(1, 0), now)
    with pytest.raises(RuleViolation, match="at least two judges"):
        propose(setting, now)
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/conflicts")
    assert "It needs another judge" in lead.text
    assert "Go on with" not in lead.text


def test_both_ways_stand_on_board_and_conflicts_page_for_the_lead(app: Flask, now: datetime) -> None:
    setting = a_panel_of_three(now)
    recuse(setting, setting.pair(0, 0), now)
    base = f"/manage/challenges/{setting.reference}"
    lead, approver = browser_of(app, setting.lead), browser_of(app, setting.approver)
    for page in ("board", "conflicts"):
        lead.get(f"{base}/{page}")
        for words in ("2 judges can judge this pitch", "Add a judge", "Go on with 2"):
            assert words in lead.text, page
    address = f"{base}/fewer/{setting.pitch_reference(0)}"
    lead.fill(address)
    approver.get(address)
    assert "2 judges are left who can judge this pitch" in approver.text
    approver.fill(address)
    assert "Two people agreed on fewer" in approver.text
    lead.get(f"{base}/conflicts")
    assert "There are two ways on" not in lead.text
    lead.get(f"{base}/board")
    assert "2 to sign" in lead.text, "two suffice now"
    assert "3 to sign" not in lead.text
    recused = browser_of(app, setting.judges[0])
    assert recused.get(address).status_code == 404
