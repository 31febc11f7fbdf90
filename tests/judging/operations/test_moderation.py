"""The meeting after scoring: what comes onto its agenda, what it agrees, and what counts in the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState, DecisionBasis
from pitchfest.db import db, transaction
from pitchfest.db.disposal import disposing
from pitchfest.judging import operations, queries
from pitchfest.judging.operations.privacy import remove_words
from pitchfest.judging.rules.cards import Mark, digest
from pitchfest.judging.rules.moderation import Trigger, Words
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm
from tests.judging.setting import Setting, Statements, a_round, close, declare_all, fill
from tests.support.signing_in import browser_of

WHY = Words("The crew plan in week three answers what was asked.", "Two read week three otherwise.", "")


def signed(now: datetime, scores: Sequence[Sequence[int]], *, pitches: int = 2) -> Setting:
    """A round to close, where the panel meets: each judge gave each pitch these whole points on the first
    criterion, and 3 on the others.
    """
    setting = a_round(now, pitches=pitches, judges=3)
    db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.MODERATED))
    db.session.commit()
    declare_all(setting, now)
    for pitch, by_judge in enumerate(scores):
        for judge, points in enumerate(by_judge):
            fill(setting, judge, pitch, (points, 3, 3), now)
    return setting


def moderated(now: datetime, scores: Sequence[Sequence[int]], *, pitches: int = 2) -> Setting:
    """The same in moderation."""
    setting = signed(now, scores, pitches=pitches)
    close(setting, now)
    return setting


def agree(setting: Setting, item: int, hundredths: int | None, now: datetime, **changes: object) -> bool:
    """The chair records an agreement of all three judges; `changes` differ from that."""
    row = next(row for row in queries.agenda(setting.challenge) if row.id == item)
    values: dict[str, object] = {
        "words": WHY,
        "present": setting.members,
        "after": row.agreement.id if row.agreement else None,
        **changes,
    }
    with transaction():
        return operations.agree(
            setting.actor(setting.judges[0], proved_at=now),
            reference=setting.reference,
            item_id=item,
            hundredths=hundredths,
            now=now,
            **values,  # type: ignore[arg-type]
        )


def confirm(setting: Setting, item: int, person: int, now: datetime) -> None:
    """A second person agrees to what was agreed last on an item."""
    agreed = queries.history(item)[-1]
    with transaction():
        operations.confirm(
            setting.actor(person, proved_at=now),
            reference=setting.reference,
            item_id=item,
            agreed_id=agreed.id,
            now=now,
        )


def total(setting: Setting, pitch: int) -> Fraction:
    rows = queries.results(setting.challenge).ranked
    return next(row.exact_total for row in rows if row.pitch_id == setting.pitches[pitch]) or Fraction(0)


def state(setting: Setting) -> ChallengeState:
    db.session.expire_all()
    return db.session.get_one(Challenge, setting.challenge).state


def finish(setting: Setting, actor: int, now: datetime) -> None:
    with transaction():
        operations.close_moderation(
            setting.actor(actor), reference=setting.reference, expected_version=None, now=now
        )


def test_only_answers_that_meet_a_published_reason_are_on_the_agenda(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 4), (3, 4, 4), (2, 3, 3)], pitches=3)
    assert state(setting) == ChallengeState.MODERATION
    rows = queries.agenda(setting.challenge)
    assert {(row.pitch_id, row.scores, row.triggers) for row in rows} == {
        (setting.pitches[0], (100, 300, 400), (Trigger.SPREAD, Trigger.MINIMUM)),
        (setting.pitches[2], (200, 300, 300), (Trigger.MINIMUM,)),
    }
    assert {row.criterion_id for row in rows} == {setting.criteria[0]}


def test_without_a_reason_to_meet_one_button_ends_it(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(4, 4, 4), (3, 3, 3)])
    assert queries.agenda(setting.challenge) == []
    finish(setting, setting.judges[0], now)
    assert state(setting) == ChallengeState.RECOMMENDED


def test_where_the_mean_counts_as_published_nobody_meets(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    for judge, points in enumerate((0, 3, 5)):
        fill(setting, judge, 0, (points, 3, 3), now)
    close(setting, now)
    assert state(setting) == ChallengeState.RECOMMENDED
    assert queries.meeting(setting.challenge) is None


def test_an_agreed_score_counts_and_what_judges_signed_stays(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5), (3, 3, 3)])
    before = total(setting, 0)
    signed = queries.counted_cards(setting.challenge, setting.pitches[0])
    (item,) = queries.agenda(setting.challenge)
    assert agree(setting, item.id, 500, now)
    assert total(setting, 0) - before == Fraction(40 * 2, 5)  # 2 points more of 5, 40 points of weight
    assert queries.counted_cards(setting.challenge, setting.pitches[0]) == signed
    assert queries.total_differences()[1] == []
    assert agree(setting, item.id, None, now)
    assert total(setting, 0) == before, "the mean stands again"
    assert [each.hundredths for each in queries.history(item.id)] == [500, None]


def test_a_minimum_is_met_or_missed_by_the_agreed_score(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(2, 4, 4)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    assert queries.results(setting.challenge).ranked[0].missed == ()
    agree(setting, item.id, 200, now)
    assert "Fit: under 3" in queries.results(setting.challenge).ranked[0].missed


def test_moderation_ends_only_when_every_answer_is_settled(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5), (1, 3, 5)])
    first, second = queries.agenda(setting.challenge)
    agree(setting, first.id, None, now)
    with pytest.raises(RuleViolation, match="is not settled"):
        finish(setting, setting.lead, now)
    agree(setting, second.id, 300, now)
    finish(setting, setting.lead, now)
    assert state(setting) == ChallengeState.RECOMMENDED
    held = queries.meeting(setting.challenge)
    assert held is not None
    assert held.closed_by == "Leo Lead"
    with pytest.raises(NotAllowed):
        agree(setting, second.id, 100, now)


def test_a_score_that_no_judge_gave_counts_once_a_second_person_agrees(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 2, 3)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    before = total(setting, 0)
    assert not agree(setting, item.id, 500, now)
    assert total(setting, 0) == before
    with pytest.raises(RuleViolation, match="waits for a second person"):
        finish(setting, setting.lead, now)
    with pytest.raises(RuleViolation):
        confirm(setting, item.id, setting.judges[0], now)
    for stranger in (setting.judges[1], setting.decider, setting.suppliers[0]):
        with pytest.raises((NotFound, NotAllowed)):
            confirm(setting, item.id, stranger, now)
    confirm(setting, item.id, setting.approver, now)
    assert total(setting, 0) > before
    assert queries.total_differences()[1] == []
    with pytest.raises(Conflict):
        confirm(setting, item.id, setting.lead, now)
    finish(setting, setting.lead, now)


def test_a_newer_agreement_voids_what_waits_for_a_second_person(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 2, 3)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, 500, now)
    waits = queries.agenda(setting.challenge)[0].agreement
    assert waits is not None
    agree(setting, item.id, 200, now)
    with transaction(), pytest.raises(Conflict):
        operations.confirm(
            setting.actor(setting.approver, proved_at=now),
            reference=setting.reference,
            item_id=item.id,
            agreed_id=waits.id,
            now=now,
        )
    outcome = db.session.scalar(text("SELECT outcome FROM two_person_act WHERE kind = 'agree_outside'"))
    assert outcome == "voided"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"words": Words("Too short.")}, "at least 5 words"),
        ({"present": []}, "At least 2 of the judges"),
        ({"hundredths": 250}, "in steps of 1"),
        ({"hundredths": 600}, "from 0 to 5"),
        ({"words": Words("word " * 20_001)}, "too long"),
    ],
)
def test_an_agreement_needs_words_a_quorum_and_a_score_on_the_scale(
    app: Flask, now: datetime, changes: dict[str, object], message: str
) -> None:
    setting = moderated(now, [(1, 3, 5)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    with pytest.raises(RuleViolation) as refused:
        agree(setting, item.id, **{"hundredths": 300, "now": now, **changes})  # type: ignore[arg-type]
    assert message in " ".join(problem.message for problem in refused.value.problems)
    assert queries.history(item.id) == []


def test_whoever_is_not_cleared_is_out_of_the_room_and_counts_for_no_quorum(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now, pitches=1, judges=3, minimum_cards=2)
    db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.MODERATED))
    db.session.commit()
    declare_all(setting, now, but=[2])
    interest = {setting.pitch_reference(0): "My sister works there as an engineer."}
    with transaction():
        operations.declare(
            setting.actor(setting.judges[2]), reference=setting.reference, interests=interest, now=now
        )
    (declared,) = queries.declarations(setting.challenge, DeclarationState.INTEREST)
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=declared.id,
            recuse=True,
            reason="Too close a family tie.",
            now=now,
        )
    for judge, points in enumerate((1, 5)):
        fill(setting, judge, 0, (points, 3, 3), now)
    close(setting, now)
    (item,) = queries.agenda(setting.challenge)
    with pytest.raises(RuleViolation):
        agree(setting, item.id, 300, now, present=setting.members[1:])
    agree(setting, item.id, 300, now)
    (agreed,) = queries.history(item.id)
    assert (list(agreed.present), list(agreed.sent_out)) == (setting.members[:2], setting.members[2:])


def test_a_chair_who_has_not_declared_is_in_the_room_for_no_pitch(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=2, judges=3, minimum_cards=2)
    db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.MODERATED))
    db.session.commit()
    declare_all(setting, now, but=[0])
    chair = setting.actor(setting.judges[0], proved_at=now)
    for judge, pitch in ((1, 0), (2, 0), (1, 1), (2, 1)):
        fill(setting, judge, pitch, (1 if judge == 1 else 4, 3, 3), now)
    close(setting, now)
    theirs, other = sorted(queries.agenda(setting.challenge), key=lambda row: row.pitch_id)
    with pytest.raises(NotAllowed, match="not cleared for this pitch"):
        agree(setting, theirs.id, 200, now)
    page = f"/manage/challenges/{setting.reference}/moderation"
    statuses = [
        browser_of(app, person).get(f"{page}/{item.id}").status_code
        for person, item in ((setting.judges[0], theirs), (setting.judges[0], other), (setting.lead, theirs))
    ]
    assert statuses == [403, 403, 200]
    with transaction():
        operations.agree(
            setting.actor(setting.lead, proved_at=now),
            reference=setting.reference,
            item_id=theirs.id,
            hundredths=500,
            words=WHY,
            present=setting.members,
            after=None,
            now=now,
        )
    waits = next(row.agreement for row in queries.agenda(setting.challenge) if row.id == theirs.id)
    assert waits is not None
    with pytest.raises(NotAllowed, match="not cleared for this pitch"), transaction():
        operations.confirm(chair, reference=setting.reference, item_id=theirs.id, agreed_id=waits.id, now=now)


def test_the_log_holds_a_digest_of_an_agreed_score_and_no_score(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 2, 3)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, 200, now)
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "judging.agree"))
    logged = json.loads(entry.detail)
    assert "hundredths" not in logged
    assert 200 not in logged.values()
    assert logged["score"] == digest({item.criterion_id: Mark(200, WHY.reason)})


def test_an_answer_can_be_added_once_with_a_reason(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(3, 3, 3), (3, 3, 3)])

    def add(pitch: str, criterion: int, why: str = "The reasons contradict each other.") -> None:
        with transaction():
            operations.add_item(
                setting.actor(setting.lead),
                reference=setting.reference,
                pitch_reference=pitch,
                criterion_id=criterion,
                why=why,
                now=now,
            )

    add(setting.pitch_reference(1), setting.criteria[2])
    (item,) = queries.agenda(setting.challenge)
    assert (item.triggers, item.why) == ((Trigger.ADDED,), "The reasons contradict each other.")
    for pitch, criterion, why in (
        (setting.pitch_reference(1), setting.criteria[2], "Once more, please, on this."),
        ("PF-NONE", setting.criteria[0], "Nobody has this pitch."),
        (setting.pitch_reference(0), 999_999, "Nobody has this criterion."),
        (setting.pitch_reference(0), setting.criteria[0], "Why?"),
    ):
        with pytest.raises(RuleViolation):
            add(pitch, criterion, why)


def test_minutes_saved_twice_from_one_page_are_refused_and_the_first_stay(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5)], pitches=1)
    held = queries.meeting(setting.challenge)
    assert held is not None

    def note(person: int, minutes: str) -> None:
        with transaction():
            operations.note(
                setting.actor(person),
                reference=setting.reference,
                present=[*setting.members, 999],
                minutes=minutes,
                expected_version=held.version,
                now=now,
            )

    note(setting.judges[0], "We met at ten.")
    with pytest.raises(StaleForm):
        note(setting.lead, "We met at eleven.")
    after = queries.meeting(setting.challenge)
    assert after is not None
    assert (after.minutes, list(after.present)) == ("We met at ten.", setting.members)


@pytest.mark.parametrize("who", ["officer", "approver", "decider", "judge"])
def test_nobody_but_chair_and_lead_runs_the_meeting(app: Flask, now: datetime, who: str) -> None:
    setting = moderated(now, [(3, 3, 3)], pitches=1)
    person = setting.judges[1] if who == "judge" else getattr(setting, who)
    with pytest.raises((NotAllowed, NotFound)):
        finish(setting, person, now)


def test_agreed_scores_cannot_be_changed_or_deleted_but_their_words_are_purged(
    app: Flask, now: datetime
) -> None:
    setting = moderated(now, [(1, 3, 5)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, 400, now)
    for statement in ("UPDATE agreed_score SET hundredths = 0", "DELETE FROM agreed_score"):
        with pytest.raises(DBAPIError), transaction():
            db.session.execute(text(statement))
        db.session.rollback()
    later = now + timedelta(days=9 * 365)
    with transaction(), disposing(setting.challenge, setting.pitches[0]):
        remove_words(setting.pitches[0], later)
    (row,) = queries.history(item.id)
    assert row.hundredths == 400
    assert "week three" not in f"{row.reason}{row.points}"
    assert queries.total_differences()[1] == []


def test_the_agenda_takes_the_same_statements_for_one_answer_and_for_three(app: Flask, now: datetime) -> None:
    numbers = []
    for pitches in (1, 3):
        setting = moderated(now, [(1, 3, 5)] * pitches, pitches=pitches)
        for item in queries.agenda(setting.challenge):
            agree(setting, item.id, None, now)
        with Statements() as seen:
            assert len(queries.agenda(setting.challenge)) == pitches
        numbers.append(seen.count)
    assert numbers == [3, 3]
