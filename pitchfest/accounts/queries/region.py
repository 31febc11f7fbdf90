"""The region's settings, which every page names."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from pitchfest.accounts.models import RegionSettings
from pitchfest.db import db

#: For how many seconds a process goes on with the settings it read last.
FRESH = 2.0


@dataclass(frozen=True, slots=True)
class Region:
    """The one region of this installation, as every page names it."""

    name: str
    authority: str
    unit: str
    email: str
    phone: str
    is_demo: bool = False
    texts: dict[str, str] = field(default_factory=dict)


#: What pages say before the region has been set up.
UNNAMED = Region("Your region", "Your authority", "Innovation unit", "innovation@region.example", "")

#: Keyed by the pool of connections, so that another database never answers with this one's name.
_cache: WeakKeyDictionary[Pool, tuple[float, Region]] = WeakKeyDictionary()


def region() -> Region:
    """The region's settings, at most two seconds old; a placeholder before there are any."""
    pool = db.engine.pool
    read_at, found = _cache.get(pool, (0.0, UNNAMED))
    if time.monotonic() - read_at < FRESH and read_at:
        return found
    try:
        found = _read()
    except (OperationalError, ProgrammingError):
        return found  # an error page must not fail for want of a name
    _cache[pool] = time.monotonic(), found
    return found


def region_is_set_up() -> bool:
    """Whether this installation has its region yet."""
    return _read() is not UNNAMED


def demo_mark() -> bool | None:
    """Whether the database is marked as a demonstration's; None before it has its region."""
    table = RegionSettings.__table__.c
    return db.session.execute(select(table.is_demo).where(table.id == 1)).scalar_one_or_none()


def wrong_mark(*, demo: bool) -> str | None:
    """Why the setting and the database's mark do not go together, and what to do; None when they do."""
    marked = demo_mark()
    if marked is None or marked == demo:
        return None
    if marked:
        return (
            "This database holds a demonstration. Production needs a database of its own: set DATABASE_URL."
        )
    return "This database is not a demonstration's. Set PITCHFEST_ENV=production."


def forget_region() -> None:
    """Read the settings anew at the next page, after they were changed."""
    _cache.pop(db.engine.pool, None)


def _read() -> Region:
    table = RegionSettings.__table__.c
    row = db.session.execute(
        select(
            table.name, table.authority, table.unit, table.email, table.phone, table.is_demo, table.texts
        ).where(table.id == 1)
    ).one_or_none()
    return Region(**{**row._mapping, "texts": json.loads(row.texts)}) if row else UNNAMED
