"""Delivery to a real SMTP server on loopback, and what happens without one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import Message as Email
from typing import Any, NoReturn

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from pitchfest.accounts.queries import forget_region
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotFound
from pitchfest.mail import operations, queries
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rendering import SETUP_EXTENSION
from pitchfest.mail.rules import Context, Delivery, MailKind, MailSetup, Message
from pitchfest.mail.transport import deliver_due
from tests.support.builders import a_person, a_region
from tests.support.clock import MovableClock
from tests.support.serving import free_port


class Inbox:
    """What the receiving server got; it can be told to refuse."""

    def __init__(self) -> None:
        self.mails: list[Email] = []
        self.refuse = False

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802
        if self.refuse:
            return "451 try later"
        self.mails.append(message_from_bytes(envelope.content))  # type: ignore[attr-defined]
        return "250 taken"


@pytest.fixture
def inbox(app: Flask) -> Iterator[Inbox]:
    handler = Inbox()
    port = free_port()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    app.config["SMTP_HOST"] = "127.0.0.1"
    app.config["SMTP_PORT"] = port
    yield handler
    app.config["SMTP_HOST"] = ""
    server.stop()


@pytest.fixture
def kinds(app: Flask) -> Iterator[dict[str, bool]]:
    """`test`, a message whose right to be read the test can take away; and two that name what is gone,
    `gone` when it is read and `unlinked` when its link is made.
    """
    rights = {"allowed": True}

    def load(message: Message, _now: datetime) -> Context | None:
        return {"subject": "A line\nand another", "text": message.ids["text"]} if rights["allowed"] else None

    def gone(_message: Message, _now: datetime) -> NoReturn:
        raise NotFound

    before = app.extensions[SETUP_EXTENSION]
    app.extensions[SETUP_EXTENSION] = MailSetup(
        kinds={
            "test": MailKind("Test", load),
            "gone": MailKind("Gone", gone),
            "unlinked": MailKind("Unlinked", load, mint=gone),
        },
        recipient=before.recipient,
    )
    loader = app.jinja_env.loader
    assert loader is not None
    app.jinja_env.loader = ChoiceLoader(
        [DictLoader({"mail/test.txt": "Subject: Hello\n\n{{ text }}\n"}), loader]
    )
    yield rights
    app.jinja_env.loader = loader
    app.extensions[SETUP_EXTENSION] = before


def tell(person: int, now: datetime, text: str = "Your pitch arrived.") -> int:
    return put(now, person_id=person, text=text)


def put(now: datetime, kind: str = "test", **row: Any) -> int:
    with transaction():
        operations.enqueue(kind, now=now, **{"text": "Your pitch arrived."} | row)
    return db.session.execute(
        select(OutboxMessage.id).order_by(OutboxMessage.id.desc()).limit(1)
    ).scalar_one()


def state(message_id: int) -> Delivery:
    return queries.message(message_id).state


def test_a_message_reaches_its_person(
    app: Flask, inbox: Inbox, kinds: dict[str, bool], clock: MovableClock
) -> None:
    message = tell(a_person("Alice", email="alice@people.example"), clock.now())
    assert deliver_due(clock.now) == 1
    assert state(message) == Delivery.SENT
    [mail] = inbox.mails
    assert mail["To"] == "Alice <alice@people.example>"
    assert mail["Subject"] == "Hello"
    assert mail["Message-ID"].strip("<>") == queries.message(message).message_id
    assert "Your pitch arrived." in mail.get_payload()
    assert deliver_due(clock.now) == 0


def test_mail_comes_from_the_region_and_replies_go_where_it_says(
    app: Flask, inbox: Inbox, kinds: dict[str, bool], clock: MovableClock
) -> None:
    person = a_person("Alice")
    tell(person, clock.now())
    deliver_due(clock.now)
    a_region(demo=False)
    forget_region()
    tell(person, clock.now())
    deliver_due(clock.now)
    before, after = inbox.mails
    assert (before["From"], before["Reply-To"]) == ("Pitchfest <no-reply@localhost>", None)
    assert after["From"] == "Testshire Innovation <no-reply@testshire.gov.uk>"
    assert after["Reply-To"] == "innovation@testshire.gov.uk"


def test_a_refused_message_is_tried_again_later_under_the_same_id(
    app: Flask, inbox: Inbox, kinds: dict[str, bool], clock: MovableClock
) -> None:
    message = tell(a_person("Alice"), clock.now())
    inbox.refuse = True
    deliver_due(clock.now)
    assert state(message) == Delivery.QUEUED
    assert deliver_due(clock.now) == 0
    inbox.refuse = False
    clock.move(minutes=3)
    deliver_due(clock.now)
    assert [m["Message-ID"].strip("<>") for m in inbox.mails] == [queries.message(message).message_id]


def test_eight_refusals_are_a_failure(
    app: Flask, inbox: Inbox, kinds: dict[str, bool], clock: MovableClock
) -> None:
    message = tell(a_person("Alice"), clock.now())
    inbox.refuse = True
    for _ in range(8):
        deliver_due(clock.now)
        clock.move(days=1)
    assert state(message) == Delivery.FAILED
    assert deliver_due(clock.now) == 0


@pytest.mark.parametrize(
    ("kind", "address", "failure"),
    [
        ("test", "é@people.example", "UnicodeEncodeError"),
        ("test", "=?utf-8?q?a=0Ab?=@people.example", "ValueError"),
        ("gone", "bob@people.example", "NotFound"),
        ("unlinked", "bob@people.example", "NotFound"),
    ],
)
def test_a_message_that_cannot_be_made_waits_its_turn_and_keeps_no_other_waiting(
    app: Flask,
    inbox: Inbox,
    kinds: dict[str, bool],
    clock: MovableClock,
    kind: str,
    address: str,
    failure: str,
) -> None:
    bad = put(clock.now(), kind, address=address)
    good = tell(a_person("Alice"), clock.now())
    assert deliver_due(clock.now) == 2
    assert (state(bad), state(good)) == (Delivery.QUEUED, Delivery.SENT)
    assert db.session.get_one(OutboxMessage, bad).failure == failure
    for _ in range(7):
        clock.move(days=1)
        assert deliver_due(clock.now) == 1
    assert state(bad) == Delivery.FAILED


def test_a_right_that_ended_drops_the_message(
    app: Flask, inbox: Inbox, kinds: dict[str, bool], clock: MovableClock
) -> None:
    message = tell(a_person("Alice"), clock.now())
    kinds["allowed"] = False
    deliver_due(clock.now)
    assert state(message) == Delivery.DROPPED
    assert inbox.mails == []


def test_a_message_of_a_worker_that_died_is_sent_after_its_lease(
    app: Flask, inbox: Inbox, kinds: dict[str, bool], clock: MovableClock
) -> None:
    message = tell(a_person("Alice"), clock.now())
    with transaction():
        assert operations.claim(message, now=clock.now())
    with transaction():
        assert not operations.claim(message, now=clock.now())
    assert deliver_due(clock.now) == 0
    clock.move(minutes=6)
    assert deliver_due(clock.now) == 1
    assert state(message) == Delivery.SENT


def test_without_a_server_the_message_is_kept_for_reading_here(
    app: Flask, kinds: dict[str, bool], clock: MovableClock
) -> None:
    message = tell(a_person("Alice"), clock.now())
    deliver_due(clock.now)
    assert state(message) == Delivery.KEPT


def test_the_outbox_shows_staff_no_message_about_a_sealed_pitch(
    app: Flask, kinds: dict[str, bool], clock: MovableClock
) -> None:
    alice = a_person("Alice")
    tell(alice, clock.now())
    with transaction():
        operations.enqueue("test", now=clock.now(), person_id=alice, about_sealed=True, text="secret")
    rows, shown, sealed = queries.overview(number=1, size=10)
    assert (len(rows), shown, sealed) == (1, 1, 1)
    assert not {"person_id", "address", "ids"} & set(rows[0]._fields)
