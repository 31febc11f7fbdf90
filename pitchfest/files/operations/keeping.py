"""Keeping files: bytes first, on the disk for certain, then the row that names them.

The bytes are written before the transaction, since a disk is slow and others wait for their turn:

    written = write(data)
    with transaction():
        file_id = store(actor, written=written, …)

    drop_unless_named(written)

Bytes whose row never came, or went away, are otherwise removed a day later by `sweep`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select

from pitchfest.db import db
from pitchfest.files.models import StoredFile
from pitchfest.files.queries import folder, path_of
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import StorageFailed
from pitchfest.kernel.text import tidy_line

#: Seconds after which bytes without a row are nobody's.
ORPHANED_AFTER = 24 * 3600
#: Seconds between two looks for such bytes.
_SWEEP_EVERY = 3600
_SWEPT = ".swept"


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes that are on the disk and have no row yet."""

    key: str
    sha256: str
    size: int


def write(data: bytes) -> Written:
    """Put bytes on the disk, synced, under a random key. Raises StorageFailed, ValueError for no bytes."""
    if not data:
        raise ValueError("an empty file is not kept")
    key = secrets.token_hex(32)
    target = path_of(key)
    with _storage_errors():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        passing = target.with_suffix(".part")
        handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        passing.rename(target)
        _sync_folder(target.parent)
    return Written(key, hashlib.sha256(data).hexdigest(), len(data))


def store(actor: Actor, *, written: Written, name: str, media_type: str, now: datetime) -> int:
    """The row of bytes that `write` has put on the disk; the file's id.

    The caller has authorised the actor, has checked that the bytes are what `media_type` says, and
    writes to the log what they are for.
    """
    file = StoredFile(
        key=written.key,
        sha256=written.sha256,
        size=written.size,
        media_type=media_type,
        name=tidy_line(name)[:200],
        created_at=now,
        by_id=actor.person_id or None,
    )
    db.session.add(file)
    db.session.flush()
    return file.id


def discard(file_id: int) -> None:
    """Take a file's row away, once nothing refers to it; its bytes follow at the next sweep."""
    db.session.execute(delete(StoredFile).where(StoredFile.id == file_id))


def drop_unless_named(written: Written) -> None:
    """Remove bytes whose row did not come, now that its write is over: whoever sends one file after another
    that is refused fills no disk until the sweep.
    """
    if db.session.execute(select(StoredFile.id).where(StoredFile.key == written.key)).first() is None:
        path_of(written.key).unlink(missing_ok=True)


def sweep(_now: Callable[[], datetime]) -> int:
    """The worker's part: remove bytes that have no row and are older than a day; how many.

    Their age is told by the disk's clock, which wrote it; so is the hour between two looks.
    """
    here, moment = folder(), time.time()
    mark = here / _SWEPT
    if not here.is_dir() or (mark.exists() and moment < mark.stat().st_mtime + _SWEEP_EVERY):
        return 0
    old = {
        path.name: path
        for path in here.iterdir()
        if path != mark and path.stat().st_mtime < moment - ORPHANED_AFTER
    }
    known = set(db.session.execute(select(StoredFile.key).order_by(StoredFile.key)).scalars())
    gone = [path for name, path in sorted(old.items()) if name not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    mark.touch()
    return len(gone)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFailed from error
