"""Reading the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import RowMapping, exists, func, select

from pitchfest.audit.models import AuditEntry, AuditHead
from pitchfest.db import db

_COLUMNS = AuditEntry.__table__.c


def chain() -> Iterator[dict[str, Any]]:
    """Every entry from the first to the newest, fetched a thousand at a time."""
    entries = select(*_COLUMNS).order_by(_COLUMNS.seq).execution_options(yield_per=1000)
    yield from map(dict, db.session.execute(entries).mappings())


def anchor() -> str:
    """`seq:hash` of the newest entry, as printed on receipts and opening records."""
    head = db.session.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1)).one()
    return f"{head.seq}:{head.hash}"


def has_happened(action: str) -> bool:
    """Whether the log holds an entry with this action."""
    return bool(db.session.execute(select(exists().where(_COLUMNS.action == action))).scalar_one())


def page(*, number: int, size: int, action: str = "", object: str = "") -> tuple[list[RowMapping], int]:  # noqa: A002
    """One page of entries, newest first, and the number of all that match."""
    wanted = [c == v for c, v in ((_COLUMNS.action, action), (_COLUMNS.object, object)) if v]
    total = db.session.execute(select(func.count()).select_from(AuditEntry).where(*wanted)).scalar_one()
    rows = db.session.execute(
        select(*_COLUMNS).where(*wanted).order_by(_COLUMNS.seq.desc()).limit(size).offset((number - 1) * size)
    )
    return list(rows.mappings()), total
