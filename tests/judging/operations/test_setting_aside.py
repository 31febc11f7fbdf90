"""A conflict that comes up after scoring: two people set a judge's locked scores on a pitch aside."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchfest.accounts.models import RoleGrant
from pitchfest.awards import operations as awards
from pitchfest.awards import queries as award_queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState, DecisionBasis
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Score, Scorecard
from pitchfest.judging.operations import lot
from pitchfest.judging.rules.moderation import Words
from pitchfest.judging.rules.states import CardState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, ProofNeeded, RuleViolation, StaleForm
from pitchfest.mail import queries as mail
from tests.accounts.people import words_of
from tests.judging.setting import (
    Setting,
    a_round,
    assert_totals_are_right,
    close,
    declare_all,
    fill,
)
from tests.support import builders
from tests.support.signing_in import browser_of

WHY = "Her brother works for this supplier, as she learnt last week."


def closed(now: datetime, *, judges: int = 3, basis: DecisionBasis = DecisionBasis.RAW_MEAN) -> Setting:
    """Scoring is closed on two pitches; the last judge gave the first one 5 and everyone else 3."""
    setting = a_round(now, pitches=2, judges=judges, minimum_cards=min(judges, 3))
    db.session.execute(update(Challenge).values(decision_basis=basis))
    lead = setting.actor(setting.lead)
    lot.seal(lead, queries.round_of(actor=lead, now=now, reference=setting.reference), now=now)
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
    ranked = queries.results(setting.challenge).ranked
    assert [row.rank for row in ranked] == [1, 1]
    if state == ChallengeState.RECOMMENDED:
        assert {row.tie_order for row in ranked} == {1, 2}, "the lot settles what is equal now"
    assert_totals_are_right()
    assert db.session.scalars(select(Score.hundredths).where(Score.scorecard_id == card)).all() == scores
    row = next(d for d in queries.declarations(setting.challenge) if d.judge_id == judge and d.reason)
    assert (row.state, row.reason) == ("recused", WHY)
    (letter,) = [m for m in mail.to_person(judge) if m.kind == "judge_set_aside"]
    said = words_of(letter.id, now).body
    assert WHY in said
    assert "Supplier A Ltd" in said


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
    with pytest.raises(NotAllowed, match="Only the procurement lead"):
        propose(setting, setting.officer, now)
    propose(setting, setting.lead, now)
    with pytest.raises(Conflict, match="Leo Lead has proposed"):
        propose(setting, setting.lead, now, card=setting.card(1, 0))
    with pytest.raises(RuleViolation, match="proposed this yourself"):
        agree(setting, setting.lead, now)
    with pytest.raises(StaleForm):
        agree(setting, setting.approver, now, act=10_000)
    agree(setting, setting.approver, now)
    with pytest.raises(Conflict, match="agreed to or taken back"):
        agree(setting, setting.approver, now)
    with pytest.raises(RuleViolation, match="Fewer than two"):
        propose(setting, setting.lead, now, card=setting.card(1, 0))


def test_no_criterion_is_left_without_a_score(app: Flask, now: datetime) -> None:
    setting = closed(now)
    others = [setting.card(judge, 0) for judge in (0, 1)]
    db.session.execute(
        update(Score)
        .where(Score.scorecard_id.in_(others), Score.criterion_id == setting.criteria[1])
        .values(hundredths=None, unable=True)
    )
    db.session.commit()
    with pytest.raises(RuleViolation, match="No other judge scored “Delivery”"):
        propose(setting, setting.lead, now)


def test_whoever_decides_looks_anew(app: Flask, now: datetime) -> None:
    setting = closed(now)
    seen = db.session.get_one(Challenge, setting.challenge).version
    propose(setting, setting.lead, now)
    agree(setting, setting.approver, now)
    db.session.expire_all()
    assert db.session.get_one(Challenge, setting.challenge).version > seen


def test_what_the_panel_agreed_on_that_score_alone_is_agreed_again_first(app: Flask, now: datetime) -> None:
    setting = closed(now, basis=DecisionBasis.MODERATED)
    item = next(row for row in queries.agenda(setting.challenge) if row.pitch_id == setting.pitches[0])

    def settle(hundredths: int) -> None:
        before = next(row for row in queries.agenda(setting.challenge) if row.id == item.id).agreement
        with transaction():
            operations.agree(
                setting.actor(setting.judges[0], proved_at=now),
                reference=setting.reference,
                item_id=item.id,
                hundredths=hundredths,
                words=Words("The crew plan in week three answers what was asked.", "", ""),
                present=setting.members,
                after=before.id if before else None,
                now=now,
            )

    settle(500)
    with pytest.raises(RuleViolation, match="that no other judge gave"):
        propose(setting, setting.lead, now)
    settle(300)
    propose(setting, setting.lead, now)
    agree(setting, setting.approver, now)
    assert_totals_are_right()


def test_what_a_conflicted_chair_or_deputy_wrote_for_the_supplier_is_written_again(
    app: Flask, now: datetime
) -> None:
    setting = closed(now, judges=4)
    pitch, reference = setting.pitches[0], setting.pitch_reference(0)

    def explain(person: int) -> None:
        with transaction():
            awards.explain(
                setting.actor(person),
                reference=reference,
                texts=dict.fromkeys(setting.criteria, "word " * 25),
                expected_version=None,
                now=now,
            )

    explain(setting.judges[0])
    propose(setting, setting.lead, now, card=setting.card(0, 0))
    agree(setting, setting.approver, now)
    assert queries.explainers(setting.challenge)[pitch] is None
    assert {row.text for row in award_queries.explanations([pitch]).values()} == {""}
    with transaction():
        operations.name_deputy(
            setting.actor(setting.lead),
            reference=setting.reference,
            pitch_reference=reference,
            member_id=setting.members[1],
            now=now,
        )
    explain(setting.judges[1])
    assert {row.text for row in award_queries.explanations([pitch]).values()} == {"word " * 25}
    propose(setting, setting.lead, now, card=setting.card(1, 0))
    agree(setting, setting.approver, now)
    assert queries.explainers(setting.challenge)[pitch] is None
    assert browser_of(app, setting.judges[1]).get(f"/judging/explanations/{reference}").status_code == 404


@pytest.mark.parametrize("who", ["judge", "decider", "supplier"])
def test_who_judges_or_decides_or_pitched_has_no_part_in_it(app: Flask, now: datetime, who: str) -> None:
    setting = closed(now)
    person = {"judge": setting.judges[0], "decider": setting.decider, "supplier": setting.suppliers[1]}[who]
    db.session.add(RoleGrant(person_id=person, role=Role.LEAD, granted_at=now))
    db.session.commit()
    with pytest.raises((NotAllowed, RuleViolation)):
        propose(setting, person, now)
    propose(setting, setting.lead, now)
    with pytest.raises((NotAllowed, RuleViolation)):
        agree(setting, person, now)
    assert state_of(setting.card(2, 0)) == CardState.LOCKED


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
