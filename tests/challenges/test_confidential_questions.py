"""Questions that someone wants answered for themselves alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pitchfest.accounts.models import Membership
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Clarification
from pitchfest.challenges.rules import ClarificationState, Secrecy
from pitchfest.db import db
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, RuleViolation
from tests.challenges.asking import ANSWER, QUESTION, a_world, pitching, state_of, told
from tests.support import builders
from tests.support.signing_in import browser_of

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


# Staff of a supplier


@pytest.fixture(params=[None, 364, 366], ids=["belongs", "a year ago at most", "longer ago"])
def spy(world, now, request):
    """(officer and lead who belongs to a rival, or did until so many days ago; whether that counts)."""
    person = builders.a_person("Pat Both", Role.OFFICER, Role.LEAD)
    until = None if request.param is None else now - timedelta(days=request.param)
    firm = builders.an_organisation("Rival Works Ltd")
    db.session.add(
        Membership(organisation_id=firm, person_id=person, from_at=builders.LONG_AGO, until_at=until)
    )
    db.session.commit()
    return person, request.param != 366


def test_staff_of_a_supplier_read_no_question(app, world, now, spy):
    who, tied = spy
    one = world.ask(now, text="Does our clay lining count as new?", wish="It names our new sensor.")
    theirs, page = browser_of(app, who), f"/manage/challenges/{world.reference}"
    for address in (f"{page}/questions", f"{page}/questions/{one}"):
        assert theirs.get(address).status_code == (403 if tied else 200)
        assert ("belong to a supplier" in theirs.text) == tied
        assert not tied or "clay" not in theirs.html
    theirs.get(page)
    assert (f"{page}/questions" in theirs.html, "1 to answer" in theirs.text) == (not tied, not tied)


def test_nothing_about_questions_waits_for_them(app, world, now, spy):
    who, tied = spy
    world.ask(now)
    world.ask(now, wish="It names our new sensor.")
    waits = queries.clarifications_waiting(builders.actor(who), now)
    assert len(waits) == (0 if tied else 2)
    theirs = browser_of(app, who)
    theirs.get("/")
    assert ("Answer 1 question" in theirs.text) == (not tied)


def test_and_they_neither_answer_decide_sign_nor_replace(world, now):
    firm = builders.an_organisation("Rival Works Ltd")
    who = builders.a_person("Pat Both", Role.OFFICER, Role.LEAD, organisation=firm)
    world.published(now)
    kept, one, drafted = world.ask(now, wish="It names our new sensor."), world.ask(now), world.ask(now)
    world.draft(now, drafted)
    correction = world.do(operations.start_correction, world.officer, number=1, now=now)
    words = {"question": QUESTION, "answer": ANSWER}
    for operation, values in (
        (operations.decide_secrecy, {"clarification_id": kept, "agree": True, "reason": "It is their own."}),
        (operations.draft_answer, {"clarification_id": one, **words}),
        (operations.link_duplicate, {"clarification_id": one, "number": 1}),
        (operations.sign_answer, {"clarification_id": drafted}),
        (operations.start_correction, {"number": 1}),
        (operations.drop_correction, {"clarification_id": correction}),
    ):
        with pytest.raises(NotAllowed, match="belong to a supplier"):
            world.do(operation, who, now=now, **values)
    assert [state_of(i) for i in (kept, one, drafted, correction)] == [S.RECEIVED] * 2 + [S.DRAFTED] * 2
