"""What judges and recipients of mail can tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.operations import enqueue
from pitchfest.mail.rules import Delivery
from pitchfest.pitches import queries
from tests.pitches.cast import closing, open_all, sent
from tests.pitches.test_personal_extensions import REASON, lengthen, settled
from tests.support import builders
from tests.support.signing_in import browser_of

HOURS, DAYS, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


@pytest.mark.parametrize("who", ["officer", "approver", "lead"])
def test_a_judge_does_not_read_who_has_longer_and_why(bare_app, cast, now, who):
    """The mail says "Nobody who judges is told", the form "the supplier and judges cannot" read it."""
    with bare_app.app_context():
        lengthen(cast, now)
        builders.a_panel_member(
            challenge=cast.challenge, person=getattr(cast, who), invited_by=cast.officer, now=now
        )
        db.session.commit()
        db.session.remove()
    judge = browser_of(bare_app, getattr(cast, who))
    judge.get(f"/manage/challenges/{cast.reference}/longer")
    assert REASON not in judge.text
    assert "Kestrel Rounds" not in judge.text


@pytest.mark.parametrize("who", ["champion", "observer"])
def test_after_the_opening_a_reader_does_not_read_why(bare_app, cast, now, clock, who):
    """Whoever decides, and champions who judge, read the opening record's page; here the reason too."""
    with bare_app.app_context():
        db.session.get_one(Challenge, cast.challenge).decision_maker_id = cast.champion
        db.session.commit()
        lengthen(cast, now)
        sent(cast, now)
        over = closing(cast) + 2 * DAYS + 3 * MINUTES
        settled(cast, over)
        open_all(cast, over)
        db.session.remove()
    clock.go_to(over + HOURS)
    reader = browser_of(bare_app, getattr(cast, who))
    reader.get(f"/manage/challenges/{cast.reference}/longer")
    assert REASON not in reader.text


def a_message(person, now):
    """Something, whatever it is, that a person is told; its number, which stands in its address."""
    with transaction():
        enqueue("question_moved", now=now, person_id=person)
    return db.session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id.desc())).first()


def test_who_granted_longer_does_not_judge(app, cast, now):
    """Who typed a pitch stays off the panel; whoever knows a supplier's disability may still judge it."""

    lengthen(cast, now)
    assert queries.typed_or_brought(cast.lead, cast.challenge), "nothing keeps the lead off the panel"


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_health_page_does_not_tell_that_mail_waits(bare_app, cast, now, clock, client):
    """Everybody's mail is out; in the night after the closing only the supplier with more time acts."""
    with bare_app.app_context():
        lengthen(cast, now)
        at = closing(cast) + HOURS
        settled(cast, at)
        with transaction():
            db.session.execute(update(OutboxMessage).values(state=Delivery.SENT))
        db.session.remove()
    clock.go_to(at + 5 * MINUTES)
    before = client.get("/healthz").get_data(as_text=True)
    admin = browser_of(bare_app, cast.admin)
    page = admin.get("/admin").get_data(as_text=True)
    with bare_app.app_context():
        sent(cast, at)
        db.session.remove()
    assert client.get("/healthz").get_data(as_text=True) == before
    assert admin.get("/admin").get_data(as_text=True) == page
