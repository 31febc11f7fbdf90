"""Who judges what: the panel, conflicts of interest and sharing out, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from pitchfest.accounts.models import RoleGrant
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import NotAllowed, RuleViolation
from pitchfest.pitches.models import Pitch, PitchMember
from pitchfest.pitches.rules import PitchRight, PitchState
from tests.judging.setting import Setting, a_round, declare_all, kinds_of_mail, plan_and_give_out


def test_nothing_to_declare_clears_at_once_and_brings_the_cards(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    with transaction():
        operations.declare(
            setting.actor(setting.judges[0]), reference=setting.reference, interests={}, now=now
        )
    cards = queries.cards(setting.challenge)
    assert {(c.member_id, c.pitch_id) for c in cards} == {(setting.members[0], p) for p in setting.pitches}
    assert kinds_of_mail(setting.judges[0]) == []  # they are looking at their desk already


def worked_on(setting: Setting, pitch: int, person: int, now: datetime) -> None:
    """The person once helped with a pitch as a partner, and left it."""
    db.session.add(
        PitchMember(
            pitch_id=setting.pitches[pitch],
            person_id=person,
            right=PitchRight.VIEW,
            from_at=now - timedelta(days=30),
            until_at=now - timedelta(days=20),
            partner=True,
        )
    )
    db.session.commit()


def test_who_ever_worked_on_a_pitch_cannot_say_that_nothing_connects_them(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    judge, mine = setting.actor(setting.judges[0]), setting.pitch_reference(0)
    worked_on(setting, 0, judge.person_id, now)
    with pytest.raises(RuleViolation, match="You work on the pitch") as refusal, transaction():
        operations.declare(judge, reference=setting.reference, interests={}, now=now)
    assert [p.field for p in refusal.value.problems] == [f"interest-{mine}"]
    said = {mine: "I helped them write it."}
    with transaction():
        operations.declare(judge, reference=setting.reference, interests=said, now=now)


def test_all_that_a_declaration_lacks_is_said_in_the_order_of_the_suppliers(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now)
    judge = setting.actor(setting.judges[0])
    first, second, third = (setting.pitch_reference(index) for index in range(3))
    worked_on(setting, 1, judge.person_id, now)
    shown = [row.key for row in queries.to_declare(setting.members[0], setting.challenge)]
    with pytest.raises(RuleViolation) as refusal, transaction():
        operations.declare(judge, reference=setting.reference, interests={third: "Mine.", first: ""}, now=now)
    assert {first, second, third} == {*shown}
    assert [p.field for p in refusal.value.problems] == [f"interest-{key}" for key in shown]


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
    assert [p.pitch_id for p in queries.to_declare(setting.members[0], setting.challenge)] == [
        setting.pitches[0]
    ]
    declare_all(setting, now)
    assert len(queries.cards(setting.challenge)) == 9


def test_above_eight_pitches_nothing_goes_out_before_the_lead_has_seen_who_gets_what(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now, pitches=10, judges=5)
    declare_all(setting, now)
    with transaction():
        given = operations.share_out_now(setting.actor(setting.lead), reference=setting.reference, now=now)
    assert (given, queries.cards(setting.challenge)) == (0, [])
    assert queries.board(setting.challenge).to_plan == 10
    plan_and_give_out(setting, now)
    cards = queries.cards(setting.challenge)
    by_judge = [sum(c.member_id == m for c in cards) for m in setting.members]
    assert by_judge == [6] * 5
    assert queries.board(setting.challenge).to_plan == 0


def release(setting: Setting, judge: int, now: datetime) -> None:
    with transaction():
        operations.release(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=setting.members[judge],
            reason="Ill until after the decision.",
            now=now,
        )


def test_after_a_release_the_lead_is_asked_to_plan_again(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=9, judges=5)
    declare_all(setting, now)
    plan_and_give_out(setting, now)
    before = {(card.member_id, card.pitch_id) for card in queries.cards(setting.challenge)}
    mine = sum(member_id == setting.members[0] for member_id, _ in before)
    release(setting, 0, now)
    board = queries.board(setting.challenge)
    assert (board.to_plan, board.missing) == (mine, [])
    assert {(card.member_id, card.pitch_id) for card in queries.cards(setting.challenge)} == before


def test_who_is_left_reads_everything_where_no_more_are_left_than_a_pitch_needs(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now, pitches=9, judges=4)
    declare_all(setting, now)
    plan_and_give_out(setting, now)
    release(setting, 0, now)
    assert all(progress.assigned == 3 for progress in queries.board(setting.challenge).pitches)


def test_what_lacks_once_pitches_are_few_enough_for_everyone_is_given_out_with_a_button(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now, pitches=9, judges=4)
    declare_all(setting, now)
    with transaction():
        db.session.get_one(Pitch, setting.pitches[0]).state = PitchState.EXCLUDED
    board = queries.board(setting.challenge)
    assert (board.per_pitch, board.to_plan, len(board.missing)) == (None, 0, 32)
    with transaction():
        given = operations.share_out_now(setting.actor(setting.lead), reference=setting.reference, now=now)
    assert (given, queries.board(setting.challenge).missing) == (32, [])


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


@pytest.mark.parametrize("at_once", [True, False])
def test_nobody_makes_themselves_the_chair(app: Flask, now: datetime, *, at_once: bool) -> None:
    setting = a_round(now)
    officer, lead = setting.actor(setting.officer), setting.actor(setting.lead)

    def join(*, chair: bool) -> int:
        with transaction():
            return operations.invite(
                officer,
                reference=setting.reference,
                name="Olive Officer",
                email=officer.email,
                chair=chair,
                now=now,
            )

    if at_once:
        with pytest.raises(RuleViolation, match="yourself the chair"):
            join(chair=True)
        db.session.rollback()
        assert not queries.ever_assigned(officer.person_id, setting.challenge)
    mine = join(chair=False)
    with pytest.raises(RuleViolation, match="Someone else must name you"), transaction():
        operations.make_chair(officer, reference=setting.reference, member_id=mine, now=now)
    db.session.rollback()
    assert [row.person_id for row in queries.panel(setting.challenge) if row.is_chair] == [setting.judges[0]]
    with transaction():
        operations.make_chair(lead, reference=setting.reference, member_id=mine, now=now)
    assert [row.person_id for row in queries.panel(setting.challenge) if row.is_chair] == [officer.person_id]


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
    db.session.add(RoleGrant(person_id=setting.judges[1], role=Role.LEAD, granted_at=now))
    db.session.commit()
    for who, member, refused in (
        (setting.lead, setting.members[0], True),
        (setting.judges[1], setting.members[1], True),
        (setting.lead, setting.members[1], False),
    ):
        try:
            with transaction():
                operations.name_deputy(
                    setting.actor(who),
                    reference=setting.reference,
                    pitch_reference=mine.pitch_reference,
                    member_id=member,
                    now=now,
                )
        except RuleViolation:
            assert refused
        else:
            assert not refused
    explainers = queries.explainers(setting.challenge)
    assert explainers[mine.pitch_id] == setting.judges[1]
    assert {explainers[p] for p in setting.pitches if p != mine.pitch_id} == {setting.judges[0]}
