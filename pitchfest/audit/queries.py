"""Reading the log."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from pitchfest.audit.models import AuditEntry, AuditHead
from pitchfest.db import db

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


def page(*, number: int, size: int, action: str = "", object: str = "") -> tuple[list[RowMapping], int]:  # noqa: A002
    """One page of entries, newest first, and the number of all that match."""
    wanted = [c == v for c, v in ((_COLUMNS.action, action), (_COLUMNS.object, object)) if v]
    total = db.session.execute(select(func.count()).select_from(AuditEntry).where(*wanted)).scalar_one()
    rows = db.session.execute(
        select(*_COLUMNS).where(*wanted).order_by(_COLUMNS.seq.desc()).limit(size).offset((number - 1) * size)
    )
    return list(rows.mappings()), total
