"""Declaring again, clearing with conditions, and the steps that are kept of it all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from pitchfest.accounts.models import RoleGrant
from pitchfest.accounts.queries import forget_region
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Scorecard
from pitchfest.judging.queries import DeclarationRow
from pitchfest.judging.rules import PERMISSIONS, Permission
from pitchfest.judging.rules.states import CardState, DeclarationState, StepKind
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tests.judging.setting import (
    Setting,
    a_round,
    assert_totals_are_right,
    close,
    declare_all,
    fill,
    kinds_of_mail,
    recuse,
    score_all,
)
from tests.support import builders
from tests.support.signing_in import browser_of

CONDITIONS = "Do not talk about this pitch at the college."
WHY = "It was long ago and small."


def declaration(setting: Setting, judge: int, pitch: int) -> DeclarationRow:
    pair = (setting.members[judge], setting.pitches[pitch])
    return next(d for d in queries.declarations(setting.challenge) if (d.member_id, d.pitch_id) == pair)


def ask(setting: Setting, judge: int, pitch: int, now: datetime, *, by: int | None = None) -> None:
    with transaction():
        operations.ask_again(
            setting.actor(by or setting.lead),
            reference=setting.reference,
            declaration_id=declaration(setting, judge, pitch).id,
            reason="A member list names them.",
            now=now,
        )


def declare(setting: Setting, judge: int, now: datetime, **interests: str) -> None:
    with transaction():
        operations.declare(
            setting.actor(setting.judges[judge]),
            reference=setting.reference,
            interests={key.replace("_", "-"): words for key, words in interests.items()},
            now=now,
        )


def decide(setting: Setting, judge: int, pitch: int, now: datetime, **values: object) -> None:
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=declaration(setting, judge, pitch).id,
            **{"recuse": False, "reason": WHY, **values},  # type: ignore[arg-type]
            now=now,
        )


def may_read(setting: Setting, judge: int, pitch: int, now: datetime) -> bool:
    card = queries.card_of(now=now, card_id=setting.card(judge, pitch))
    return bool(PERMISSIONS[Permission.CARD_VIEW](setting.actor(setting.judges[judge]), card))


def steps(setting: Setting, judge: int, pitch: int) -> list[StepKind]:
    mine = declaration(setting, judge, pitch).id
    return [step.kind for step in queries.steps(setting.challenge) if step.declaration_id == mine]


def test_a_judge_who_is_asked_again_sees_the_pitch_on_the_list_and_not_its_card(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    fill(setting, 0, 1, (3, 3, 3), now, sign=False)
    ask(setting, 0, 1, now)
    waits = queries.to_declare(setting.members[0], setting.challenge)
    assert [pitch.pitch_id for pitch in waits] == [setting.pitches[1]]
    assert not may_read(setting, 0, 1, now)
    (round_,) = queries.desk(setting.judges[0], now)
    assert (round_.to_declare, len(round_.cards)) == (1, 2)
    assert queries.board(setting.challenge).judges[0].undeclared == 1
    assert "judge_declare_again" in kinds_of_mail(setting.judges[0])
    with pytest.raises(Conflict):
        ask(setting, 0, 1, now)
    declare(setting, 0, now)
    assert may_read(setting, 0, 1, now)
    assert len(queries.marks(setting.card(0, 1))) == 3, "what was written is kept"
    assert steps(setting, 0, 1) == [StepKind.NOTHING, StepKind.ASKED, StepKind.NOTHING]


def test_scoring_is_not_closed_over_an_interest_that_nobody_decided(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1, judges=4)
    declare(setting, 0, now, **{setting.pitch_reference(0).replace("-", "_"): "I advised them once."})
    for judge in (1, 2, 3):
        declare(setting, judge, now)
        fill(setting, judge, 0, (3, 3, 3), now)
    with pytest.raises(
        RuleViolation, match="has declared an interest in Supplier A Ltd, and it is not decided"
    ):
        close(setting, now)
    decide(setting, 0, 0, now, recuse=True)
    close(setting, now)


def test_scoring_is_not_closed_over_a_signed_card_that_is_in_question(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    score_all(setting, now)
    ask(setting, 0, 0, now)
    with pytest.raises(RuleViolation, match="not decided yet"):
        close(setting, now)
    declare(setting, 0, now, **{setting.pitch_reference(0).replace("-", "_"): "I advised them once."})
    with pytest.raises(RuleViolation, match="not decided yet"):
        close(setting, now)
    decide(setting, 0, 0, now, conditions=CONDITIONS)
    close(setting, now)
    assert db.session.get_one(Scorecard, setting.card(0, 0)).state == CardState.LOCKED
    assert_totals_are_right()


def test_clearing_with_conditions_lets_the_judge_read_them_and_the_pitch(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    reference = setting.pitch_reference(0).replace("-", "_")
    declare(setting, 0, now, **{reference: "I taught one of them."})
    with pytest.raises(RuleViolation, match="what the judge keeps to"):
        decide(setting, 0, 0, now, conditions="None")
    decide(setting, 0, 0, now, conditions=CONDITIONS)
    row = declaration(setting, 0, 0)
    assert (row.state, row.conditions) == (DeclarationState.CLEARED_WITH_CONDITIONS, CONDITIONS)
    assert row.decided_by_name == "Leo Lead"
    assert queries.card_of(now=now, card_id=setting.card(0, 0)).conditions == CONDITIONS
    (round_,) = queries.desk(setting.judges[0], now)
    assert sorted(card.conditions for card in round_.cards) == ["", "", CONDITIONS]
    assert steps(setting, 0, 0) == [StepKind.INTEREST, StepKind.CONDITIONS]
    with pytest.raises(Conflict):
        decide(setting, 0, 0, now)


def test_reporting_a_conflict_ends_conditions_until_the_next_decision(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare(setting, 0, now, **{setting.pitch_reference(0).replace("-", "_"): "I taught one of them."})
    decide(setting, 0, 0, now, conditions=CONDITIONS)
    with transaction():
        operations.report(
            setting.actor(setting.judges[0]),
            card_id=setting.card(0, 0),
            interest="Now they want to hire me.",
            now=now + timedelta(hours=1),
        )
    row = declaration(setting, 0, 0)
    assert (row.state, row.conditions, row.reason) == (DeclarationState.INTEREST, "", "")
    assert not may_read(setting, 0, 0, now)
    decide(setting, 0, 0, now, recuse=True)
    assert steps(setting, 0, 0) == [
        StepKind.INTEREST,
        StepKind.CONDITIONS,
        StepKind.INTEREST,
        StepKind.RECUSED,
    ]


def test_nobody_asks_or_decides_about_themselves_and_no_stranger_does(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    member = builders.a_panel_member(
        challenge=setting.challenge, person=setting.lead, invited_by=setting.officer, now=now
    )
    setting.judges.append(setting.lead)
    setting.members.append(member)
    declare(setting, 3, now)
    with pytest.raises(NotAllowed, match="your own"):
        ask(setting, 3, 0, now)
    with pytest.raises(NotAllowed):
        ask(setting, 0, 0, now, by=setting.officer)
    with pytest.raises(NotFound):
        ask(setting, 0, 0, now, by=setting.judges[0])
    assert declaration(setting, 0, 0).state == DeclarationState.CLEARED


def test_a_lead_decides_also_where_the_judge_does_not_answer(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    score_all(setting, now)
    ask(setting, 0, 0, now)
    decide(setting, 0, 0, now, recuse=True)
    assert db.session.get_one(Scorecard, setting.card(0, 0)).state == CardState.VOIDED
    with pytest.raises(Conflict):
        ask(setting, 0, 0, now)
    assert_totals_are_right()


def test_the_log_tells_a_recused_administrator_nothing_of_judging_before_the_letters(
    app: Flask, now: datetime
) -> None:
    builders.a_region()
    forget_region()
    setting = a_round(now, pitches=2, judges=3)
    other = builders.a_person("Ann Administrator", Role.ADMIN)
    db.session.add(RoleGrant(person_id=setting.judges[0], role=Role.ADMIN, granted_at=now))
    db.session.commit()
    declare_all(setting, now)
    fill(setting, 1, 0, (3, 3, 3), now)

    def read(person: int, address: str = "/admin/log") -> str:
        browser = browser_of(app, person)
        assert browser.get(address).status_code == 200
        return str(browser.text)

    assert "judging.sign" in read(setting.judges[0]), "recused from nothing"
    recuse(setting, setting.pair(0, 0), now)
    for address in ("/admin/log", "/admin/log?action=judging.sign", "/admin/log?object=challenge"):
        told = read(setting.judges[0], address)
        assert "judging." not in told
        assert "left out for you" in told
    assert "The log holds" in read(setting.judges[0], "/admin/log?check=1")
    assert "judging.sign" in read(other)
    db.session.execute(update(Challenge).values(state=ChallengeState.AWARDED))
    db.session.commit()
    assert "judging.sign" in read(setting.judges[0])


def test_who_is_kept_from_every_pitch_reads_that_nothing_is_left(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=2)
    declare_all(setting, now)
    judge = browser_of(app, setting.judges[0])
    recuse(setting, setting.pair(0, 0), now)
    judge.get("/judging")
    assert "You judge no pitch here" not in judge.text
    recuse(setting, setting.pair(0, 1), now)
    judge.get("/judging")
    assert "You judge no pitch here, because of what connects you to the suppliers" in judge.text
    assert "You get yours once every judge has declared" not in judge.text
