"""A round from starting it to closing it, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Score, Scorecard, ScoreVersion
from pitchfest.judging.rules.states import CardState
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm
from pitchfest.mail.models import OutboxMessage
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules import PitchState
from tests.judging.setting import (
    REASON,
    Setting,
    a_round,
    assert_totals_are_right,
    close,
    declare_all,
    fill,
    score_all,
)


def kinds_of_mail(person_id: int) -> list[str]:
    rows = db.session.scalars(select(OutboxMessage.kind).where(OutboxMessage.person_id == person_id))
    return sorted(rows)


def start(setting: Setting, now: datetime) -> None:
    with transaction():
        operations.start(
            setting.actor(setting.lead), reference=setting.reference, expected_version=None, now=now
        )


def state_of(setting: Setting) -> ChallengeState:
    db.session.expire_all()
    return db.session.get_one(Challenge, setting.challenge).state


def withdraw(pitch_id: int, now: datetime) -> None:
    with transaction():
        pitch = db.session.get_one(Pitch, pitch_id)
        pitch.state, pitch.withdrawn_at = PitchState.WITHDRAWN, now


def test_starting_asks_every_judge_to_declare(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.ELIGIBILITY)
    start(setting, now)
    assert state_of(setting) == ChallengeState.JUDGING
    assert [kinds_of_mail(judge) for judge in setting.judges] == [["judge_declare"]] * 3


@pytest.mark.parametrize(
    ("states", "judges", "words"),
    [
        ((PitchState.OPENED,), 3, "Decide for every pitch first"),
        ((PitchState.INELIGIBLE,) * 3, 3, "No pitch is eligible, so there is nothing to judge"),
        ((), 2, "Invite 1 more"),
        ((), 0, "Choose who chairs the panel"),
    ],
)
def test_starting_is_refused_with_what_is_missing(
    app: Flask, now: datetime, states: tuple[PitchState, ...], judges: int, words: str
) -> None:
    setting = a_round(now, state=ChallengeState.ELIGIBILITY, pitch_states=states, judges=judges)
    with pytest.raises(RuleViolation, match=words):
        start(setting, now)
    assert state_of(setting) == ChallengeState.ELIGIBILITY


def test_only_the_lead_starts_and_closes(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.ELIGIBILITY)
    for person, error in (
        (setting.officer, NotAllowed),
        (setting.approver, NotAllowed),
        (setting.judges[0], NotFound),
        (setting.suppliers[0], NotFound),
    ):
        with pytest.raises(error), transaction():
            operations.start(
                setting.actor(person), reference=setting.reference, expected_version=None, now=now
            )


def test_nothing_to_declare_clears_at_once_and_brings_the_cards(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    with transaction():
        operations.declare(
            setting.actor(setting.judges[0]), reference=setting.reference, interests={}, now=now
        )
    cards = queries.cards(setting.challenge)
    assert {(c.member_id, c.pitch_id) for c in cards} == {(setting.members[0], p) for p in setting.pitches}
    assert kinds_of_mail(setting.judges[0]) == []  # they are looking at their desk already


def test_an_interest_waits_for_the_lead_and_the_judge_goes_on_with_the_others(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now)
    judge = setting.actor(setting.judges[0])
    with transaction():
        operations.declare(
            judge,
            reference=setting.reference,
            interests={setting.pitch_reference(0): "My sister works there as an engineer."},
            now=now,
        )
    assert {c.pitch_id for c in queries.cards(setting.challenge)} == set(setting.pitches[1:])
    assert kinds_of_mail(setting.lead) == ["judge_interest"]
    [waiting] = [d for d in queries.declarations(setting.challenge) if d.interest]
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=waiting.id,
            recuse=False,
            reason="A distant relation without any influence.",
            now=now,
        )
    assert {c.pitch_id for c in queries.cards(setting.challenge)} == set(setting.pitches)
    assert "judge_interest_decided" in kinds_of_mail(setting.judges[0])


def test_a_judge_cannot_decide_about_themselves(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    setting.judges.append(setting.lead)
    with transaction():
        operations.invite(
            setting.actor(setting.officer),
            reference=setting.reference,
            name="Leo Lead",
            email=setting.actor(setting.lead).email,
            now=now,
        )
    with transaction():
        operations.declare(
            setting.actor(setting.lead),
            reference=setting.reference,
            interests={setting.pitch_reference(0): "I used to work there myself."},
            now=now,
        )
    [mine] = [d for d in queries.declarations(setting.challenge) if d.interest]
    with pytest.raises(NotAllowed, match="your own declaration"), transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=mine.id,
            recuse=False,
            reason="It was a long time ago.",
            now=now,
        )


def test_a_pitch_found_eligible_later_is_asked_again(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitch_states=(PitchState.INELIGIBLE,))
    declare_all(setting, now)
    assert queries.to_declare(setting.members[0], setting.challenge) == []
    with transaction():
        db.session.get_one(Pitch, setting.pitches[0]).state = PitchState.ELIGIBLE
    assert [p.id for p in queries.to_declare(setting.members[0], setting.challenge)] == [setting.pitches[0]]
    declare_all(setting, now)
    assert len(queries.cards(setting.challenge)) == 9


def test_above_eight_pitches_cards_wait_until_all_have_declared(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=10, judges=5)
    declare_all(setting, now, but=[4])
    assert queries.cards(setting.challenge) == []
    declare_all(setting, now, but=[0, 1, 2, 3])
    cards = queries.cards(setting.challenge)
    by_judge = [sum(c.member_id == m for c in cards) for m in setting.members]
    assert sum(by_judge) == 30
    assert max(by_judge) - min(by_judge) <= 1


def test_the_lead_can_share_out_without_waiting(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=10, judges=5)
    declare_all(setting, now, but=[4])
    with transaction():
        given = operations.share_out_now(setting.actor(setting.lead), reference=setting.reference, now=now)
    assert given == 30


def test_drafts_are_kept_incomplete_and_every_version_stays(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    card, judge = setting.card(0, 0), setting.actor(setting.judges[0])
    first, second, _ = setting.criteria
    for marks in ({first: (300, "Good")}, {first: (400, "Better"), second: (None, "Half a thought")}):
        with transaction():
            operations.save_card(judge, card, marks, now=now)
    kept = {key: saved.mark for key, saved in queries.marks(card).items()}
    assert kept == {first: (400, "Better"), second: (None, "Half a thought")}
    versions = db.session.scalars(
        select(ScoreVersion.reason).where(ScoreVersion.scorecard_id == card).order_by(ScoreVersion.id)
    )
    assert list(versions) == ["Good", "Better", "Half a thought"]
    assert queries.results(setting.challenge).ranked[0].cards == 0  # a draft counts for nothing


@pytest.mark.parametrize("points", [-100, 50, 350, 600])
def test_a_score_off_the_scale_is_refused(app: Flask, now: datetime, points: int) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    with pytest.raises(RuleViolation, match="steps of 1"), transaction():
        operations.save_card(
            setting.actor(setting.judges[0]), setting.card(0, 0), {setting.criteria[0]: (points, "")}, now=now
        )
    assert queries.marks(setting.card(0, 0)) == {}


def test_signing_names_what_is_missing(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    card, judge = setting.card(0, 0), setting.actor(setting.judges[0])
    first, second, third = setting.criteria
    with transaction():
        operations.save_card(judge, card, {first: (500, "Too short"), second: (None, REASON)}, now=now)
    with pytest.raises(RuleViolation) as refusal, transaction():
        operations.sign_card(judge, card, now=now)
    assert {p.field for p in refusal.value.problems} == {
        f"reason-{first}",
        f"score-{second}",
        f"score-{third}",
        f"reason-{third}",
    }
    assert db.session.get_one(Scorecard, card).state == CardState.ASSIGNED


@pytest.mark.parametrize("score", range(6))
def test_a_reason_has_the_same_length_for_every_score(app: Flask, now: datetime, score: int) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    card, judge = setting.card(0, 0), setting.actor(setting.judges[0])
    nine, ten = " ".join(["word"] * 9), " ".join(["word"] * 10)
    with transaction():
        operations.save_card(judge, card, dict.fromkeys(setting.criteria, (score * 100, nine)), now=now)
    with pytest.raises(RuleViolation) as refusal, transaction():
        operations.sign_card(judge, card, now=now)
    assert len(refusal.value.problems) == 3
    with transaction():
        operations.save_card(judge, card, dict.fromkeys(setting.criteria, (score * 100, ten)), now=now)
    with transaction():
        operations.sign_card(judge, card, now=now)


def test_a_signed_card_is_locked_for_its_judge_and_counts(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    card = fill(setting, 0, 0, (4, 3, 5), now)
    with pytest.raises(NotAllowed), transaction():
        operations.save_card(
            setting.actor(setting.judges[0]), card, {setting.criteria[0]: (100, REASON)}, now=now
        )
    with pytest.raises(NotAllowed), transaction():
        operations.sign_card(setting.actor(setting.judges[0]), card, now=now)
    row = next(r for r in queries.results(setting.challenge).ranked if r.pitch_id == setting.pitches[0])
    assert row.exact_total == Fraction(40 * 4, 5) + Fraction(40 * 3, 5) + 20
    assert db.session.get_one(Scorecard, card).own_num == 76
    assert_totals_are_right()


def test_the_log_holds_one_digest_of_a_signed_card_and_no_words(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    before = db.session.scalar(select(AuditEntry.seq).order_by(AuditEntry.seq.desc()))
    fill(setting, 0, 0, (4, 3, 5), now)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.seq > before)).all()
    assert [entry.action for entry in entries] == ["judging.sign"]
    assert "crews" not in entries[0].detail


def test_another_judges_card_cannot_be_touched(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    for person in (setting.judges[1], setting.lead, setting.officer, setting.suppliers[0]):
        with pytest.raises(NotFound), transaction():
            operations.save_card(
                setting.actor(person), setting.card(0, 0), {setting.criteria[0]: (500, REASON)}, now=now
            )
        with pytest.raises(NotFound), transaction():
            operations.sign_card(setting.actor(person), setting.card(0, 0), now=now)
    assert queries.marks(setting.card(0, 0)) == {}


def test_a_stale_scorecard_is_not_overwritten(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    card, judge = setting.card(0, 0), setting.actor(setting.judges[0])
    with transaction():
        operations.save_card(judge, card, {setting.criteria[0]: (300, "First")}, now=now, expected_version=1)
    with pytest.raises(StaleForm, match="another window at 9am"), transaction():
        operations.save_card(judge, card, {setting.criteria[0]: (100, "Second")}, now=now, expected_version=1)
    assert queries.marks(card)[setting.criteria[0]].mark == (300, "First")


def test_a_recusal_after_signing_voids_the_card_and_deletes_nothing(app: Flask, now: datetime) -> None:
    setting = a_round(now, judges=4)
    declare_all(setting, now)
    score_all(setting, now)
    fine = queries.declarations(setting.challenge)
    mine = next(d for d in fine if d.member_id == setting.members[0] and d.pitch_id == setting.pitches[0])
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=mine.id,
            recuse=True,
            reason="We learnt that they share an office.",
            now=now,
        )
    card = db.session.get_one(Scorecard, setting.card(0, 0))
    assert card.state == CardState.VOIDED
    assert db.session.query(Score).filter_by(scorecard_id=card.id).count() == 3
    row = next(r for r in queries.results(setting.challenge).ranked if r.pitch_id == setting.pitches[0])
    assert row.cards == 3
    assert_totals_are_right()
    with pytest.raises(Conflict), transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=mine.id,
            recuse=True,
            reason="And once more for good measure.",
            now=now,
        )


def test_totals_are_gone_when_the_last_card_is_voided(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    fill(setting, 0, 0, (4, 3, 5), now)
    mine = queries.declarations(setting.challenge)[0]
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=mine.id,
            recuse=True,
            reason="We learnt that they share an office.",
            now=now,
        )
    assert all(row.cards == 0 for row in queries.results(setting.challenge).ranked)
    assert_totals_are_right()


def test_a_released_judges_signed_cards_stay_and_open_ones_end(app: Flask, now: datetime) -> None:
    setting = a_round(now, judges=4)
    declare_all(setting, now)
    fill(setting, 3, 0, (4, 4, 4), now)
    with transaction():
        operations.release(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=setting.members[3],
            reason="Ill until after the decision.",
            now=now,
        )
    states = {
        c.pitch_id: c.state for c in queries.cards(setting.challenge) if c.member_id == setting.members[3]
    }
    assert states == {
        setting.pitches[0]: CardState.SIGNED,
        setting.pitches[1]: CardState.RELEASED,
        setting.pitches[2]: CardState.RELEASED,
    }
    for judge in range(3):
        for pitch in range(3):
            fill(setting, judge, pitch, (3, 3, 3), now)
    close(setting, now)
    assert state_of(setting) == ChallengeState.RECOMMENDED
    assert_totals_are_right()


def test_release_shares_the_pitches_out_again(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=9, judges=4)
    declare_all(setting, now)
    with transaction():
        operations.release(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=setting.members[0],
            reason="Ill until after the decision.",
            now=now,
        )
    assert all(progress.assigned == 3 for progress in queries.board(setting.challenge).pitches)


def test_closing_waits_for_open_cards(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    with pytest.raises(RuleViolation, match="still open"):
        close(setting, now)


def test_closing_locks_the_cards(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    score_all(setting, now)
    close(setting, now)
    assert {c.state for c in queries.cards(setting.challenge)} == {CardState.LOCKED}
    assert_totals_are_right()
    with pytest.raises(NotAllowed):
        close(setting, now)


def test_signing_late_is_allowed_until_scoring_is_closed(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    fill(setting, 0, 0, (3, 3, 3), now + timedelta(days=60))
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert '"late":true' in entry.detail


def test_a_withdrawn_pitch_does_not_hold_the_round_up(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    for judge in range(3):
        fill(setting, judge, 0, (3, 3, 3), now)
        fill(setting, judge, 1, (4, 4, 4), now)
    withdraw(setting.pitches[2], now)
    close(setting, now)
    found = queries.results(setting.challenge)
    assert [row.pitch_id for row in found.ranked] == [setting.pitches[1], setting.pitches[0]]
    assert [row.pitch_id for row in found.apart] == [setting.pitches[2]]
    assert_totals_are_right()


def test_a_round_whose_pitches_were_all_withdrawn_can_be_closed(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    withdraw(setting.pitches[0], now)
    close(setting, now)
    assert state_of(setting) == ChallengeState.RECOMMENDED
    assert queries.results(setting.challenge).ranked == ()


def two_cards_each(setting: Setting, now: datetime) -> None:
    declare_all(setting, now, but=[2])
    for judge in range(2):
        for pitch in range(len(setting.pitches)):
            fill(setting, judge, pitch, (3, 3, 3), now)


def test_two_signed_cards_do_with_a_second_persons_approval(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    two_cards_each(setting, now)
    with pytest.raises(RuleViolation, match="signed scorecards and needs 3"):
        close(setting, now)
    reference = setting.pitch_reference(0)
    lead = setting.actor(setting.lead, proved_at=now)
    with transaction():
        operations.propose_fewer(lead, reference=setting.reference, pitch_reference=reference, now=now)
    with pytest.raises((RuleViolation, Conflict, NotAllowed)), transaction():
        operations.confirm_fewer(lead, reference=setting.reference, pitch_reference=reference, now=now)
    with transaction():
        operations.confirm_fewer(
            setting.actor(setting.approver, proved_at=now),
            reference=setting.reference,
            pitch_reference=reference,
            now=now,
        )
    close(setting, now)
    assert state_of(setting) == ChallengeState.RECOMMENDED


def test_one_signed_card_never_does(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now, but=[1, 2])
    fill(setting, 0, 0, (3, 3, 3), now)
    with pytest.raises(RuleViolation, match="at least two"), transaction():
        operations.propose_fewer(
            setting.actor(setting.lead, proved_at=now),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(0),
            now=now,
        )


def test_the_decision_maker_cannot_join_the_panel(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    with pytest.raises(RuleViolation, match="decision-maker"), transaction():
        operations.invite(
            setting.actor(setting.officer),
            reference=setting.reference,
            name="Dee Decider",
            email=setting.actor(setting.decider).email,
            now=now,
        )
    assert not queries.ever_assigned(setting.decider, setting.challenge)
    assert queries.ever_assigned(setting.judges[0], setting.challenge)


def test_there_is_exactly_one_chair(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    with transaction():
        operations.make_chair(
            setting.actor(setting.officer), reference=setting.reference, member_id=setting.members[1], now=now
        )
    assert [row.person_id for row in queries.panel(setting.challenge) if row.is_chair] == [setting.judges[1]]


def test_a_judge_who_has_begun_is_released_not_removed(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    with transaction():
        operations.remove(
            setting.actor(setting.officer), reference=setting.reference, member_id=setting.members[2], now=now
        )
    assert len(queries.panel(setting.challenge)) == 2
    declare_all(setting, now, but=[2])
    with pytest.raises(RuleViolation, match="has begun"), transaction():
        operations.remove(
            setting.actor(setting.officer), reference=setting.reference, member_id=setting.members[1], now=now
        )


def test_a_recused_chair_hands_the_explanations_to_a_cleared_deputy(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    mine = next(d for d in queries.declarations(setting.challenge) if d.member_id == setting.members[0])
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=mine.id,
            recuse=True,
            reason="We learnt that they share an office.",
            now=now,
        )
    assert queries.explainers(setting.challenge)[mine.pitch_id] is None
    for member, refused in ((setting.members[0], True), (setting.members[1], False)):
        try:
            with transaction():
                operations.name_deputy(
                    setting.actor(setting.lead),
                    reference=setting.reference,
                    pitch_reference=mine.pitch_reference,
                    member_id=member,
                    now=now,
                )
        except RuleViolation:
            assert refused
    explainers = queries.explainers(setting.challenge)
    assert explainers[mine.pitch_id] == setting.judges[1]
    assert {explainers[p] for p in setting.pitches if p != mine.pitch_id} == {setting.judges[0]}
