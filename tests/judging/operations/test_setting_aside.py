"""A conflict that comes up after scoring: two people set a judge's locked scores on a pitch aside."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState, DecisionBasis
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Score, Scorecard
from pitchfest.judging.rules.states import CardState
from pitchfest.kernel.errors import NotAllowed, NotFound, ProofNeeded, RuleViolation, StaleForm
from tests.judging.setting import (
    Setting,
    a_round,
    assert_totals_are_right,
    close,
    declare_all,
    fill,
    kinds_of_mail,
)
from tests.support import builders
from tests.support.signing_in import browser_of

WHY = "Her brother works for this supplier, as she learnt last week."


def closed(now: datetime, *, judges: int = 3, basis: DecisionBasis = DecisionBasis.RAW_MEAN) -> Setting:
    """Scoring is closed on two pitches; the last judge gave the first one 5 and everyone else 3."""
    setting = a_round(now, pitches=2, judges=judges, minimum_cards=min(judges, 3))
    db.session.execute(update(Challenge).values(decision_basis=basis))
    db.session.commit()
    declare_all(setting, now)
    for pitch in range(2):
        for judge in range(judges):
            high = pitch == 0 and judge == judges - 1
            fill(setting, judge, pitch, (5, 5, 5) if high else (3, 3, 3), now)
    close(setting, now)
    return setting


def propose(setting: Setting, who: int, now: datetime, *, card: int | None = None, why: str = WHY) -> None:
    with transaction():
        operations.propose_setting_aside(
            setting.actor(who, proved_at=now),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(0),
            card_id=card or setting.card(len(setting.judges) - 1, 0),
            reason=why,
            now=now,
        )


def agree(setting: Setting, who: int, now: datetime, *, act: int | None = None) -> None:
    with transaction():
        operations.set_aside(
            setting.actor(who, proved_at=now),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(0),
            expected_act=act,
            now=now,
        )


def total(setting: Setting) -> Fraction:
    rows = queries.results(setting.challenge).ranked
    found = next(row.exact_total for row in rows if row.pitch_id == setting.pitches[0])
    assert found is not None
    return found


def state_of(card: int) -> CardState:
    return db.session.scalars(select(Scorecard.state).where(Scorecard.id == card)).one()


@pytest.mark.parametrize(
    ("basis", "state"),
    [
        (DecisionBasis.RAW_MEAN, ChallengeState.RECOMMENDED),
        (DecisionBasis.CALIBRATED, ChallengeState.RECOMMENDED),
        (DecisionBasis.MODERATED, ChallengeState.MODERATION),
    ],
)
def test_two_people_set_the_scores_aside_and_all_that_rests_on_them_follows(
    app: Flask, now: datetime, basis: DecisionBasis, state: ChallengeState
) -> None:
    setting = closed(now, basis=basis)
    card, judge = setting.card(2, 0), setting.judges[2]
    assert db.session.get_one(Challenge, setting.challenge).state == state
    before = total(setting)
    scores = db.session.scalars(select(Score.hundredths).where(Score.scorecard_id == card)).all()
    propose(setting, setting.lead, now)
    assert (total(setting), state_of(card)) == (before, CardState.LOCKED), "nothing counts less by one person"
    agree(setting, setting.approver, now)
    assert state_of(card) == CardState.VOIDED
    assert total(setting) == 60 < before
    if state == ChallengeState.RECOMMENDED:
        assert [row.rank for row in queries.results(setting.challenge).ranked] == [1, 1]
    assert_totals_are_right()
    assert db.session.scalars(select(Score.hundredths).where(Score.scorecard_id == card)).all() == scores
    row = next(d for d in queries.declarations(setting.challenge) if d.judge_id == judge and d.reason)
    assert (row.state, row.reason) == ("recused", WHY)
    assert "judge_interest_decided" in kinds_of_mail(judge)


def test_it_takes_the_lead_another_person_a_reason_a_proof_and_two_cards_left(
    app: Flask, now: datetime
) -> None:
    setting = closed(now)
    with pytest.raises(RuleViolation, match="reason in a sentence"):
        propose(setting, setting.lead, now, why="No.")
    with pytest.raises(ProofNeeded), transaction():
        operations.propose_setting_aside(
            setting.actor(setting.lead),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(0),
            card_id=setting.card(2, 0),
            reason=WHY,
            now=now,
        )
    with pytest.raises(NotFound):
        propose(setting, setting.lead, now, card=setting.card(2, 1))
    propose(setting, setting.officer, now)
    with pytest.raises(RuleViolation, match="proposed this yourself"):
        agree(setting, setting.officer, now)
    with pytest.raises(RuleViolation, match="must be the procurement lead"):
        agree(setting, setting.approver, now)
    with pytest.raises(StaleForm):
        agree(setting, setting.lead, now, act=10_000)
    agree(setting, setting.lead, now)
    with pytest.raises(RuleViolation, match="Fewer than two"):
        propose(setting, setting.lead, now, card=setting.card(1, 0))


@pytest.mark.parametrize("who", ["judge", "decider", "supplier"])
def test_who_judges_or_decides_or_pitched_has_no_part_in_it(app: Flask, now: datetime, who: str) -> None:
    setting = closed(now)
    person = {"judge": setting.judges[0], "decider": setting.decider, "supplier": setting.suppliers[1]}[who]
    with pytest.raises((NotAllowed, NotFound)):
        propose(setting, person, now)
    page = f"/manage/challenges/{setting.reference}/set-aside/{setting.pitch_reference(0)}"
    db.session.rollback()
    assert browser_of(app, person).get(page).status_code in (403, 404)


def test_the_pages_from_proposal_to_the_record(app: Flask, now: datetime) -> None:
    setting = closed(now)
    pitch = setting.pitch_reference(0)
    page = f"/manage/challenges/{setting.reference}/set-aside/{pitch}"
    lead, approver = browser_of(app, setting.lead), browser_of(app, setting.approver)
    lead.get(f"/manage/pitches/{pitch}/scores")
    assert f'href="{page}"' in lead.html
    assert lead.fill(page, reason=WHY).status_code == 422
    assert "Choose an answer to “Whose scores?”" in lead.text
    assert WHY in lead.html, "what was typed stays"
    lead.send(page, card=str(setting.card(2, 0)), reason=WHY)
    assert "It waits for a second person" in lead.text
    tasks = [t.text for t in home.waiting(builders.actor(setting.approver), now)]
    assert any("asks you to agree that a judge’s scores for Supplier A Ltd do not count" in t for t in tasks)
    approver.get(page)
    assert "Judge C" in approver.text
    assert WHY in approver.text
    approver.send(page, act="agree")
    assert "The scores no longer count" in approver.text
    lead.get(f"/manage/pitches/{pitch}/scores")
    assert "Does not count" in lead.text
    judge = browser_of(app, setting.judges[2])
    assert judge.get(f"/judging/cards/{setting.card(2, 0)}").status_code == 404
