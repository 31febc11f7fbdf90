"""Who outside was told of a challenge, by keyed hash and by number only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Outreach, OutreachRecipient, OutreachStop
from pitchfest.challenges.rules import MOST_A_DAY, Sorted
from pitchfest.db import db

_TOLD = OutreachRecipient.__table__.c
_STOP = OutreachStop.__table__.c


def sort_out(challenge_id: int, hashes: Mapping[str, str], now: datetime) -> Sorted:
    """Whom of these addresses (each with its keyed hash) to tell of the challenge; three statements."""
    digests = sorted(hashes.values())
    known = set(
        db.session.execute(
            select(_TOLD.address_hash).where(
                _TOLD.challenge_id == challenge_id, _TOLD.address_hash.in_(digests)
            )
        ).scalars()
    )
    stopped = set(
        db.session.execute(select(_STOP.address_hash).where(_STOP.address_hash.in_(digests))).scalars()
    )
    stopped |= set(
        db.session.execute(
            select(_TOLD.address_hash)
            .where(_TOLD.address_hash.in_(digests), _TOLD.at > now - timedelta(days=1))
            .group_by(_TOLD.address_hash)
            .having(func.count() >= MOST_A_DAY)
        ).scalars()
    )
    new = tuple(address for address, digest in hashes.items() if digest not in known | stopped)
    told_before = sum(digest in known - stopped for digest in digests)
    return Sorted(new, told_before, len(hashes) - len(new) - told_before)


def was_told(digest: str) -> bool:
    """Whether any of our mails went to the address of this hash."""
    return db.session.execute(select(_TOLD.at).where(_TOLD.address_hash == digest)).first() is not None


def has_stopped(digest: str) -> bool:
    """Whether the holder of this address asked not to be told any more."""
    return db.session.execute(select(_STOP.at).where(_STOP.address_hash == digest)).first() is not None


@dataclass(frozen=True, slots=True)
class OutreachRow:
    """One act of telling people: by whom, when, how many, and in which words of their own."""

    id: int
    by_name: str
    at: datetime
    note: str
    told: int
    known: int
    stopped: int


def outreach(challenge_id: int) -> list[OutreachRow]:
    """Every time that people were told of the challenge, newest first."""
    rows = db.session.execute(
        select(
            Outreach.id,
            Person.name.label("by_name"),
            Outreach.at,
            Outreach.note,
            Outreach.told,
            Outreach.known,
            Outreach.stopped,
        )
        .join(Person, Person.id == Outreach.by_id)
        .where(Outreach.challenge_id == challenge_id)
        .order_by(Outreach.id.desc())
    )
    return [OutreachRow(**row._mapping) for row in rows]
