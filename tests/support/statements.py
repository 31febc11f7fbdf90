"""Counting what a page asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from pitchfest.accounts.queries import fresh_region
from pitchfest.db import db

_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SET ")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent within the block, without those that only frame a transaction.

    The region's settings, which a process reads anew every two seconds, are read just before and hold:
    on a busy machine a page may take longer than they stay fresh.
    """
    fresh_region()
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(_NOT_COUNTED):
            seen.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(import_module(fresh_region.__module__), "FRESH", 3600.0):
            yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
