"""Reading periods, what is past its time, and what is held about one person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from pitchfest.accounts.models import Person
from pitchfest.db import db
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.privacy import Due, Erasing, Privacy, Remains, Section
from pitchfest.privacy.models import Erasure, PurgeRun, PurgeSwitch, RetentionSetting
from pitchfest.privacy.rules import RETENTION, Category, Retention


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A line of the table with the period that holds here; `changed_*` where the region set its own."""

    line: Retention
    keeps: timedelta | None
    changed_at: datetime | None = None
    changed_by: str = ""
    reason: str = ""


def periods() -> list[PeriodRow]:
    """The whole table as it holds in this region; one statement."""
    own = {
        row.category: row
        for row in db.session.execute(
            select(
                RetentionSetting.category,
                RetentionSetting.days,
                RetentionSetting.reason,
                RetentionSetting.at,
                Person.name,
            )
            .join(Person, Person.id == RetentionSetting.by_id)
            .order_by(RetentionSetting.category)
        )
    }
    return [
        PeriodRow(line, timedelta(days=row.days), row.at, row.name, row.reason)
        if (row := own.get(line.category)) and not line.fixed
        else PeriodRow(line, line.keeps)
        for line in RETENTION
    ]


def period(*, category: str, **_asked: Any) -> PeriodRow:
    """One line that a region may change. Raises NotFound."""
    found = next((row for row in periods() if row.line.category == category and not row.line.fixed), None)
    if found is None:
        raise NotFound
    return found


def due(parts: Privacy, now: datetime) -> dict[Category, Due]:
    """What a purge would remove now, by category: numbers only; one or two statements for each."""
    return {
        row.line.category: parts.purges[row.line.category].due(now - row.keeps)
        for row in periods()
        if row.line.category in parts.purges and row.keeps is not None
    }


@dataclass(frozen=True, slots=True)
class RunRow:
    """A purge that was done. `by` is "" for the worker and the command line."""

    at: datetime
    by: str
    removed: dict[str, int]

    @property
    def total(self) -> int:
        """How much went in all."""
        return sum(self.removed.values())


def last_run() -> RunRow | None:
    """The newest purge, None before the first."""
    row = db.session.execute(
        select(PurgeRun.at, PurgeRun.removed, Person.name)
        .outerjoin(Person, Person.id == PurgeRun.by_id)
        .order_by(PurgeRun.id.desc())
        .limit(1)
    ).one_or_none()
    return RunRow(row.at, row.name or "", json.loads(row.removed)) if row else None


def nightly() -> bool:
    """Whether the worker purges every night."""
    found = db.session.execute(select(PurgeSwitch.nightly).where(PurgeSwitch.id == 1)).scalar_one_or_none()
    return bool(found)


def held(parts: Privacy, person_id: int, now: datetime) -> list[Section]:
    """Everything that features hold about a person, section by section."""
    return [section for each in parts.sections for section in each(person_id, now)]


def erasing(parts: Privacy, person_id: int, *, own: bool, now: datetime) -> Erasing:
    """What erasing the person would come to, over all features."""
    found = [part.preview(person_id, own, now) for part in reversed(parts.erasure)]
    return Erasing(
        tuple(words for each in found for words in each.blockers),
        tuple(words for each in found for words in each.goes),
        tuple(remains for each in found for remains in each.stays),
    )


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure that was done: what went, and what stays and why."""

    person_id: int
    at: datetime
    went: tuple[str, ...]
    stays: tuple[Remains, ...]


def erasure(erasure_id: int) -> ErasureRow | None:
    """One erasure by its number, None where there is none."""
    row = db.session.get(Erasure, erasure_id)
    if row is None:
        return None
    return ErasureRow(
        row.person_id,
        row.at,
        tuple(json.loads(row.went)),
        tuple(Remains(*pair) for pair in json.loads(row.stays)),
    )


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who may be erased."""

    id: int
    name: str
    erased_at: datetime | None


def someone(*, person_id: int, **_asked: Any) -> Someone:
    """A person by their number. Raises NotFound."""
    row = db.session.execute(
        select(Person.id, Person.name, Person.erased_at).where(Person.id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Someone(**row._mapping)
