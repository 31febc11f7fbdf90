"""Putting messages into the outbox, and moving them through delivery."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from pitchfest.db import db
from pitchfest.kernel.clock import LONDON
from pitchfest.mail.models import OutboxMessage, Reminder
from pitchfest.mail.queries import settled_before
from pitchfest.mail.rules import MESSAGE_ID_END, Delivery

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8


def enqueue(
    kind: str,
    *,
    now: datetime,
    person_id: int | None = None,
    address: str | None = None,
    about_sealed: bool = False,
    **ids: Any,
) -> None:
    """Tell a person, or an address without an account, something: a row of the running transaction.

    `ids` are what the kind's loader needs to find the frozen rows that the body is made from at
    delivery. `about_sealed` keeps the row out of every list that staff can read.
    """
    db.session.execute(
        insert(OutboxMessage).values(
            kind=kind,
            person_id=person_id,
            address=address,
            ids=json.dumps(ids, sort_keys=True),
            about_sealed=about_sealed,
            state=Delivery.QUEUED,
            created_at=now,
            due_at=now,
            attempts=0,
            message_id=_message_id(),
        )
    )


def enqueue_all(
    kind: str,
    *,
    now: datetime,
    to: Collection[Mapping[str, Any]],
    about_sealed: bool = False,
    **ids: Any,
) -> None:
    """Tell many the same, due at the same moment; one statement.

    Each of `to` has a `person_id` or an `address`, and perhaps `ids` of its own besides those of all.
    """
    rows = [
        {
            "kind": kind,
            "person_id": one.get("person_id"),
            "address": one.get("address"),
            "ids": json.dumps({**ids, **one.get("ids", {})}, sort_keys=True),
            "about_sealed": about_sealed,
            "state": Delivery.QUEUED,
            "created_at": now,
            "due_at": now,
            "attempts": 0,
            "message_id": _message_id(),
        }
        for one in to
    ]
    if rows:
        db.session.execute(insert(OutboxMessage), rows)


def _message_id() -> str:
    return secrets.token_hex(16) + MESSAGE_ID_END


def chase(
    kind: str, *, now: datetime, person_id: int, about: str, about_sealed: bool = False, **ids: Any
) -> bool:
    """Remind a person of something that waits for them, unless they were today: then False.

    `about` is the object, such as `challenge:CH-2026-004`. A day is a London day. However many
    ask at once, one message goes: the caller holds the object's row, and UNIQUE sees to the rest.
    """
    row = {"person_id": person_id, "kind": kind, "object": about, "day": now.astimezone(LONDON).date()}
    column = Reminder.__table__.c
    known = select(Reminder.id).where(*(column[name] == value for name, value in row.items()))
    if db.session.execute(known).first() is not None:
        return False
    db.session.execute(insert(Reminder).values(row))
    enqueue(kind, now=now, person_id=person_id, about_sealed=about_sealed, **ids)
    return True


def claim(message_id: int, *, now: datetime) -> bool:
    """Take one message for five minutes. False when another worker was first."""
    message = OutboxMessage.__table__.c
    result = db.session.execute(
        update(OutboxMessage)
        .where(
            message.id == message_id,
            or_(
                message.state == Delivery.QUEUED,
                (message.state == Delivery.SENDING) & (message.lease_until <= now),
            ),
        )
        .values(state=Delivery.SENDING, lease_until=now + LEASE, attempts=message.attempts + 1)
    )
    return result.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def settle(message_id: int, state: Delivery, *, now: datetime, forget: bool = False) -> None:
    """Record that a message was sent, kept for reading here, or dropped; `forget` its address."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .values(state=state, sent_at=now, lease_until=None, failure=None, **_FORGOTTEN if forget else {})
    )


#: What is left of a recipient outside once their message has left.
_FORGOTTEN: dict[str, str | None] = {"address": None, "ids": "{}"}


def put_back(message_id: int, *, failure: str, now: datetime, forget: bool = False) -> None:
    """Try again later, each time after a longer wait; after eight tries record a failure and, if
    asked, `forget` the address. Does nothing for a message that is gone, with its person, meanwhile.
    """
    row = db.session.get(OutboxMessage, message_id)
    if row is None:
        return
    row.failure, row.lease_until = failure[:60], None
    if row.attempts >= MOST_ATTEMPTS:
        row.state = Delivery.FAILED
        if forget:
            row.address, row.ids = None, "{}"
    else:
        row.state = Delivery.QUEUED
        row.due_at = now + timedelta(minutes=2**row.attempts)
    db.session.flush()


def keep_all(now: datetime) -> None:
    """Keep every queued message for reading here, and send none: for a story that is played in."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state == Delivery.QUEUED)
        .values(state=Delivery.KEPT, sent_at=now)
    )


def remove_settled(before: datetime, _now: datetime, most: int) -> int:
    """Delete at most so many messages that were settled and written at `before` or earlier."""
    ids = list(
        db.session.execute(
            select(OutboxMessage.id).where(settled_before(before)).order_by(OutboxMessage.id).limit(most)
        ).scalars()
    )
    db.session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids)))
    return len(ids)


def forget_person(person_id: int, address: str) -> None:
    """Delete every message to a person or to their address, sent or not."""
    message = OutboxMessage.__table__.c
    db.session.execute(
        delete(OutboxMessage).where(or_(message.person_id == person_id, message.address == address))
    )


def forget_settled(kind: str) -> None:
    """Delete messages of a kind once they are sent or given up: the address was needed for that only."""
    message = OutboxMessage.__table__.c
    waiting = (Delivery.QUEUED, Delivery.SENDING)
    db.session.execute(delete(OutboxMessage).where(message.kind == kind, message.state.not_in(waiting)))


def forget_messages(**about: Collection[int | str]) -> None:
    """Delete the messages about things that are gone: the values that each of these ids may have."""
    ids = OutboxMessage.__table__.c.ids
    named = (json.dumps({name: value})[1:-1] for name, values in about.items() for value in values)
    for pair in named:
        ends = (ids.contains(f"{pair}{end}", autoescape=True) for end in ",}")
        db.session.execute(delete(OutboxMessage).where(or_(*ends)))


def forget_reminders(objects: Collection[str]) -> None:
    """Forget who was chased about things that are gone."""
    db.session.execute(delete(Reminder).where(Reminder.object.in_(sorted(objects))))
