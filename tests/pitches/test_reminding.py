"""Holders of an unsent pitch hear five working days and one day before closing; staff learn nothing of it."""

from __future__ import annotations

from datetime import datetime
from threading import Event

import pytest
from sqlalchemy import select, update

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.jobs.operations import run
from pitchfest.kernel.actor import Role
from pitchfest.kernel.clock import LONDON
from pitchfest.mail import queries as mail
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rendering import render
from pitchfest.pitches.models import PersonalExtension, Pitch, PitchMember
from pitchfest.pitches.rules import PitchRight, PitchState
from pitchfest.pitches.rules.reminders import wants_answer, wants_reminder
from tests.accounts.people import sent, words_of
from tests.support import builders as make

#: 11am on Friday 8 January 2027: five working days before it is Wednesday 30 December, since New Year's
#: Day and the Scottish 2 January, kept on Monday 4, are none.
CLOSES = datetime(2027, 1, 8, 11, tzinfo=LONDON)


def at(year, month, day, hour=9):
    return datetime(year, month, day, hour, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        (at(2026, 12, 29), False),
        (at(2026, 12, 30, 8), False),
        (at(2026, 12, 30), True),
        (at(2026, 12, 30, 20), True),
        (at(2026, 12, 30, 22), False),
        (at(2027, 1, 1), False),
        (at(2027, 1, 6), False),
        (at(2027, 1, 7), True),
        (at(2027, 1, 8), False),
        (at(2027, 1, 8, 12), False),
    ],
)
def test_the_days_and_hours(moment, goes):
    assert wants_reminder(CLOSES, moment) is goes


@pytest.mark.parametrize(
    ("asked", "moment", "goes"),
    [
        (at(2026, 12, 30), at(2027, 1, 6), False),
        (at(2026, 12, 30), at(2027, 1, 7, 8), False),
        (at(2026, 12, 30), at(2027, 1, 7), True),
        (at(2026, 12, 30), at(2027, 1, 8), True),
        (at(2026, 12, 30), at(2027, 1, 8, 11), False),
        (at(2027, 1, 7), at(2027, 1, 7, 15), False),
        (at(2027, 1, 7), at(2027, 1, 8), True),
    ],
)
def test_a_round_of_questions_reminds_in_its_last_working_day_and_not_on_the_day_it_begins(
    asked, moment, goes
):
    assert wants_answer(asked, CLOSES, moment) is goes


def test_a_round_that_ends_on_a_monday_reminds_from_friday():
    monday = at(2027, 1, 11, 11)
    asked = at(2026, 12, 30)
    days = [day for day in range(6, 12) if wants_answer(asked, monday, at(2027, 1, day, 10))]
    assert days == [8, 9, 10, 11]


@pytest.fixture
def world(app, now):
    """A draft, an open copy, and a pitch that was sent."""
    make.a_region(demo=False)
    officer = make.a_person("Olive", Role.OFFICER)
    challenge = make.a_challenge(state=ChallengeState.OPEN, officer=officer, now=now, closes_at=CLOSES)
    found = {}
    for name, state in (
        ("draft", PitchState.DRAFT),
        ("copy", PitchState.SUBMITTED),
        ("sent", PitchState.SUBMITTED),
    ):
        organisation = make.an_organisation(f"{name.title()} Ltd")
        author = make.a_person(name.title(), organisation=organisation, owner=True)
        helper = make.a_person(f"Helper {name}", organisation=organisation)
        pitch = make.a_pitch(
            challenge=challenge, organisation=organisation, author=author, state=state, now=now
        )
        db.session.add(
            PitchMember(pitch_id=pitch, person_id=helper, right=PitchRight.EDIT, from_at=make.LONG_AGO)
        )
        found[name] = author
        found[f"{name}_pitch"] = pitch
    db.session.execute(update(Pitch).where(Pitch.id == found["copy_pitch"]).values(changing_since=now))
    db.session.commit()
    return found


def work(app, clock, moment):
    clock.go_to(moment)
    db.session.rollback()
    run(app.extensions["pitchfest.work"], clock.now, Event(), once=True)
    db.session.rollback()


