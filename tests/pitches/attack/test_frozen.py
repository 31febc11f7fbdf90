"""Attacks on what is frozen with a sending, and on pages about one person."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.accounts.models import Organisation
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Role
from pitchfest.pitches import operations
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.queries import saved_pages
from pitchfest.privacy import operations as privacy
from tests.pitches.attack.test_longer_pages import picture
from tests.pitches.attack.test_practice_and_forms import a_practice
from tests.pitches.cast import actor, closing, save, sending, sent, started, write
from tests.pitches.test_personal_extensions import lengthen, settled
from tests.privacy.region import parts, where_it_stands
from tests.support import builders
from tests.support.signing_in import browser_of

HOURS, DAYS, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def test_erasing_leaves_no_name_in_what_practice_froze(app, cast, now):
    """Practice organisations were named after their person once; erasing renames them."""
    challenge, reference = a_practice(cast, now)
    pitch = write(operations.take_part, cast.approver, reference=reference, now=now)
    row = db.session.scalars(select(Pitch).where(Pitch.reference == pitch)).one()
    db.session.get_one(Organisation, row.organisation_id).name = "Arthur Pell (practice)"
    db.session.commit()
    for position in (1, 2, 3):
        save(pitch, position, "Some words of practice.", cast.approver, now)
    write(operations.submit, cast.approver, reference=pitch, declared=True, expected_version=None, now=now)
    db.session.get_one(Challenge, challenge).closes_at = now
    db.session.commit()
    builders.a_person("Another Approver", Role.APPROVER)
    with transaction():
        privacy.erase_own(actor(cast.approver, now), parts=parts(), now=now)
    assert list(where_it_stands("Arthur Pell")) == []


def test_each_receipt_holds_the_details_of_its_own_sending(app, cast, now):
    pitch = sent(cast, now)
    db.session.get_one(Organisation, cast.kestrel).name = "Kestrel and Sons"
    db.session.commit()
    save(pitch, 1, "Better words than those.", cast.rosa, now)
    write(operations.submit, cast.rosa, reference=pitch, declared=True, expected_version=None, now=now)
    names = [sending(pitch, cast.rosa, now, n).organisation["name"] for n in (1, 2)]
    assert names == ["Kestrel Rounds", "Kestrel and Sons"]
    rosa = browser_of(app, cast.rosa)
    for n in (1, 2):
        answer = rosa.get(f"/pitches/{pitch}/receipts/{n}.json")
        assert answer.status_code == 200
        assert hashlib.sha256(answer.get_data()).hexdigest() == sending(pitch, cast.rosa, now, n).sha256


@pytest.mark.parametrize("engine", ["sqlite"])
def test_pages_about_the_suppliers_people_are_the_same(bare_app, cast, now, clock):
    with bare_app.app_context():
        lengthen(cast, now)
        at = closing(cast) + HOURS
        settled(cast, at)
        db.session.remove()
    clock.go_to(at + MINUTES)
    admin = browser_of(bare_app, cast.admin)
    pages = [f"/admin/people/{p}{more}" for p in (cast.rosa, cast.imran) for more in ("", "/erase")]
    pages += ["/admin/people", "/admin/log", "/admin/outbox", "/admin/retention", "/account/messages"]
    before = [picture(admin, page) for page in pages]
    with bare_app.app_context():
        pitch = sent(cast, at)
        write(operations.withdraw, cast.rosa, reference=pitch, now=at)
        db.session.remove()
    after = [picture(admin, page) for page in pages]
    assert [p for p, a, b in zip(pages, before, after, strict=True) if a != b] == []


def test_the_help_desk_does_not_see_saves_of_the_longer_time(app, cast, now):
    """ "Neither which challenge": a save after the only challenge closed says which, and by whom."""
    lengthen(cast, now)
    at = closing(cast) + HOURS
    settled(cast, at)
    before = [one.last_at for one in saved_pages(cast.rosa)]
    save(started(cast, at), 1, "Some words.", cast.rosa, at + MINUTES)
    assert [one.last_at for one in saved_pages(cast.rosa)] == before
