"""The region's settings, which every page names."""

from __future__ import annotations

import json
import secrets
import time
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from pitchfest.accounts.models import RegionSettings, SetUpCode
from pitchfest.accounts.queries.people import confirmed_count
from pitchfest.accounts.queries.sessions import digest
from pitchfest.accounts.rules import SET_UP_CODE_LASTS
from pitchfest.accounts.rules.region import UNNAMED, Region, placeholders
from pitchfest.db import db
from pitchfest.files import queries as files
from pitchfest.files.models import StoredFile
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import NotFound

#: For how many seconds a process goes on with the settings it read last.
FRESH = 2.0


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


def fresh_region() -> Region:
    """The region's settings as they stand now, for whoever changes them or decides by them."""
    forget_region()
    return region()


def region_is_set_up() -> bool:
    """Whether this installation has its region yet."""
    return _read().is_set_up


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


def left_placeholders(*, demo: bool) -> str | None:
    """What still stands for something else in the settings of a finished region, outside a demo, with
    a sentence for each; None where nothing does.
    """
    settings = fresh_region()
    if demo or not settings.is_finished or not (left := placeholders(settings)):
        return None
    return (
        "Production does not start while placeholders are left in the region’s settings:\n"
        + "".join(f"  * {each.message}.\n" for each in left)
        + "Run `flask --app wsgi region reopen`, start again, and put them right at /admin/set-up."
    )


def forget_region() -> None:
    """Read the settings anew at the next page, after they were changed."""
    _cache.pop(db.engine.pool, None)


def logo(mark: str) -> files.FileRow:
    """The region's logo, where `mark` is that of the present one. Raises NotFound."""
    row = db.session.execute(
        select(_SETTINGS.logo_id, _LOGO.sha256)
        .join(StoredFile, _LOGO.id == _SETTINGS.logo_id)
        .where(_SETTINGS.id == 1)
    ).one_or_none()
    if row is None or not mark or row.sha256[: len(mark)] != mark or len(mark) != _MARK:
        raise NotFound
    return files.stored(row.logo_id)


def has_administrator() -> bool:
    """Whether somebody with an account in use administers this installation."""
    return confirmed_count(Role.ADMIN) > 0


def set_up_code_is_right(code: str, now: datetime) -> bool:
    """Whether a code, typed in any case and spacing, makes the first administrator now."""
    row = db.session.execute(select(SetUpCode.code_hash, SetUpCode.created_at)).one_or_none()
    bare = "".join(c for c in code.upper() if c.isalnum())
    right = secrets.compare_digest(digest(bare), row.code_hash if row else "0" * 64)
    return right and row is not None and now < row.created_at + SET_UP_CODE_LASTS and not has_administrator()


_SETTINGS = RegionSettings.__table__.c
_LOGO = StoredFile.__table__.c
#: So much of a logo's SHA-256 stands in its address.
_MARK = 16


def _read() -> Region:
    row = db.session.execute(
        select(
            *(_SETTINGS[name] for name in _AS_STORED),
            _SETTINGS.texts,
            _SETTINGS.finished_at,
            _SETTINGS.checklist_hidden_at,
            _LOGO.sha256,
        )
        .outerjoin(StoredFile, _LOGO.id == _SETTINGS.logo_id)
        .where(_SETTINGS.id == 1)
    ).one_or_none()
    if row is None:
        return UNNAMED
    return Region(
        **{name: row._mapping[name] for name in _AS_STORED},
        texts=json.loads(row.texts),
        logo=(row.sha256 or "")[:_MARK],
        is_finished=row.finished_at is not None,
        checklist_hidden=row.checklist_hidden_at is not None,
    )


_AS_STORED = (
    "name",
    "authority",
    "unit",
    "email",
    "phone",
    "is_demo",
    "brand",
    "sender_name",
    "sender_address",
    "reply_to",
    "two_step_required",
)
