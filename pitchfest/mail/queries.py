"""Reading the outbox."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select

from pitchfest.db import db
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.privacy import Due, Erasing
from pitchfest.kernel.text import plural
from pitchfest.mail.models import OutboxMessage, Reminder
from pitchfest.mail.rules import MESSAGE_ID_END, Delivery, Message

_MESSAGE = OutboxMessage.__table__.c
#: Messages that nothing happens to any more.
_SETTLED = (Delivery.SENT, Delivery.KEPT, Delivery.DROPPED, Delivery.FAILED)


@dataclass(frozen=True, slots=True)
class Newest:
    """How far a message has come. `failure` is the kind of the last failed attempt, "" for none."""

    state: Delivery
    failure: str
    at: datetime


def _messages() -> Select[Any]:
    return select(
        _MESSAGE.id,
        _MESSAGE.kind,
        _MESSAGE.person_id,
        _MESSAGE.address,
        _MESSAGE.ids,
        _MESSAGE.created_at,
        _MESSAGE.message_id,
        _MESSAGE.state,
    )


def _read(row: Row[Any]) -> Message:
    return Message(**{**row._mapping, "ids": json.loads(row.ids)})


def message(message_id: int) -> Message:
    """One message by its id. Raises NotFound."""
    return _one(_MESSAGE.id == message_id)


def message_at(public_id: str) -> Message:
    """One message by what addresses call it. Raises NotFound."""
    return _one(_MESSAGE.message_id == public_id + MESSAGE_ID_END)


def _one(which: ColumnElement[bool]) -> Message:
    row = db.session.execute(_messages().where(which)).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def _to(person_id: int) -> ColumnElement[bool]:
    return and_(_MESSAGE.person_id == person_id, _MESSAGE.state != Delivery.DROPPED)


def to_person(person_id: int, *, limit: int = 200, number: int = 1) -> list[Message]:
    """What was sent to a person, newest first: a page of `limit`."""
    rows = db.session.execute(
        _messages()
        .where(_to(person_id))
        .order_by(_MESSAGE.id.desc())
        .limit(limit)
        .offset((number - 1) * limit)
    )
    return [_read(row) for row in rows]


def count_to(person_id: int) -> int:
    """How many messages were sent to a person."""
    return db.session.execute(
        select(func.count()).select_from(OutboxMessage).where(_to(person_id))
    ).scalar_one()


def to_addresses(*, kinds: Sequence[str], limit: int = 100) -> list[Message]:
    """Messages of these kinds, newest first: for people who are not in yet, in the demo."""
    rows = db.session.execute(
        _messages().where(_MESSAGE.kind.in_(kinds)).order_by(_MESSAGE.id.desc()).limit(limit)
    )
    return [_read(row) for row in rows]


def due(now: datetime, *, limit: int = 50) -> list[int]:
    """Ids of messages to send now: queued and due, or taken by a worker that died."""
    rows = db.session.execute(
        select(_MESSAGE.id)
        .where(
            or_(
                (_MESSAGE.state == Delivery.QUEUED) & (_MESSAGE.due_at <= now),
                (_MESSAGE.state == Delivery.SENDING) & (_MESSAGE.lease_until <= now),
            )
        )
        .order_by(_MESSAGE.due_at, _MESSAGE.id)
        .limit(limit)
    )
    return list(rows.scalars())


def sent_since(address: str, kinds: Sequence[str], since: datetime) -> int:
    """How many messages of these kinds went to an address since a moment."""
    return db.session.execute(
        select(func.count())
        .select_from(OutboxMessage)
        .where(_MESSAGE.address == address, _MESSAGE.kind.in_(kinds), _MESSAGE.created_at >= since)
    ).scalar_one()


def chased_today(kind: str, about: Sequence[str], now: datetime) -> frozenset[tuple[int, str]]:
    """(person's id, object) of everyone who was reminded of one of these objects today."""
    reminder = Reminder.__table__.c
    rows = db.session.execute(
        select(reminder.person_id, reminder.object)
        .where(
            reminder.kind == kind,
            reminder.object.in_(about),
            reminder.day == now.astimezone(LONDON).date(),
        )
        .order_by(reminder.person_id, reminder.object)
    )
    return frozenset((person_id, thing) for person_id, thing in rows)


def chased_ever(kind: str, about: Sequence[str]) -> frozenset[tuple[int, str]]:
    """(person's id, object) of everyone who was ever reminded of one of these objects."""
    reminder = Reminder.__table__.c
    rows = db.session.execute(
        select(reminder.person_id, reminder.object)
        .where(reminder.kind == kind, reminder.object.in_(about))
        .distinct()
        .order_by(reminder.person_id, reminder.object)
    )
    return frozenset((person_id, thing) for person_id, thing in rows)


def newest(kind: str, person_id: int) -> Newest | None:
    """How far the newest message of a kind to a person has come, None when there is none."""
    row = db.session.execute(
        select(_MESSAGE.state, _MESSAGE.failure, _MESSAGE.created_at)
        .where(_MESSAGE.person_id == person_id, _MESSAGE.kind == kind)
        .order_by(_MESSAGE.id.desc())
        .limit(1)
    ).one_or_none()
    return Newest(row.state, row.failure or "", row.created_at) if row else None


def has_left(kind: str) -> bool:
    """Whether a mail server took a message of a kind; one that is kept here has not left."""
    sent = exists().where(_MESSAGE.kind == kind, _MESSAGE.state == Delivery.SENT)
    return bool(db.session.execute(select(sent)).scalar_one())


def oldest_unsent(now: datetime) -> datetime | None:
    """When the longest-waiting message was due, or None."""
    due: datetime | None = db.session.execute(
        select(func.min(_MESSAGE.due_at)).where(_MESSAGE.state == Delivery.QUEUED, _MESSAGE.due_at <= now)
    ).scalar_one()
    return due


def oldest_unsent_seconds(now: datetime) -> int | None:
    """For how many whole seconds the oldest message has waited to leave, however often it was tried;
    None when nothing waits. Those about sealed pitches are left out: anyone may ask.
    """
    since: datetime | None = db.session.execute(
        select(func.min(_MESSAGE.created_at)).where(
            _MESSAGE.state.in_((Delivery.QUEUED, Delivery.SENDING)), _MESSAGE.about_sealed.is_(False)
        )
    ).scalar_one()
    return None if since is None else max(0, int((now - since).total_seconds()))


def overview(
    *, number: int, size: int, not_counted: Sequence[tuple[datetime, datetime]] = ()
) -> tuple[list[Any], int, int]:
    """For the administrator: a page of (kind, state, created_at, sent_at), how many there
    are, and how many more concern unopened pitches, of which only the count is shown: without those that
    were written in the times that are `not_counted`.
    """
    open_ones = _MESSAGE.about_sealed.is_(False)
    rows = db.session.execute(
        select(_MESSAGE.kind, _MESSAGE.state, _MESSAGE.created_at, _MESSAGE.sent_at)
        .where(open_ones)
        .order_by(_MESSAGE.id.desc())
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    count = db.session.execute(select(func.count()).select_from(OutboxMessage).where(open_ones)).scalar_one()
    left_out = (_MESSAGE.created_at.between(since, until) for since, until in not_counted)
    sealed = db.session.execute(
        select(func.count()).select_from(OutboxMessage).where(~open_ones, ~or_(false(), *left_out))
    ).scalar_one()
    return list(rows), count, sealed


def settled_before(before: datetime) -> ColumnElement[bool]:
    """That a message was sent, kept, dropped or given up, and written at `before` or earlier."""
    return and_(_MESSAGE.state.in_(_SETTLED), _MESSAGE.created_at <= before)


def settled_due(before: datetime) -> Due:
    """How many messages are past their time, and when the oldest was written."""
    return Due(
        *db.session.execute(
            select(func.count(_MESSAGE.id), func.min(_MESSAGE.created_at)).where(settled_before(before))
        ).one()
    )


def erasing(person_id: int, own: bool, _now: datetime) -> Erasing:
    """What erasing someone means for their messages: all go. Only they may know how many, since some
    are about sealed pitches.
    """
    count = db.session.execute(
        select(func.count()).select_from(OutboxMessage).where(_MESSAGE.person_id == person_id)
    ).scalar_one()
    words = f"The list of {plural(count, 'message')} to you" if own and count else "The list of messages"
    return Erasing(goes=(words,))


def a_settled(kind: str) -> bool:
    """Whether a message of this kind has been sent, or never will be."""
    found = db.session.execute(
        select(_MESSAGE.id).where(_MESSAGE.kind == kind, _MESSAGE.state.in_(_SETTLED)).limit(1)
    )
    return found.first() is not None
