"""A round from starting it to closing it, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import CriterionTotal, PitchTotal, Score, Scorecard, ScoreVersion
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.states import CardState
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm
from pitchfest.pitches.models import LowestPrice, Pitch
from pitchfest.pitches.rules import PitchState
from tests.judging.setting import (
    REASON,
    Setting,
    a_round,
    assert_totals_are_right,
    close,
    declare_all,
    fill,
    kinds_of_mail,
    score_all,
)


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


def test_drafts_are_kept_incomplete_and_every_version_stays(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    card, judge = setting.card(0, 0), setting.actor(setting.judges[0])
    first, second, _ = setting.criteria
    for marks in ({first: (300, "Good")}, {first: (400, "Better"), second: (None, "Half a thought")}):
        with transaction():
            operations.save_card(judge, card, marks, now=now)
    kept = {key: saved.mark for key, saved in queries.marks(card).items()}
    assert kept == {first: Mark(400, "Better"), second: Mark(None, "Half a thought")}
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
    assert queries.marks(card)[setting.criteria[0]].mark == Mark(300, "First")


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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (update(PitchTotal).values(cards=4), "cards is stored as 4, the scores give 3"),
        (update(PitchTotal).values(total_num=PitchTotal.total_num + 1), "total is stored as"),
        (update(PitchTotal).values(mean_num=PitchTotal.mean_num + 1), "mean is stored as"),
        (update(PitchTotal).values(median_num=PitchTotal.median_num + 1), "median is stored as"),
        (update(PitchTotal).values(spread_num=PitchTotal.spread_num + 1), "spread is stored as"),
        (update(PitchTotal).values(missed="[1]"), "minimums missed is stored as (1,), the scores give ()"),
        (delete(PitchTotal), "no total is stored, but 3 signed"),
        (
            update(CriterionTotal).values(sum_hundredths=CriterionTotal.sum_hundredths + 50),
            "is stored as 9.5 points from 3 scorecards, the scores give 9 points from 3 scorecards",
        ),
        (
            update(Scorecard).values(own_num=Scorecard.own_num + 1),
            "the total of Judge A is stored as",
        ),
        (
            update(LowestPrice).values(pence=1_999_999),
            "the lowest price is stored as 1999999 pence, the pitches give 2000000",
        ),
    ],
    ids=["cards", "total", "mean", "median", "spread", "minimums", "none", "criterion", "own", "price"],
)
def test_the_check_finds_whatever_stored_figure_was_changed(
    app: Flask, now: datetime, change: Any, said: str
) -> None:
    setting = a_round(now, pitches=1, price=True)
    declare_all(setting, now)
    score_all(setting, now)
    close(setting, now)
    assert queries.total_differences() == (1, [])
    with transaction():
        db.session.execute(change)
    checked = app.test_cli_runner().invoke(args=["judging", "totals", "--check"])
    assert (checked.exit_code, checked.stdout) == (1, "")
    of_pitch = "" if said.startswith("the lowest price") else f" {setting.pitch_reference(0)}"
    assert checked.stderr.startswith(f"{setting.reference}{of_pitch}: ")
    assert said in checked.stderr
