"""Reading the log."""

from __future__ import annotations

from collections.abc import Collection, Generator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, func, select

from pitchfest.audit.models import AuditEntry, AuditHead
from pitchfest.db import db
from pitchfest.kernel.privacy import Erasing, Remains, Section
from pitchfest.kernel.text import plural

_COLUMNS = AuditEntry.__table__.c


def chain(source: Connection | None = None) -> Generator[dict[str, Any], None, None]:
    """Every entry from the first to the newest, fetched a thousand at a time; from another database
    when a connection to it is given. Whoever goes on with the connection after stopping at a break
    closes the generator first.
    """
    entries = select(*_COLUMNS).order_by(_COLUMNS.seq).execution_options(yield_per=1000)
    with (source or db.session).execute(entries) as rows:
        yield from map(dict, rows.mappings())


def anchor() -> str:
    """`seq:hash` of the newest entry, as printed on receipts and opening records."""
    head = db.session.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1)).one()
    return f"{head.seq}:{head.hash}"


def about(objects: Collection[str], actions: Collection[str]) -> list[RowMapping]:
    """The entries of these actions about any of these objects, oldest first; one statement."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(_COLUMNS.object.in_(sorted(objects)), _COLUMNS.action.in_(sorted(actions)))
        .order_by(_COLUMNS.seq)
    )
    return list(rows.mappings())


def has_happened(action: str) -> bool:
    """Whether the log holds an entry with this action."""
    return bool(db.session.execute(select(exists().where(_COLUMNS.action == action))).scalar_one())


def objects(action: str, start: str) -> list[str]:
    """What the entries with this action are about, of whatever begins with `start`, oldest first."""
    return list(
        db.session.scalars(
            select(_COLUMNS.object)
            .where(_COLUMNS.action == action, _COLUMNS.object.startswith(start, autoescape=True))
            .order_by(_COLUMNS.seq)
        )
    )


def page(
    *,
    number: int,
    size: int,
    action: str = "",
    object: str = "",  # noqa: A002
    without: Collection[str] = (),
) -> tuple[list[RowMapping], int]:
    """One page of entries, newest first, and the number of all that match; `without` those of acts that
    begin so.
    """
    wanted = [c == v for c, v in ((_COLUMNS.action, action), (_COLUMNS.object, object)) if v]
    wanted += [~_COLUMNS.action.startswith(beginning, autoescape=True) for beginning in without]
    total = db.session.execute(select(func.count()).select_from(AuditEntry).where(*wanted)).scalar_one()
    rows = db.session.execute(
        select(*_COLUMNS).where(*wanted).order_by(_COLUMNS.seq.desc()).limit(size).offset((number - 1) * size)
    )
    return list(rows.mappings()), total


def sections(person_id: int, _now: datetime) -> list[Section]:
    """Entries by the person: number, time, action. Acts on sealed pitches are there without their name."""
    rows = db.session.execute(
        select(_COLUMNS.seq, _COLUMNS.at, _COLUMNS.action)
        .where(_COLUMNS.actor == f"person:{person_id}")
        .order_by(_COLUMNS.seq)
    )
    return [
        Section(
            "Entries in the log about what you did",
            ("Number", "When", "What"),
            tuple((row.seq, datetime.fromisoformat(row.at), row.action) for row in rows),
        )
    ]


def erasing(person_id: int, _own: bool, _now: datetime) -> Erasing:
    """Entries hold numbers and salted hashes only, so they stay and the chain holds."""
    count = db.session.execute(
        select(func.count()).select_from(AuditEntry).where(_COLUMNS.actor == f"person:{person_id}")
    ).scalar_one()
    what = f"{plural(count, 'entry', 'entries')} in the log, by number, without a name"
    why = "Nobody can change the log, so that a contest can be checked. It never held a name or an address."
    return Erasing(stays=(Remains(what, why),) if count else ())
