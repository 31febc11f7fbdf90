"""Files are on the disk before anything says so, come back as they came, and go when nobody has them."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from pitchfest.db import db, transaction
from pitchfest.files import operations, queries
from pitchfest.files.models import StoredFile
from pitchfest.kernel.actor import SYSTEM
from pitchfest.kernel.errors import NotFound, StorageFailed
from tests.support import builders

DATA = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's files stand."""
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    return tmp_path / "files"


def kept(now: datetime, data: bytes = DATA, name: str = "A plan.pdf") -> queries.FileRow:
    written = operations.write(data)
    with transaction():
        file_id = operations.store(SYSTEM, written=written, name=name, media_type="application/pdf", now=now)
    return queries.stored(file_id)


def made_old(path: Path) -> None:
    """As if it had been written two days ago."""
    then = time.time() - 2 * operations.ORPHANED_AFTER
    os.utime(path, (then, then))


def test_a_file_comes_back_as_it_came(app: Flask, now: datetime, folder: Path) -> None:
    file = kept(now, name="../../etc/passwd\r\n")
    assert queries.read(file) == DATA
    assert (file.size, file.sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())
    [path] = folder.iterdir()
    assert path.name == file.key
    assert path.stat().st_mode & 0o777 == 0o600
    assert file.name == "../../etc/passwd"


def test_the_same_bytes_twice_are_two_files(app: Flask, now: datetime) -> None:
    assert kept(now).key != kept(now).key


def test_the_owner_is_written_down(app: Flask, now: datetime) -> None:
    person = builders.actor(builders.a_person("Ada"))
    written = operations.write(DATA)
    with transaction():
        file_id = operations.store(person, written=written, name="a", media_type="image/png", now=now)
    assert db.session.get_one(StoredFile, file_id).by_id == person.person_id


def test_spoilt_or_missing_bytes_are_never_shown(app: Flask, now: datetime, folder: Path) -> None:
    file = kept(now)
    (folder / file.key).write_bytes(DATA[:-1] + b"x")
    with pytest.raises(NotFound):
        queries.read(file)
    (folder / file.key).unlink()
    with pytest.raises(NotFound):
        queries.read(file)
    with pytest.raises(NotFound):
        queries.stored(999_999)


def test_nothing_is_not_a_file(app: Flask) -> None:
    with pytest.raises(ValueError, match="empty"):
        operations.write(b"")


def test_a_disk_that_takes_nothing_is_a_named_error(app: Flask, folder: Path) -> None:
    folder.write_text("a file stands where the folder should")
    with pytest.raises(StorageFailed):
        operations.write(DATA)


def test_bytes_without_a_row_go_after_a_day_and_others_stay(app: Flask, now: datetime, folder: Path) -> None:
    file = kept(now)
    orphan, young = operations.write(b"refused"), operations.write(b"in a form that is being sent")
    half = folder / "half.part"
    half.write_bytes(b"the server was killed")
    for path in (folder / file.key, folder / orphan.key, half):
        made_old(path)
    assert operations.sweep(lambda: now) == 2
    assert {path.name for path in folder.iterdir() if path.name != ".swept"} == {file.key, young.key}
    assert queries.read(file) == DATA


def test_the_folder_is_looked_through_once_an_hour(app: Flask, now: datetime, folder: Path) -> None:
    assert operations.sweep(lambda: now) == 0  # no folder yet
    kept(now)
    operations.sweep(lambda: now)
    orphan = operations.write(b"refused")
    made_old(folder / orphan.key)
    assert operations.sweep(lambda: now) == 0
    made_old(folder / ".swept")
    assert operations.sweep(lambda: now) == 1


def test_a_discarded_file_is_swept(app: Flask, now: datetime, folder: Path) -> None:
    file = kept(now)
    with transaction():
        operations.discard(file.id)
    made_old(folder / file.key)
    assert operations.sweep(lambda: now) == 1
