"""The public figures say how many decisions came by the day that was promised, and how late the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from pitchfest.awards.models import Release
from pitchfest.challenges import operations as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState, DueDate
from pitchfest.db import db, transaction
from pitchfest.home.queries import promises
from pitchfest.home.rules import Promise, promises_kept
from pitchfest.kernel.actor import Role
from tests.support import builders
from tests.support.statements import counted

DAY = timedelta(days=1)
DUE = datetime(2026, 7, 6, 16, tzinfo=UTC)  # 5pm in London
S = ChallengeState


@pytest.mark.parametrize(
    ("letters", "late"),
    [
        (DUE - DAY, 0),
        (DUE, 0),
        (datetime(2026, 7, 6, 22, 59, tzinfo=UTC), 0),  # a minute to midnight in London
        (datetime(2026, 7, 6, 23, 0, tzinfo=UTC), 1),
        (DUE + 8 * DAY, 8),
    ],
)
def test_a_decision_is_late_from_the_day_after_the_promised_one(letters, late):
    found = promises_kept([Promise(DUE, letters)], now=DUE + 30 * DAY)
    assert (found.decided, found.kept, found.total) == (1, int(not late), late)


def test_late_ones_that_are_still_waited_for_count_with_the_days_so_far():
    rows = [Promise(DUE, DUE), Promise(DUE, DUE + 2 * DAY), Promise(DUE, None), Promise(DUE + 9 * DAY, None)]
    found = promises_kept(rows, now=DUE + 5 * DAY)
    assert (found.decided, found.kept, found.waited_for) == (2, 1, 1)
    assert (found.days_late, found.median, found.total) == ((2, 5), 3.5, 7)


@pytest.fixture
def staff(app):
    builders.a_region()
    return {role: builders.a_person(role.title(), role) for role in (Role.OFFICER, Role.LEAD, Role.APPROVER)}


def a_challenge(staff, now, *, due, letters=None, state=S.AWARDED, practice=False):
    key = builders.a_challenge(state=state, officer=staff[Role.OFFICER], now=now)
    row = db.session.get_one(Challenge, key)
    row.decision_due, row.practice = due, practice
    if letters:
        pair = {"first_id": staff[Role.LEAD], "second_id": staff[Role.APPROVER]}
        db.session.add(Release(challenge_id=key, at=letters, **pair))
    db.session.commit()
    return row.reference


def test_a_delay_does_not_move_the_day_that_was_promised(staff, now):
    reference = a_challenge(staff, now, due=now - DAY, state=S.RECOMMENDED)
    with transaction():
        challenges.delay(
            builders.actor(staff[Role.LEAD]),
            reference=reference,
            later={DueDate.DECISION: now + 7 * DAY},
            reason="Two judges fell ill last week.",
            now=now,
        )
    assert promises(now + 2 * DAY).days_late == (3,)


def test_judges_who_finish_later_are_no_part_of_the_promise(staff, now):
    """The decision that moves with them, or after them, still counts from the day that was first promised."""
    reference = a_challenge(staff, now, due=now + 3 * DAY, state=S.JUDGING)

    def delay(at, **later):
        with transaction():
            challenges.delay(
                builders.actor(staff[Role.LEAD]),
                reference=reference,
                later={DueDate(what): now + days * DAY for what, days in later.items()},
                reason="Two judges fell ill last week.",
                now=at,
            )

    db.session.execute(update(Challenge).values(judging_deadline=now - DAY))
    db.session.commit()
    delay(now, judging=2)
    assert promises(now + 2 * DAY).days_late == ()
    assert promises(now + 5 * DAY).days_late == (2,)
    delay(now + 3 * DAY, judging=6, decision=8)
    delay(now + 4 * DAY, decision=9)
    assert promises(now + 5 * DAY).days_late == (2,)


def test_only_public_challenges_that_end_with_a_decision_count(staff, now, client):
    a_challenge(staff, now, due=now - 9 * DAY, letters=now - 10 * DAY)
    a_challenge(staff, now, due=now - 9 * DAY, letters=now - 3 * DAY)
    a_challenge(staff, now, due=now - 9 * DAY, practice=True, letters=now)
    a_challenge(staff, now, due=now - 9 * DAY, state=S.CANCELLED)
    a_challenge(staff, now, due=now - 9 * DAY, state=S.APPROVED)
    a_challenge(staff, now, due=None, letters=now)
    with counted() as statements:
        found = promises(now)
    assert len(statements) == 1
    assert (found.decided, found.kept, found.days_late) == (2, 1, (6,))
    client.get("/")
    assert "1 of 2" in client.text
    assert "One decision came 6 days late" in client.text


def test_several_late_ones_are_said_in_words_that_are_true(staff, now, client):
    for days in (1, 1, 9):
        a_challenge(staff, now, due=now - 20 * DAY, letters=now - (20 - days) * DAY)
    client.get("/")
    late = client.text.replace("\u00a0", " ")
    assert "3 decisions are or were late: at least half of them by 1 day or less, 11 days in all." in late
    a_challenge(staff, now, due=now - 20 * DAY, letters=now - 18 * DAY)
    client.get("/")
    assert "at least half of them by 1.5 days or less" in client.text
