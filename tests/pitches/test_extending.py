"""The numbers that staff may see, the prompt where few pitches came in, and more time for everyone."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pitchfest.awards.queries import assurance
from pitchfest.challenges import operations as challenge_operations
from pitchfest.challenges import queries as challenges
from pitchfest.db import db
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm
from pitchfest.mail.models import OutboxMessage
from pitchfest.pitches import operations, queries
from pitchfest.pitches.queries import Numbers
from tests.pitches.cast import a_cast as the_cast
from tests.pitches.cast import actor, closing, read_mail, save, sending, sent, set_state, started, write
from tests.support import builders
from tests.support.client import PageClient
from tests.support.signing_in import browser_of
from tests.support.statements import counted

REASON = "The site was down for two hours on Thursday."


def a_cast(now: datetime):
    """The people, and a challenge that closes in four days, on a Friday."""
    return the_cast(now, closes_at=now + timedelta(days=4))


def extend(cast, now, later, *, who=None, reason=REASON, version=None):
    write(
        challenge_operations.extend,
        who or cast.lead,
        reference=cast.reference,
        closes_at=later,
        reason=reason,
        expected_version=version,
        now=now,
    )


def told(kind="challenge_extended"):
    rows = db.session.execute(
        select(OutboxMessage.person_id, OutboxMessage.due_at, OutboxMessage.about_sealed)
        .where(OutboxMessage.kind == kind)
        .order_by(OutboxMessage.person_id)
    )
    return [tuple(row) for row in rows]


def test_staff_see_how_many_were_started_and_sent_and_nothing_else(app: Flask, now):
    cast = a_cast(now)
    sent(cast, now)
    started(cast, now, person=cast.gwen, organisation=cast.gannet)
    assert queries.numbers([cast.challenge], now) == {cast.challenge: Numbers(started=1, sent=1)}
    for who in (cast.officer, cast.admin):
        page = browser_of(app, who)
        page.get("/manage/challenges")
        assert "1 started, 1 sent" in page.text
        assert "Kestrel" not in page.text
    page = browser_of(app, cast.officer)
    page.get(f"/manage/challenges/{cast.reference}")
    assert "1 started, 1 sent" in page.text
    assert "Gannet" not in page.text


def test_after_closing_nobody_learns_of_drafts(app: Flask, now, clock):
    cast = a_cast(now)
    started(cast, now)
    clock.move(days=5)
    page = browser_of(app, cast.officer)
    page.get("/manage/challenges")
    assert "started" not in page.text
    page.get(f"/manage/challenges/{cast.reference}")
    assert "started" not in page.text


def test_the_list_asks_for_the_numbers_in_one_statement(app: Flask, now):
    cast = a_cast(now)
    page = browser_of(app, cast.officer)
    page.get("/manage/challenges")  # the region's row is read once
    with counted() as one:
        page.get("/manage/challenges")
    for _ in range(2):
        builders.a_challenge(state=challenges.by_id(cast.challenge, now).state, officer=cast.officer, now=now)
    with counted() as three:
        page.get("/manage/challenges")
    assert len(three) == len(one)


def prompts(person: int, now: datetime) -> list[str]:
    return [t.text for t in queries.waiting(actor(person), now) if t.endpoint == "pitch_desk.few"]


def test_a_week_before_closing_staff_are_asked_where_fewer_than_three_were_sent(app: Flask, now):
    cast = the_cast(now, closes_at=now + timedelta(days=8))
    assert prompts(cast.officer, now) == []
    soon = now + timedelta(days=1)
    assert prompts(cast.officer, soon)[0].startswith("No pitch for “Clear the right drain")
    sent(cast, soon)
    assert prompts(cast.lead, soon)[0].startswith("Only 1")
    assert prompts(cast.lead, soon)[0].endswith(": extend for all or tell more people")
    assert prompts(cast.officer, soon)[0].endswith(": tell more people"), "extending is the lead’s"
    assert prompts(cast.approver, soon) == []
    assert prompts(cast.rosa, soon) == []
    for name in ("Alder", "Birch"):
        own = builders.an_organisation(name)
        sent(cast, soon, person=builders.a_person(name, organisation=own), organisation=own)
    assert prompts(cast.officer, soon) == []
    assert prompts(cast.officer, closing(cast)) == []


def test_everyone_who_holds_a_pitch_is_told_at_once_and_what_was_sent_stays(app: Flask, now):
    cast = a_cast(now)
    pitch = sent(cast, now)
    started(cast, now, person=cast.gwen, organisation=cast.gannet)
    before, later = closing(cast), closing(cast) + timedelta(days=5)
    extend(cast, now, later)
    assert told() == [(person, now, True) for person in sorted([cast.rosa, cast.gwen])]
    mail = read_mail(app, cast.gwen, now, "challenge_extended")
    assert REASON in mail.body
    assert queries.numbers([cast.challenge], now)[cast.challenge] == Numbers(started=1, sent=1)
    write(operations.change, cast.rosa, reference=pitch, now=before + timedelta(hours=1))
    row = challenges.by_reference(cast.reference, before + timedelta(hours=1))
    assert (row.effective, row.closes_at) == ("open", later)


def test_it_is_published_anew_and_the_earlier_record_can_still_be_read(
    app: Flask, now, client: PageClient, clock
):
    cast = a_cast(now)
    version = challenges.by_id(cast.challenge, now).version
    before, later = closing(cast), closing(cast) + timedelta(days=20)
    extend(cast, now, later)
    extend(cast, now, later + timedelta(days=7))
    row = challenges.by_id(cast.challenge, now)
    assert row.version == version + 2
    assert row.judging_deadline is not None
    assert row.judging_deadline > later + timedelta(days=7)
    first, second = (json.loads(challenges.snapshot_body(cast.challenge, n)) for n in (1, 2))
    assert first["dates"]["closes_at"] < second["dates"]["closes_at"]
    client.get(f"/challenges/{cast.reference}")
    assert client.text.count("Extended on") == 2
    assert "First published at 10am on Saturday" in client.text
    found = assurance(row, actor(cast.lead), now)
    assert [record.number for record in found.snapshots] == [1, 2], "every record, the oldest first"
    assert REASON in client.text
    assert f"/challenges/{cast.reference}/snapshots/1.json" in client.html
    assert client.get(f"/challenges/{cast.reference}/snapshots/1.json").status_code == 200
    assert [e.closed_before for e in challenges.extensions(cast.challenge)] == [later, before]


def test_the_receipt_of_what_was_sent_before_still_proves_it(app: Flask, now):
    cast = a_cast(now)
    extend(cast, now, closing(cast) + timedelta(days=5))  # record 1
    pitch = sent(cast, now)
    extend(cast, now, closing(cast) + timedelta(days=5))  # record 2
    write(operations.change, cast.rosa, reference=pitch, now=now)
    save(pitch, 1, "We also listen to the drains.", cast.rosa, now)
    write(operations.submit, cast.rosa, reference=pitch, declared=True, expected_version=None, now=now)
    rosa = browser_of(app, cast.rosa)
    for number in (1, 2):
        record = rosa.get(f"/pitches/{pitch}/receipts/{number}.json").data
        assert hashlib.sha256(record).hexdigest() == sending(pitch, cast.rosa, now, number).sha256


def test_only_the_lead_only_before_closing_and_only_for_a_reason(app: Flask, now):
    cast = a_cast(now)
    later = closing(cast) + timedelta(days=5)
    with pytest.raises(NotAllowed):
        extend(cast, now, later, who=cast.officer)
    with pytest.raises(NotFound):
        extend(cast, now, later, who=cast.rosa)
    with pytest.raises(RuleViolation, match="reason"):
        extend(cast, now, later, reason="Because")
    with pytest.raises(RuleViolation, match="working day"):
        extend(cast, now, closing(cast))
    with pytest.raises(StaleForm):
        extend(cast, now, later, version=99)
    with pytest.raises(Conflict):
        extend(cast, closing(cast), later)
    set_state(cast, challenges.by_id(cast.challenge, now).state.__class__.JUDGING)
    with pytest.raises(Conflict):
        extend(cast, now, later)
    assert told() == []


def test_the_lead_sees_every_date_before_confirming(app: Flask, now, clock):
    cast = a_cast(now)
    started(cast, now)
    lead, address = browser_of(app, cast.lead), f"/manage/challenges/{cast.reference}/extend"
    later = closing(cast) + timedelta(days=20)
    when = {
        "closes_at-day": str(later.day),
        "closes_at-month": str(later.month),
        "closes_at-year": str(later.year),
        "closes_at-time": "11am",
    }
    answer = lead.fill(address, action="/extend", reason="No", fields=when, act="check")
    assert answer.status_code == 422
    sooner = closing(cast) + timedelta(days=5)
    fields = when | {"closes_at-day": str(sooner.day), "closes_at-month": str(sooner.month)}
    lead.fill(address, action="/extend", reason=REASON, fields=fields, act="check")
    assert "Judges would have 3 working days after closing, and now have 5." in lead.text
    lead.fill(address, action="/extend", reason=REASON, fields=when, act="check")
    assert "Judges finish" in lead.text
    assert "Judges would have" not in lead.text
    assert told() == []
    lead.send(address, action="/extend", act="change")
    assert REASON in lead.html
    lead.send(address, action="/extend", act="check")
    lead.send(address, action="/extend", act="extend")
    assert "Extended for everyone" in lead.text
    assert [person for person, _, _ in told()] == [cast.rosa]
    officer = browser_of(app, cast.officer)
    officer.get(f"/manage/challenges/{cast.reference}/few-pitches")
    assert "The procurement lead can do this" in officer.text


def test_a_closing_on_a_day_off_is_said_and_not_refused(app: Flask, now):
    cast = a_cast(now)
    lead, address = browser_of(app, cast.lead), f"/manage/challenges/{cast.reference}/extend"
    for days, day_off in ((7, False), (8, True)):
        later = closing(cast) + timedelta(days=days)
        when = {
            "closes_at-day": str(later.day),
            "closes_at-month": str(later.month),
            "closes_at-year": str(later.year),
            "closes_at-time": "11am",
        }
        lead.fill(address, action="/extend", reason=REASON, fields=when, act="check")
        assert "Check the new dates" in lead.text
        assert ("It closes on a Saturday, when few people are at work" in lead.text) is day_off


def test_a_closing_when_nobody_is_at_work_is_said_and_not_refused(app: Flask, now):
    cast = a_cast(now)
    lead, address = browser_of(app, cast.lead), f"/manage/challenges/{cast.reference}/extend"
    later = closing(cast) + timedelta(days=7)
    for at, advised in (("11am", False), ("23:59", True)):
        when = {
            "closes_at-day": str(later.day),
            "closes_at-month": str(later.month),
            "closes_at-year": str(later.year),
            "closes_at-time": at,
        }
        lead.fill(address, action="/extend", reason=REASON, fields=when, act="check")
        assert "Check the new dates" in lead.text
        words = "It closes at 11:59pm. Suppliers who meet a fault in the last hour find nobody to help."
        assert (words in lead.text) is advised


def test_whoever_lost_their_right_is_not_told_any_more(app: Flask, now):
    cast = a_cast(now)
    pitch = started(cast, now)
    extend(cast, now, closing(cast) + timedelta(days=5))
    write(operations.withdraw, cast.rosa, reference=pitch, now=now)
    with pytest.raises(AssertionError):
        read_mail(app, cast.rosa, now, "challenge_extended")
