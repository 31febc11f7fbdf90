"""Counting attempts, so that guessing is slow and nobody is ever locked out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pitchfest.accounts import queries
from pitchfest.accounts.models import Throttle
from pitchfest.accounts.rules import FORGOTTEN_AFTER, Scope, again_at
from pitchfest.db import db

_ROW = Throttle.__table__.c


def attempt_keys(account: str, *, browser: str, address: str) -> dict[Scope, str]:
    """The rows that attempts at an account from a browser at a network address are counted in."""
    return {
        Scope.BROWSER: queries.digest(f"browser|{account}|{browser}"),
        Scope.ACCOUNT: queries.digest(f"account|{account}"),
        Scope.ADDRESS: queries.digest(f"address|{address}"),
    }


def attempt(keys: Mapping[Scope, str], *, now: datetime) -> datetime | None:
    """Count an attempt, before it is known whether it succeeds; None when it may be made.

    Otherwise when the next one is taken, and nothing is counted. Counting first means that many
    attempts at once gain nothing.
    """
    rows = {
        row.key: row
        for row in db.session.execute(
            select(_ROW.key, _ROW.failures, _ROW.last_at)
            .where(_ROW.key.in_(keys.values()))
            .order_by(_ROW.key)
            .with_for_update()
        )
    }
    waits = [
        again_at(scope, rows[key].failures, rows[key].last_at, now)
        for scope, key in keys.items()
        if key in rows
    ]
    if latest := max((moment for moment in waits if moment), default=None):
        return latest
    for key in sorted(keys.values()):
        _count(key, fresh=key not in rows or now >= rows[key].last_at + FORGOTTEN_AFTER, now=now)
    return None


def succeeded(keys: Mapping[Scope, str]) -> None:
    """The attempt was right: its account starts afresh, and its network address is not held to it."""
    own = [key for scope, key in keys.items() if scope is not Scope.ADDRESS]
    db.session.execute(delete(Throttle).where(_ROW.key.in_(own)))
    db.session.execute(
        update(Throttle)
        .where(_ROW.key == keys[Scope.ADDRESS], _ROW.failures > 0)
        .values(failures=_ROW.failures - 1)
    )


def _count(key: str, *, fresh: bool, now: datetime) -> None:
    if fresh:
        try:
            with db.session.begin_nested():
                db.session.execute(insert(Throttle).values(key=key, failures=1, last_at=now))
        except IntegrityError:
            pass  # another attempt made the row meanwhile, or it holds counts of long ago
        else:
            return
    failures = 1 if fresh else _ROW.failures + 1
    db.session.execute(update(Throttle).where(_ROW.key == key).values(failures=failures, last_at=now))
