"""Registers of interests: a person's own, and those of judges for the procurement lead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from pitchfest.db import db
from pitchfest.judging.models import RegisteredInterest
from pitchfest.judging.rules.interests import Entry
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound

_LINE = RegisteredInterest.__table__.c
_COLUMNS = (_LINE.id, _LINE.party, _LINE.kind, _LINE.since, _LINE.until, _LINE.words)
_NEWER = aliased(RegisteredInterest.__table__)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one's own register, when it was written, and when another took its place."""

    entry: Entry
    at: datetime
    replaced_at: datetime | None


def register_lines(person_id: int) -> list[Line]:
    """Every line that a person ever wrote, replaced ones too, as they were written."""
    rows = db.session.execute(
        select(*_COLUMNS, _LINE.at, _NEWER.c.at.label("replaced_at"))
        .outerjoin(_NEWER, _NEWER.c.replaces_id == _LINE.id)
        .where(_LINE.person_id == person_id)
        .order_by(_LINE.id)
    )
    return [Line(Entry(*row[:6]), row.at, row.replaced_at) for row in rows]


def _standing(*columns: Any) -> Select[Any]:
    """The lines that no newer one has replaced."""
    return select(*columns).where(~exists().where(_NEWER.c.replaces_id == _LINE.id)).order_by(_LINE.id)


def register_of(person_id: int) -> list[Entry]:
    """A person's register as it stands, what has ended included."""
    rows = db.session.execute(_standing(*_COLUMNS).where(_LINE.person_id == person_id))
    return [Entry(*row) for row in rows]


def registers_of(person_ids: Collection[int]) -> dict[int, list[Entry]]:
    """person id → their register as it stands, for people who may read it."""
    found: dict[int, list[Entry]] = {person_id: [] for person_id in person_ids}
    rows = db.session.execute(
        _standing(*_COLUMNS, _LINE.person_id).where(_LINE.person_id.in_(sorted(person_ids)))
    )
    for row in rows:
        found[row.person_id].append(Entry(*row[:6]))
    return found


def own_interest(*, actor: Actor, now: datetime, interest_id: int) -> Entry:  # noqa: ARG001 - a loader's form
    """A line of the actor's own register. Raises NotFound, also for one that was replaced."""
    rows = db.session.execute(
        _standing(*_COLUMNS).where(_LINE.id == interest_id, _LINE.person_id == actor.person_id)
    )
    row = rows.one_or_none()
    if row is None:
        raise NotFound
    return Entry(*row)
