"""Questions that someone wants answered for themselves alone."""

from __future__ import annotations

import pytest

from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Clarification
from pitchfest.challenges.rules import ClarificationState, Secrecy
from pitchfest.db import db
from pitchfest.kernel.errors import Conflict, NotAllowed, RuleViolation
from tests.challenges.asking import ANSWER, a_world, pitching, state_of, told

S = ClarificationState


@pytest.fixture
def world(app, now):
    return a_world(now)


def decide(world, now, one, *, agree, who=None, reason="Only your own tool is touched."):
    world.do(
        operations.decide_secrecy,
        who or world.lead,
        clarification_id=one,
        agree=agree,
        reason=reason,
        now=now,
    )


def test_a_wish_for_secrecy_needs_a_reason_and_is_decided_before_all_else(world, now):
    with pytest.raises(RuleViolation, match="reason"):
        world.ask(now, wish="")
    one = world.ask(now, wish="It names our new sensor.")
    with pytest.raises(RuleViolation, match="decides on that first"):
        world.draft(now, one)
    with pytest.raises(NotAllowed):
        decide(world, now, one, agree=True, who=world.officer)
    with pytest.raises(RuleViolation, match="reason"):
        decide(world, now, one, agree=True, reason="No")


def test_nobody_ends_it_as_asked_before_until_that_is_decided(world, now):
    world.published(now)
    one = world.ask(now, wish="It names our new sensor.")
    link = {"clarification_id": one, "number": 1, "now": now}
    with pytest.raises(RuleViolation, match="decides on that first"):
        world.do(operations.link_duplicate, world.officer, **link)
    assert state_of(one) == S.RECEIVED
    decide(world, now, one, agree=True)
    world.do(operations.link_duplicate, world.officer, **link)
    assert state_of(one) == S.DUPLICATE


def test_agreed_means_that_the_asker_alone_reads_the_answer(world, now):
    pitching(world, now, world.rival)
    one = world.ask(now, wish="It names our new sensor.")
    decide(world, now, one, agree=True)
    world.draft(now, one)
    assert world.sign(now, one) is None
    assert state_of(one) == S.PRIVATE
    assert queries.answers(world.challenge) == []
    assert told("challenge_answered") == []
    assert [person for person, _, _ in told("question_moved")] == [world.asker]
    (own,) = queries.own_questions(world.asker, world.challenge)
    assert (own.answer, own.number) == (ANSWER, None)
    assert "Only your own tool" in own.said
    assert world.published(now)
    assert queries.last_number(world.challenge) == 1


def test_otherwise_the_asker_chooses_to_publish(world, now):
    one = world.ask(now, wish="It names our new sensor.")
    decide(world, now, one, agree=False)
    assert state_of(one) == S.OFFERED
    with pytest.raises(Conflict):
        world.draft(now, one)
    assert [person for person, _, _ in told("question_moved")] == [world.asker]
    world.do(operations.let_publish, world.asker, clarification_id=one, expected_version=None, now=now)
    assert db.session.get_one(Clarification, one).secrecy == Secrecy.LIFTED
    world.draft(now, one)
    assert world.sign(now, one) == 1


def test_or_to_withdraw(world, now):
    one = world.ask(now, wish="It names our new sensor.")
    decide(world, now, one, agree=False)
    world.do(operations.withdraw_question, world.asker, clarification_id=one, expected_version=None, now=now)
    assert state_of(one) == S.WITHDRAWN
