"""Reading stored files. There is no general address for them: the owning feature authorises and sends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from pitchfest.db import data_folder, db
from pitchfest.files.models import StoredFile
from pitchfest.kernel.errors import NotFound

_FILE = StoredFile.__table__.c


@dataclass(frozen=True, slots=True)
class FileRow:
    """A stored file. `name` is what its sender called it, `size` is in bytes."""

    id: int
    key: str
    sha256: str
    size: int
    media_type: str
    name: str
    created_at: datetime


def stored(file_id: int) -> FileRow:
    """What is known of a file. Raises NotFound."""
    row = db.session.execute(
        select(
            _FILE.id, _FILE.key, _FILE.sha256, _FILE.size, _FILE.media_type, _FILE.name, _FILE.created_at
        ).where(_FILE.id == file_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return FileRow(**row._mapping)


def read(file: FileRow) -> bytes:
    """The bytes that were stored. Raises NotFound where they are gone, or are not the same any more."""
    try:
        data = path_of(file.key).read_bytes()
    except FileNotFoundError:
        raise NotFound from None
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise NotFound
    return data


def astray() -> list[str]:
    """Ids of the files whose bytes are gone or are not those that were stored, with which of the two."""
    rows = db.session.execute(select(_FILE.id, _FILE.key, _FILE.sha256).order_by(_FILE.id)).all()
    return [f"file {row.id} {wrong}" for row in rows if (wrong := _wrong(path_of(row.key), row.sha256))]


def _wrong(path: Path, sha256: str) -> str:
    try:
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return "is missing"
    return "" if same else "is not as it came"


def folder() -> Path:
    """Where the bytes of all files stand."""
    return data_folder() / "files"


def path_of(key: str) -> Path:
    """Where the bytes of one file stand. Keys are ours, so no name of a sender's becomes a path."""
    return folder() / key
