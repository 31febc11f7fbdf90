"""A challenge is cancelled: what was written stays the supplier's, unread, and goes in its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from pitchfest.challenges import operations as challenge_operations
from pitchfest.db import transaction
from pitchfest.kernel.errors import Conflict, NotFound
from pitchfest.pitches import operations
from pitchfest.pitches.operations.privacy import remove_unsent
from pitchfest.pitches.queries.privacy import unsent_due
from pitchfest.pitches.queries.revealed import due_to_seal
from tests.pitches.another_way import typed
from tests.pitches.cast import a_cast, closing, read_mail, save, sent, started, told, write
from tests.support.signing_in import browser_of

REASON = "The money for it was taken away yesterday."


@pytest.fixture
def cast(app: Flask, now):
    return a_cast(now)


def cancel(cast, now):
    write(
        challenge_operations.propose_cancelling, cast.lead, reference=cast.reference, reason=REASON, now=now
    )
    write(challenge_operations.confirm_cancelling, cast.approver, reference=cast.reference, now=now)


def test_all_who_hold_a_pitch_are_told_why(app, cast, now):
    sent(cast, now)
    started(cast, now, person=cast.gwen, organisation=cast.gannet)
    cancel(cast, now)
    for person in (cast.rosa, cast.gwen):
        assert REASON in read_mail(app, person, now, "challenge_cancelled").body
    assert told("challenge_cancelled") == sorted([cast.rosa, cast.gwen])


def test_nothing_more_is_written_sent_or_opened(cast, now):
    pitch = sent(cast, now)
    cancel(cast, now)
    with pytest.raises(Conflict):
        save(pitch, 1, "Another answer.", cast.rosa, now)
    later = closing(cast) + timedelta(minutes=3)
    with pytest.raises(Conflict, match="stay sealed"):
        write(operations.propose_opening, cast.lead, reference=cast.reference, now=later)


def test_the_supplier_reads_why_and_their_own_words(app, cast, now):
    pitch = sent(cast, now, words="kingfishers of Moorgate")
    cancel(cast, now)
    rosa = browser_of(app, cast.rosa)
    rosa.get("/pitches")
    assert "Challenge cancelled" in rosa.text
    rosa.get(f"/pitches/{pitch}")
    assert "Nobody has read this pitch, and nobody will" in rosa.text
    assert "Send it" not in rosa.text
    rosa.get(f"/pitches/{pitch}/check")
    assert "kingfishers of Moorgate" in rosa.text
    assert "was cancelled, so nothing more can be sent" in rosa.text


def test_its_words_are_removed_when_their_time_is_over(cast, now):
    sent(cast, now)
    due = unsent_due(closing(cast)).count
    cancel(cast, now)
    assert unsent_due(closing(cast)).count == due + 1
    with transaction():
        assert remove_unsent(closing(cast), now + timedelta(days=100), 10) == due + 1
    assert unsent_due(closing(cast)).count == 0


def test_the_clock_tells_nobody_that_a_cancelled_challenge_closed(cast, now):
    pitch = typed(cast, now)
    sent(cast, now)
    cancel(cast, now)
    with transaction():
        operations.seal_at_closing(cast.challenge, now)
    assert told("pitch_closed") == []
    with pytest.raises(NotFound):
        save(pitch, 1, "More.", cast.officer, now)
    assert due_to_seal(now) == []