def told():
    return sorted(mail.message(i).person_id or 0 for i in sent("pitch_unsent"))


def test_who_can_send_what_is_unsent_hears_once_on_each_day(app, clock, world):
    holders = sorted([world["draft"], world["copy"]])
    for moment, times in (
        (at(2026, 12, 30), 1),
        (at(2026, 12, 30, 15), 1),
        (at(2027, 1, 4), 1),
        (at(2027, 1, 7, 13), 2),
        (at(2027, 1, 7, 14), 2),
    ):
        work(app, clock, moment)
        assert told() == sorted(holders * times), moment


def test_whoever_has_longer_hears_before_their_own_closing_and_once(app, clock, world):
    """Tuesday 19 January at 11am: five working days before it is Tuesday 12. Everyone else hears as ever."""
    pitch = db.session.get_one(Pitch, world["draft_pitch"])
    longer = PersonalExtension(
        challenge_id=pitch.challenge_id,
        organisation_id=pitch.organisation_id,
        closes_at=at(2027, 1, 19, 11),
        withheld_from=CLOSES,
        reason="She needs a screen reader.",
        salt="0" * 32,
        by_id=make.a_person("Leah", Role.LEAD),
        at=clock.now(),
    )
    db.session.add(longer)
    db.session.commit()
    before = db.session.scalars(select(AuditEntry.seq)).all()
    hers, others = [world["draft"]], [world["copy"]]
    for moment, expected in (
        (at(2026, 12, 30), others),
        (at(2027, 1, 7), others * 2),
        (at(2027, 1, 11), others * 2),
        (at(2027, 1, 12), others * 2 + hers),
        (at(2027, 1, 12, 15), others * 2 + hers),
        (at(2027, 1, 18), others * 2 + hers * 2),
        (at(2027, 1, 18, 15), others * 2 + hers * 2),
    ):
        work(app, clock, moment)
        assert told() == sorted(expected), moment
    words = words_of(sent("pitch_unsent")[-1], clock.now()).body
    assert "closes for you at 11am on Tuesday 19\u00a0January\u00a02027" in words
    assert mail.overview(number=1, size=50)[0] == []
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.seq.not_in(before))).all()
    assert set(acts) <= {"challenge.close"}


def test_nothing_tells_staff_who_they_are(app, clock, world):
    before = db.session.scalars(select(AuditEntry.seq)).all()
    work(app, clock, at(2027, 1, 7))
    assert told()
    rows = db.session.execute(
        select(OutboxMessage.about_sealed).where(OutboxMessage.kind == "pitch_unsent")
    ).scalars()
    assert set(rows) == {True}
    shown, _, _ = mail.overview(number=1, size=50)
    assert not [row for row in shown if row.kind == "pitch_unsent"]
    assert db.session.scalars(select(AuditEntry.seq)).all() == before


def test_the_right_is_looked_at_again_when_it_is_delivered(app, clock, world):
    work(app, clock, at(2027, 1, 7))
    message = next(m for i in sent("pitch_unsent") if (m := mail.message(i)).person_id == world["draft"])
    words = render(message, now=clock.now())
    assert words is not None
    assert "closes at 11am on Friday 8\u00a0January\u00a02027" in words.body
    assert "We will ride along" not in words.body
    db.session.execute(
        update(PitchMember).where(PitchMember.person_id == world["draft"]).values(until_at=clock.now())
    )
    db.session.commit()
    assert render(message, now=clock.now()) is None
    copy = next(m for i in sent("pitch_unsent") if (m := mail.message(i)).person_id == world["copy"])
    assert "What you sent before still counts" in words_of(copy.id, clock.now()).body
    assert render(copy, now=at(2027, 1, 8, 12)) is None, "not after closing"


def test_a_challenge_that_is_not_open_reminds_nobody(app, clock, world):
    db.session.execute(update(Challenge).values(state=ChallengeState.DRAFT))
    db.session.commit()
    work(app, clock, at(2027, 1, 7))
    assert told() == []
