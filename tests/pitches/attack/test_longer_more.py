"""Smaller attacks on more time for one supplier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from pitchfest.accounts.models import Membership
from pitchfest.db import db, transaction
from tests.pitches.cast import closing, open_all, opening_record, read_mail, sent
from tests.pitches.test_cancelled import cancel
from tests.pitches.test_personal_extensions import lengthen, settled
from tests.support.signing_in import browser_of

HOURS, DAYS, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def test_what_came_in_time_is_not_marked_as_late_in_the_opening_record(app, cast, now):
    """ADR 13: "A pitch that came then is marked". One that came before the common closing did not need it."""
    lengthen(cast, now)
    sent(cast, now)
    over = closing(cast) + 2 * DAYS + 3 * MINUTES
    settled(cast, over)
    open_all(cast, over)
    assert [p.get("longer_until") for p in opening_record(cast).record["pitches"]] == [None]


def test_whoever_left_is_not_told(app, cast, now):
    """security.md: the right of access is checked again at sending."""
    lengthen(cast, now)
    with transaction():
        db.session.execute(update(Membership).where(Membership.person_id == cast.imran).values(until_at=now))
    with pytest.raises(AssertionError):
        read_mail(app, cast.imran, now + MINUTES, "personal_extension")


@pytest.mark.parametrize("acts", [True, False])
def test_cancelling_shows_the_count_of_messages_again_and_not_theirs(bare_app, cast, now, clock, acts):
    with bare_app.app_context():
        sent(cast, now, person=cast.gwen, organisation=cast.gannet)
        lengthen(cast, now)
        at = closing(cast) + HOURS
        settled(cast, at)
        if acts:
            sent(cast, at)
        db.session.remove()
    clock.go_to(at)
    admin = browser_of(bare_app, cast.admin)
    admin.get("/admin/outbox")
    assert "not told now" in admin.text
    with bare_app.app_context():
        cancel(cast, at + HOURS)
        db.session.remove()
    clock.go_to(at + 2 * HOURS)
    admin = browser_of(bare_app, cast.admin)
    admin.get("/admin/outbox")
    assert "not told now" not in admin.text
    assert "1 more message about pitches that are still sealed" in admin.text
    assert "Not counted are those" in admin.text


def test_a_cancelled_challenge_does_not_promise_a_number_at_its_opening(bare_app, cast, now, clock):
    with bare_app.app_context():
        lengthen(cast, now)
        at = closing(cast) + HOURS
        settled(cast, at)
        db.session.remove()
        cancel(cast, at)
        db.session.remove()
    clock.go_to(at + HOURS)
    gwen = browser_of(bare_app, cast.gwen)
    gwen.get(f"/challenges/{cast.reference}")
    assert "is told when they are opened" not in gwen.text
