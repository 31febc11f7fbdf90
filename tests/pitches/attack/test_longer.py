"""Attacks on more time for one supplier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.audit import queries as audit
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotAllowed, RuleViolation, TooLate
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import WaitingEntry
from pitchfest.pitches.operations.privacy import remove_unsent
from pitchfest.pitches.queries import privacy as pitch_privacy
from pitchfest.privacy import operations as privacy
from tests.pitches.another_way import SUPPLIER, typed
from tests.pitches.cast import actor, closing, save, sent, started, write
from tests.pitches.test_cancelled import cancel
from tests.pitches.test_personal_extensions import lengthen, settled, submit
from tests.pitches.test_reopening import agree, propose
from tests.privacy.region import parts
from tests.support.signing_in import browser_of

HOURS, DAYS, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def chain():
    return [dict(e) for e in audit.chain()]


def work(now):
    """What the worker does about closing and sealing, as app.py says it."""
    with transaction():
        for challenge_id in queries.due_to_seal(now):
            operations.seal_at_closing(challenge_id, now)


def take_back(cast, now):
    (row,) = [r for r in queries.extensions_granted(cast.challenge) if r.ended_at is None]
    write(operations.take_back_extension, cast.lead, reference=cast.reference, extension_id=row.id, now=now)


def test_the_list_of_suppliers_does_not_name_one_whose_pitch_is_typed(bare_app, cast, now):
    with bare_app.app_context():
        typed(cast, now)
        db.session.remove()
    lead = browser_of(bare_app, cast.lead)
    lead.get(f"/manage/challenges/{cast.reference}/longer/new")
    assert SUPPLIER.name not in lead.html


def test_taking_back_after_reopening_tells_no_step_in_the_numbers(app, cast, now):
    sent(cast, now, person=cast.gwen, organisation=cast.gannet)
    lengthen(cast, now)
    before = queries.count(cast.challenge, closing(cast) - MINUTES)
    at = closing(cast) + HOURS
    settled(cast, at)
    sent(cast, at)
    db.session.remove()
    propose(cast, at)
    agree(cast, at)
    take_back(cast, at + MINUTES)
    assert queries.count(cast.challenge, at + MINUTES) in (None, before)


def test_after_reopening_no_sending_enters_the_log_without_its_start(app, cast, now):
    lengthen(cast, now)
    at = closing(cast) + HOURS
    settled(cast, at)
    pitch = sent(cast, at)
    db.session.remove()
    propose(cast, at)
    agree(cast, at)
    save(pitch, 1, "Better words than those.", cast.rosa, at + MINUTES)
    submit(cast, pitch, at + MINUTES)
    started_ = {e["object"] for e in chain() if e["action"] == "pitch.start"}
    acted = {e["object"] for e in chain() if e["action"] in {"pitch.change", "pitch.submit"}}
    assert acted <= started_, "whoever acts without having started began in the longer time"


def test_cancelling_does_not_tell_that_the_supplier_acted(app, cast, now):
    lengthen(cast, now)
    at = closing(cast) + HOURS
    settled(cast, at)
    sent(cast, at)
    before = len(chain())
    db.session.remove()
    cancel(cast, at + HOURS)
    work(at + HOURS)
    told = [e for e in chain()[before:] if e["action"].startswith("pitch.")]
    assert told == []


def test_cancelling_loses_no_entry_that_waits(app, cast, now):
    """Without anybody having longer: withdrawn between closing and opening, then cancelled."""
    pitch = sent(cast, now, person=cast.gwen, organisation=cast.gannet)
    at = closing(cast) + HOURS
    settled(cast, at)
    write(operations.withdraw, cast.gwen, reference=pitch, now=at)
    db.session.remove()
    cancel(cast, at + HOURS)
    for hour in range(1, 4):
        work(at + hour * HOURS)
    assert db.session.scalars(select(WaitingEntry)).all() == [], "nothing will ever enter it"


@pytest.mark.parametrize(
    "person", ["99999999999999999999999", "-1", "0", "2147483648", "9223372036854775808"]
)
def test_a_huge_number_of_a_person_is_no_error(bare_app, cast, now, person):
    lead = browser_of(bare_app, cast.lead)
    assert lead.get(f"/manage/challenges/{cast.reference}/longer/new?person={person}").status_code == 200


def test_staff_cannot_erase_whoever_still_writes(app, cast, now):
    lengthen(cast, now, organisation=cast.gannet)
    at = closing(cast) + HOURS
    settled(cast, at)
    pitch = started(cast, at, person=cast.gwen, organisation=cast.gannet)
    save(pitch, 1, "Half of my words.", cast.gwen, at)
    db.session.remove()
    with pytest.raises(RuleViolation, match="Whether they pitch is sealed"), transaction():
        privacy.erase_other(
            actor(cast.admin, at), person_id=cast.gwen, reason="File 7", parts=parts(), now=at
        )


def test_the_number_of_unsent_pitches_on_the_retention_page_is_not_theirs(app, cast, now):
    """30 days after the common closing, two after 28 days more, nothing being opened yet."""
    db.session.get_one(Challenge, cast.challenge).judging_deadline = now + 90 * DAYS
    db.session.commit()
    lengthen(cast, now, closes_at=closing(cast) + 28 * DAYS)
    at = closing(cast) + HOURS
    settled(cast, at)
    started(cast, at)
    assert queries.count(cast.challenge, closing(cast) + 31 * DAYS) is None, (
        "not opened, so no number is told"
    )
    settled(cast, closing(cast) + 31 * DAYS)
    assert pitch_privacy.unsent_due(closing(cast) + DAYS).count == 0


def test_a_short_period_does_not_purge_what_is_still_written(app, cast, now):
    lengthen(cast, now, closes_at=closing(cast) + 6 * DAYS)
    at = closing(cast) + 4 * DAYS
    settled(cast, closing(cast) + HOURS)
    pitch = started(cast, at)
    save(pitch, 1, "Half of my words.", cast.rosa, at)
    with transaction():
        removed = remove_unsent(at - 3 * DAYS, at, 100)
    assert removed == 0


def test_taken_back_just_before_closing_what_came_later_does_not_count(app, cast, now):
    lengthen(cast, now)
    at = closing(cast)
    sent(cast, at + timedelta(seconds=2))
    db.session.remove()
    with pytest.raises((NotAllowed, TooLate, RuleViolation)):
        take_back(cast, at - timedelta(seconds=1))
    assert queries.count(cast.challenge, at + MINUTES) in (None, 0)


def test_what_waited_enters_in_order_of_its_time(app, cast, now):
    lengthen(cast, now)
    at = closing(cast) + HOURS
    settled(cast, at)
    sent(cast, at)
    assert len(db.session.scalars(select(WaitingEntry)).all()) == 2
