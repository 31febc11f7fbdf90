"""What is only kept for a while goes, and nothing else does."""

from sqlalchemy import func, select

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import OneTimeLink, ParkedForm, ProofCode, SignUp, Throttle, UserSession
from pitchfest.accounts.rules import Size
from pitchfest.db import db, transaction
from pitchfest.web.idempotency import FormReceipt, sweep
from tests.accounts.people import actor_in, link_in, sent
from tests.support import builders as make

KEPT_FOR_A_WHILE = (OneTimeLink, ParkedForm, ProofCode, SignUp, Throttle, UserSession)


def counts():
    db.session.rollback()
    return {
        m.__name__: db.session.execute(select(func.count()).select_from(m)).scalar_one()
        for m in KEPT_FOR_A_WHILE
    }


def one_of_each(app, person, now):
    with transaction():
        token = operations.start_session(person, now=now)
        operations.park(person, path="/x", fields=[("name", "some words")], now=now)
        operations.attempt(operations.attempt_keys("a@b.example", browser="b", address="c"), now=now)
        operations.sign_up(
            name="R",
            email="r@kestrel.example",
            password_hash=None,
            organisation_name="K",
            size=Size.SMALL,
            place="B",
            now=now,
        )
    with transaction():
        operations.send_code(actor_in(token, now), now=now)
    link_in(app, sent("confirm")[0])


def test_everything_goes_in_its_time(app, clock, now):
    make.a_region()
    one_of_each(app, make.a_person("Rosa"), now)
    assert min(counts().values()) >= 1
    operations.sweep(clock.now)
    assert min(counts().values()) >= 1
    clock.move(hours=24)
    operations.sweep(clock.now)
    assert {name for name, count in counts().items() if not count} == {"Throttle", "ParkedForm"}
    clock.move(days=21)
    assert operations.sweep(clock.now) == 4
    assert set(counts().values()) == {0}
    assert operations.sweep(clock.now) == 0


def test_only_the_newest_twenty_parked_texts_of_a_person_stay(app, now):
    rosa, other = make.a_person("Rosa"), make.a_person("Dafydd")
    with transaction():
        operations.park(other, path="/x", fields=[("name", "untouched")], now=now)
        for number in range(25):
            operations.park(rosa, path="/x", fields=[("name", f"text {number}")], now=now)
    texts = [kept.fields[0][1] for kept in queries.kept_forms(rosa, now)]
    assert texts == [f"text {number}" for number in range(24, 4, -1)]
    assert len(queries.kept_forms(other, now)) == 1


def test_receipts_of_forms_go_after_two_days(app, client, clock):
    make.a_region()
    client.fill("/sign-in/link", email="nobody@people.example")
    assert db.session.query(FormReceipt).count() == 1
    clock.move(hours=47)
    sweep(clock.now)
    assert db.session.query(FormReceipt).count() == 1
    clock.move(hours=2)
    sweep(clock.now)
    db.session.rollback()
    assert db.session.query(FormReceipt).count() == 0
