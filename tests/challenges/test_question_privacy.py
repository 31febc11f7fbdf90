"""What is held about someone who asked: their copy, their erasure, and what goes in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.app import PRIVACY
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Clarification, ClarificationAsker
from pitchfest.challenges.operations import privacy as erasure
from pitchfest.challenges.queries import privacy
from pitchfest.db import db, transaction
from pitchfest.kernel.privacy import Due
from pitchfest.privacy.rules import Category
from tests.challenges.asking import ANSWER, QUESTION, a_world, closing, newest, state_of


@pytest.fixture
def world(app, now):
    return a_world(now)


def asked_about(person, now):
    return next(s for s in privacy.sections(person, now) if s.title == "Questions you asked").rows


def test_a_persons_copy_holds_their_questions_and_what_became_of_them(world, now):
    world.published(now)
    world.ask(now)
    world.do(operations.ask, world.asker, text=QUESTION, now=world.until)
    assert [(row[0], row[2], row[3]) for row in asked_about(world.asker, now)] == [
        (world.reference, QUESTION, "Answer 1"),
        (world.reference, QUESTION, "Received"),
        (world.reference, QUESTION, "Came too late"),
    ]
    assert asked_about(world.rival, now) == ()


def test_only_the_asker_learns_from_the_preview_of_an_erasure_that_they_asked(world, now):
    world.ask(now)
    assert privacy.erasing(world.asker, True, now).goes == (
        "The link between you and 1\u00a0question you asked",
    )
    assert privacy.erasing(world.asker, False, now) == privacy.erasing(world.rival, False, now)


def test_an_erasure_cuts_the_link_and_leaves_what_is_published(world, now):
    published, open_one = world.published(now), world.ask(now)
    world.do(operations.ask, world.asker, text=QUESTION, now=world.until)
    late = newest()
    with transaction():
        erasure.erase(world.asker, now)
    assert db.session.execute(select(ClarificationAsker)).all() == []
    assert queries.answers(world.challenge)[0].answer == ANSWER
    assert [row.id for row in queries.clarifications(world.challenge)] == [published, open_one]
    assert db.session.get(Clarification, late) is None
    world.draft(now, open_one)
    assert world.sign(now, open_one) == 2


def test_a_month_after_closing_who_asked_goes_and_what_was_not_published(world, now):
    published, open_one = world.published(now), world.ask(now)
    private = world.ask(now, wish="It names our new sensor.")
    correction = world.do(operations.start_correction, world.officer, number=1, now=now)
    reason = {"agree": True, "reason": "Only your tool is touched."}
    world.do(operations.decide_secrecy, world.lead, clarification_id=private, now=now, **reason)
    world.draft(now, private)
    world.sign(now, private)
    closes = closing(world)
    assert privacy.questions_due(closes - timedelta(seconds=1)) == Due(0, None)
    assert PRIVACY.purges[Category.UNSENT].due(closes) == Due(4, None)
    with transaction():
        assert PRIVACY.purges[Category.UNSENT].remove(closes, now, 2) == 2
    with transaction():
        assert PRIVACY.purges[Category.UNSENT].remove(closes, now, 2) == 2
    assert privacy.questions_due(closes) == Due(0, None)
    assert db.session.execute(select(ClarificationAsker)).all() == []
    rows = {row.id: row for row in queries.clarifications(world.challenge)}
    assert (rows[published].question, rows[published].answer) == (QUESTION, ANSWER)
    for one in (open_one, private):
        assert (rows[one].question, rows[one].answer, rows[one].wish) == ("", "", "")
    assert rows.pop(correction).is_correction
    assert all(row.asked.startswith("Removed on") for row in rows.values())
    assert state_of(private) == "answered_privately"
