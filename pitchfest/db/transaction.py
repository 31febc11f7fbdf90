"""`transaction()`: the one way to write.

It ends any read transaction and expires the session (so that a decision is made on what is
true now), takes its turn, begins, and commits or rolls back. Only its BEGIN waits; nothing is
ever retried behind the caller's back. On SQLite writers queue on an exclusive `flock` beside
the database: with the busy timeout alone one writer can keep all others waiting for seconds.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pitchfest.db.engine import WRITE, db
from pitchfest.kernel.errors import Busy, Conflict, StorageFailed

#: Longest wait for a turn, in seconds, from the moment `now` was read.
LONGEST_WAIT = 30.0
STEPS_EXTENSION = "pitchfest.transaction_steps"


@dataclass
class Write:
    """A write under way. The view sets `redirect`: where the person goes once it has happened."""

    session: Session
    redirect: str | None = None
    notes: dict[str, Any] = field(default_factory=dict)


Step = Callable[[Write], None]


@dataclass(frozen=True)
class Steps:
    """What higher floors do inside every transaction, named in the table in `app.py`."""

    first: tuple[Step, ...] = ()
    last: tuple[Step, ...] = ()


@contextmanager
def transaction(started: float | None = None, *, redirect: str | None = None) -> Iterator[Write]:
    """Write within the block; commit at its end, roll back on any exception.

    `started` is the monotonic time at which the caller read `now`; the wait for a turn counts
    from there. `redirect`: where the person goes once it has happened, where that is known before.
    Raises Busy when the turn did not come within 30 seconds, StorageFailed when the disk is full or
    read-only, Conflict on a deadlock; in each case nothing was written.
    """
    session = db.session()
    session.rollback()
    session.expire_all()
    steps = current_app.extensions.get(STEPS_EXTENSION, Steps())
    deadline = (started if started is not None else time.monotonic()) + LONGEST_WAIT
    try:
        with turn(deadline):
            try:
                _begin(session, deadline)
                write = Write(session, redirect)
                for step in steps.first:
                    step(write)
                yield write
                session.flush()
                for step in steps.last:
                    step(write)
                session.commit()
            except BaseException:
                session.rollback()
                raise
    except OperationalError as error:
        raise _named(error) from error
    except OSError as error:
        if error.errno in _DISK_ERRORS:
            raise StorageFailed from error
        raise


_DISK_ERRORS = frozenset({28, 30, 122, 5})  # ENOSPC, EROFS, EDQUOT, EIO


def _begin(session: Session, deadline: float) -> None:
    connection = session.connection(execution_options={WRITE: True})
    if connection.dialect.name == "postgresql":
        left = max(1, int((deadline - time.monotonic()) * 1000))
        session.execute(text(f"SET LOCAL lock_timeout = {left}"))


def lock(rows: Select[Any], parameters: Mapping[str, Any] | None = None) -> None:
    """Within a transaction, hold rows that are selected `FOR UPDATE` until its end. On SQLite whoever writes
    is alone anyway, so nothing is asked of it.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(rows, parameters)


@contextmanager
def turn(deadline: float) -> Iterator[None]:
    """Hold the writers' lock of a SQLite file database; other databases need none.

    Raises Busy when the turn did not come by `deadline` (monotonic), StorageFailed when the
    database was closed for writing.
    """
    path = _file()
    if path is None:
        yield
        return
    handle = _locked(f"{path}.lock", deadline)
    try:
        if is_closed():
            raise StorageFailed(
                "This site is moving to another machine, and nothing can be saved until it has. "
                "What was saved before is safe. You can still read."
            )
        yield
    finally:
        os.close(handle)  # releases the lock too


def close_for_writing() -> None:
    """Refuse every later write of any process to this SQLite database. Call it within `turn`, after
    all was copied elsewhere: whoever waits for a turn then keeps their text instead of losing it.
    """
    path = _file()
    assert path is not None
    handle = os.open(f"{path}.closed", os.O_WRONLY | os.O_CREAT, 0o600)
    os.fsync(handle)
    os.close(handle)


def is_closed() -> bool:
    """Whether this database was closed for writing."""
    path = _file()
    return path is not None and Path(f"{path}.closed").exists()


def _file() -> str | None:
    """The file of a SQLite database, None for any other."""
    url = db.engine.url
    in_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return url.database if in_file else None


def _locked(path: str, deadline: float) -> int:
    """An open file that holds the exclusive lock on `path`. Raises Busy after the deadline.

    The kernel's own queue is what makes the turns fair, so the wait is a blocking one. It has a
    thread of its own, since `flock` cannot be given a time.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        return handle
    state_lock, got, given_up = threading.Lock(), threading.Event(), threading.Event()

    def wait() -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with state_lock:
            got.set()
            if given_up.is_set():
                os.close(handle)

    threading.Thread(target=wait, daemon=True, name="write-turn").start()
    if not got.wait(max(0.0, deadline - time.monotonic())):
        with state_lock:
            if not got.is_set():
                given_up.set()
                raise Busy
    return handle


def _named(error: OperationalError) -> Exception:
    """The product's own name for a failure of the database to write."""
    words = str(error.orig).lower()
    if "deadlock" in words:
        return Conflict("Someone else was changing the same thing at the same moment.")
    if "lock timeout" in words or "locked" in words or "lock not available" in words:
        return Busy()
    if any(sign in words for sign in ("full", "readonly", "read-only", "no space", "disk i/o")):
        return StorageFailed()
    return error
