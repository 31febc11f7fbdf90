"""Sending, receipts, sending again, and withdrawing."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.audit import queries as audit
from pitchfest.audit.rules import first_break, parse_anchor
from pitchfest.challenges.models import Snapshot
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.kernel.clock import iso, say_moment
from pitchfest.kernel.errors import Conflict, NotAllowed, RuleViolation, StaleForm, TooLate
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import Submission
from pitchfest.pitches.queries import sealed
from pitchfest.pitches.rules.states import PitchRight, PitchState
from tests.pitches.cast import (
    PRICE,
    WORDS,
    actor,
    closing,
    opened,
    opening_record,
    read_mail,
    save,
    sending,
    sent,
    set_state,
    started,
    write,
)
from tests.support.signing_in import browser_of


def row(cast, pitch, now):
    return sealed.own(actor=actor(cast.rosa), now=now, reference=pitch)


def submit(cast, pitch, now, person=None, **values):
    values = {"declared": True, "expected_version": None, **values}
    return write(operations.submit, person or cast.rosa, reference=pitch, now=now, **values)


def test_nothing_is_sent_until_all_of_it_is_ready_and_declared(app, cast, now):
    pitch = started(cast, now)
    save(pitch, 1, "word " * 222, cast.rosa, now)
    save(pitch, 2, "Fine.", cast.rosa, now)
    save(pitch, 4, '[{"label": "All", "pence": 0}]', cast.rosa, now)
    with pytest.raises(RuleViolation) as refusal:
        submit(cast, pitch, now)
    assert [p.message.replace("\u00a0", " ") for p in refusal.value.problems] == [
        "Question 1: 22 words too long",
        "Question 3: answer this question",
        "Question 4: your price must be more than £0",
    ]
    for position, text in {**WORDS, 4: PRICE}.items():
        save(pitch, position, text, cast.rosa, now)
    with pytest.raises(RuleViolation, match="Tick the box"):
        submit(cast, pitch, now, declared=False)
    assert db.session.execute(select(Submission.id)).all() == []
    assert submit(cast, pitch, now) == 1
    assert row(cast, pitch, now).state == PitchState.SUBMITTED


def test_sending_from_a_second_window_says_that_it_is_in(app, cast, now):
    """And a copy that was changed meanwhile is told as before."""
    pitch = started(cast, now)
    for position, text in {**WORDS, 4: PRICE}.items():
        save(pitch, position, text, cast.rosa, now)
    page = f"/pitches/{pitch}/check"
    first, second = browser_of(app, cast.rosa), browser_of(app, cast.rosa)
    for window in (first, second):
        window.get(page)
    first.send(page, action="/check", declared="y")
    assert "Your pitch is in" in first.text
    found = sending(pitch, cast.rosa, now)
    answer = second.send(page, action="/check", declared="y")
    assert answer.status_code == 422
    at = say_moment(found.at).replace("\u00a0", " ")
    assert f"Rosa Whitfield sent this pitch already, at {at}. It is in." in second.text
    assert f"/pitches/{pitch}/receipts/1" in second.html
    for wrong in ("changed this pitch", "Nothing was sent", "What you filled in is here"):
        assert wrong not in second.text
    assert len(db.session.scalars(select(Submission.id)).all()) == 1
    stale = row(cast, pitch, now).version - 1
    save(pitch, 1, "Changed since.", cast.rosa, now)
    with pytest.raises(StaleForm, match="Nothing was sent"):
        submit(cast, pitch, now, expected_version=stale)


@pytest.mark.parametrize(("words", "fits"), [(199, True), (200, True), (201, False)])
def test_the_word_limit_is_a_hard_one(app, cast, now, words, fits):
    pitch = started(cast, now)
    for position, text in {**WORDS, 1: "word " * words, 4: PRICE}.items():
        save(pitch, position, text, cast.rosa, now)
    if fits:
        submit(cast, pitch, now)
    else:
        with pytest.raises(RuleViolation, match=r"1.word too long"):
            submit(cast, pitch, now)


def test_the_receipt_can_be_worked_out_again_from_the_copy(app, cast, now):
    body = "{}"
    db.session.add(
        Snapshot(
            challenge_id=cast.challenge,
            number=1,
            body=body,
            sha256=hashlib.sha256(body.encode()).hexdigest(),
            published_by_id=cast.officer,
            at=now,
        )
    )
    db.session.commit()
    pitch = sent(cast, now)
    found = sending(pitch, cast.rosa, now)
    record = {
        "reference": pitch,
        "challenge": cast.reference,
        "snapshot_sha256": hashlib.sha256(b"{}").hexdigest(),
        "number": 1,
        "at": iso(now),
        "answers": {"1": WORDS[1], "2": WORDS[2], "3": WORDS[3], "4": PRICE},
        "random": found.random,
        "organisation": {"name": "Kestrel Rounds", "number": "", "place": "Testford", "size": "small"},
    }
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert found.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert len(bytes.fromhex(found.random)) == 16


def test_the_receipt_names_its_entry_in_the_log(app, cast, now):
    pitch = sent(cast, now)
    found = row(cast, pitch, now)
    anchor = sealed.anchor(found, sending(pitch, cast.rosa, now))
    assert first_break(audit.chain(), [parse_anchor(anchor)])[1] is None


def test_what_was_sent_stays_in_until_a_newer_one_is_sent(app, cast, now):
    pitch = sent(cast, now)
    first = sending(pitch, cast.rosa, now)
    with pytest.raises(RuleViolation, match="nothing to send"):
        submit(cast, pitch, now)
    later = now + timedelta(hours=1)
    save(pitch, 1, "A better answer.", cast.rosa, later)
    assert sending(pitch, cast.rosa, now) == first
    assert submit(cast, pitch, later) == 2
    second = sending(pitch, cast.rosa, now)
    assert (second.number, second.at) == (2, later)
    assert "A better answer." in second.answers.values()
    assert sending(pitch, cast.rosa, now, 1) == first
    assert row(cast, pitch, later).changing_since is None


def test_nobody_sends_words_that_they_have_not_seen(app, cast, now):
    pitch = sent(cast, now)
    write(
        operations.give_right,
        cast.rosa,
        reference=pitch,
        person_id=cast.imran,
        right=PitchRight.EDIT,
        now=now,
    )
    save(pitch, 1, "Rosa's last word.", cast.rosa, now)
    seen = row(cast, pitch, now).version
    save(pitch, 1, "Imran's very last word.", cast.imran, now)
    with pytest.raises(StaleForm, match="Imran Sadiq changed this pitch"):
        submit(cast, pitch, now, expected_version=seen)
    with pytest.raises(NotAllowed):
        submit(cast, pitch, now, person=cast.imran)
    assert submit(cast, pitch, now, expected_version=row(cast, pitch, now).version) == 2


@pytest.mark.parametrize("late", [-1, 0, 42])
def test_sending_counts_to_the_second(app, cast, now, late):
    pitch = sent(cast, now)
    save(pitch, 1, "Changed.", cast.rosa, now)
    at = closing(cast) + timedelta(seconds=late)
    if late < 0:
        assert submit(cast, pitch, at) == 2
    else:
        with pytest.raises(TooLate, match=f"You missed it by {late or 'less than a'}.second"):
            submit(cast, pitch, at)
        assert sending(pitch, cast.rosa, at).number == 1


def letters(person):
    return [m for m in mail.to_person(person) if m.kind.startswith("pitch_")]


def test_the_receipt_is_mailed_with_a_full_copy_to_those_who_may_read_it(app, cast, now):
    pitch = sent(cast, now)
    assert letters(cast.imran) == letters(cast.lead) == []
    words = read_mail(app, cast.rosa, now, "pitch_receipt")
    assert words.subject == f"Receipt for your pitch {pitch}"
    found = sending(pitch, cast.rosa, now)
    for part in (*WORDS.values(), "Everything: £50,000", found.sha256, "09:00:00 on Monday 23"):
        assert part in words.body.replace("\u00a0", " ")
    assert mail.overview(number=1, size=50) == ([], 0, 1)


def test_a_receipt_is_not_read_by_someone_whose_right_has_ended(app, cast, now):
    pitch = sent(cast, now)
    write(
        operations.give_right,
        cast.rosa,
        reference=pitch,
        person_id=cast.imran,
        right=PitchRight.SUBMIT,
        now=now,
    )
    write(operations.take_right, cast.imran, reference=pitch, person_id=cast.rosa, now=now)
    (message,) = letters(cast.rosa)
    with app.test_request_context("/"):
        assert render(message, now=now) is None


def test_withdrawing_before_the_opening_leaves_only_a_count(app, cast, now):
    pitch = sent(cast, now)
    sent(cast, now, person=cast.gwen, organisation=cast.gannet)
    write(operations.withdraw, cast.rosa, reference=pitch, now=now)
    assert queries.count(cast.challenge, now) == 1
    with pytest.raises(Conflict):
        write(operations.withdraw, cast.rosa, reference=pitch, now=now)
    opened(cast)
    assert [p.organisation_name for p in queries.opened(cast.challenge)] == ["Gannet Data"]
    record = opening_record(cast).record
    assert record["withdrawn_before"] == 1
    assert pitch not in json.dumps(record)
    words = read_mail(app, cast.rosa, now, "pitch_withdrawn")
    assert "Nobody has read it" in words.body


def test_withdrawing_after_the_opening_stays_in_the_record_and_is_confirmed(app, cast, now):
    pitch = sent(cast, now)
    at = opened(cast)
    write(operations.withdraw, cast.rosa, reference=pitch, now=at)
    (found,) = queries.opened(cast.challenge)
    assert (found.state, found.withdrawn_at) == (PitchState.WITHDRAWN, at)
    assert queries.opened_answers([found.id])[found.id]
    assert queries.count(cast.challenge, at) == 0
    words = read_mail(app, cast.rosa, at, "pitch_withdrawn")
    assert "It stays in the record" in words.body
    entries, _ = audit.page(number=1, size=1, action="pitch.withdraw")
    assert entries[0]["object"] == f"pitch:{pitch}"


def test_after_release_nobody_withdraws(app, cast, now):
    pitch = sent(cast, now)
    at = opened(cast)
    set_state(cast, ChallengeState.AWARDED)
    with pytest.raises(RuleViolation, match="results are out"):
        write(operations.withdraw, cast.rosa, reference=pitch, now=at)
