"""The published record: brief, criteria, form, dates and route, numbered, hashed and kept for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Snapshot
from pitchfest.challenges.rules import Content, sha256, snapshot_body
from pitchfest.db import db


@dataclass(frozen=True, slots=True)
class Record:
    """A published record that is about to be kept: its number from 1, canonical JSON and SHA-256."""

    challenge_id: int
    number: int
    body: str
    sha256: str


def record_of(content: Content, *, now: datetime) -> Record:
    """The next record of the challenge as `content` says it, published at `now`.

    The caller holds the challenge's row, so that no two records get one number.
    """
    challenge = content.challenge
    last = db.session.execute(
        select(func.coalesce(func.max(Snapshot.number), 0)).where(Snapshot.challenge_id == challenge.id)
    ).scalar_one()
    decider = challenge.decision_maker_id
    names = accounts.person_names({decider} if decider else set())
    body = snapshot_body(
        challenge,
        content.criteria,
        content.questions,
        number=last + 1,
        published_at=now,
        decision_maker=names.get(decider or 0, ""),
        route=content.route,
    )
    return Record(challenge.id, last + 1, body, sha256(body))


def keep(by_id: int, record: Record, *, now: datetime) -> None:
    """Write the record down, published by that person; it never changes."""
    db.session.add(
        Snapshot(
            challenge_id=record.challenge_id,
            number=record.number,
            body=record.body,
            sha256=record.sha256,
            published_by_id=by_id,
            at=now,
        )
    )
    db.session.flush()
