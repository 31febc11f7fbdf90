"""Backup and restore: everything but the keys, from either database into either, or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from pitchfest.accounts.models import Person
from pitchfest.audit.operations import record
from pitchfest.audit.queries import anchor
from pitchfest.cli import archive
from pitchfest.db import db, migrations, portable, transaction
from pitchfest.db.triggers import INSERT_ONLY
from pitchfest.files import operations as files
from pitchfest.judging.models import Scorecard
from pitchfest.judging.operations import totals
from pitchfest.kernel.actor import SYSTEM
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.queries.versions import every_version
from tests.db.test_migrations import assert_protected
from tests.support.builders import a_person
from tests.support.installations import another, run
from tests.support.roles import a_populated_region

UPLOAD = b"%PDF-1.7 a map of drains \x00\xff"


@pytest.fixture
def told(app: Flask, now: datetime) -> Flask:
    """A region with rows in every stage, an entry in the log, and an uploaded file."""
    a_populated_region(now)
    with transaction():
        record(SYSTEM, "test.act", "thing:1", now=now)
        for challenge_id, pitch_id in db.session.execute(select(Pitch.challenge_id, Pitch.id)).all():
            totals.rewrite(challenge_id, pitch_id)
        db.session.execute(
            update(Scorecard).where(Scorecard.signed_at.is_not(None)).values(own_num=80, own_den=1)
        )
    for row in db.session.execute(select(Person)).scalars().all()[:1]:
        row.reset_by_id = db.session.execute(select(Person.id).order_by(Person.id.desc())).scalars().first()
    db.session.commit()  # a row that points at one which comes after it
    return app


@pytest.fixture
def made(told: Flask, scratch: Path) -> Path:
    """A backup of it."""
    uploads = Path(told.instance_path) / "files"
    (uploads / "ab").mkdir(parents=True, exist_ok=True)
    (uploads / "ab" / "c1d2").write_bytes(UPLOAD)
    code, out, err = run(told, "backup", str(scratch / "backup"))
    assert (code, err) == (0, "")
    assert anchor() in out
    return scratch / "backup"


def contents() -> dict[str, tuple[int, str]]:
    """Every table of the current application: rows and their hash."""
    with portable.snapshot() as connection:
        sums = {t.name: portable.sum_of(connection, _named(t)) for t in portable.tables(connection)}
    return {name: (found.rows, found.digest) for name, found in sums.items()}


def _named(table: portable.Table) -> portable.Table:
    return table.in_order(sorted(table.column_names))


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_is_restored_into_either_database(
    told: Flask, made: Path, scratch: Path, target: str
) -> None:
    before = contents()
    with another(target, scratch / "second") as second:
        code, out, err = run(second, "restore", str(made))
        assert (code, err.splitlines()) == (0, [])
        assert "the log holds to its anchor" in out
        with second.app_context():
            assert contents() == before
            assert migrations.at_newest()
            assert_protected()
            newest = db.session.execute(select(Person.id).order_by(Person.id.desc())).scalars().first()
            assert a_person("Newcomer") == (newest or 0) + 1  # numbers go on after the highest
        assert (scratch / "second" / "files" / "ab" / "c1d2").read_bytes() == UPLOAD
        assert run(second, "audit", "verify")[0] == 0


def test_what_is_sealed_opens_after_restoring(told: Flask, made: Path, scratch: Path) -> None:
    pitch_ids = db.session.execute(text("SELECT DISTINCT pitch_id FROM answer_version")).scalars().all()
    words = {pitch_id: [version.text for version in every_version(pitch_id)] for pitch_id in pitch_ids}
    assert any(words.values())
    with another("sqlite", scratch / "second") as second:
        assert run(second, "restore", str(made))[0] == 0
        with second.app_context():
            assert {p: [version.text for version in every_version(p)] for p in pitch_ids} == words


def test_no_key_is_in_a_backup_and_only_its_owner_may_read_it(made: Path) -> None:
    key, secret = b"k" * 32, b"not-secret-in-tests"
    for path in made.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
        if path.is_file():
            whole = path.read_bytes()
            if path.suffix == ".gz":
                whole += b"".join(archive.lines_of(made, _part(made, path)))
            assert not [k for k in (key, key.hex().encode(), secret) if k in whole], path


def _part(folder: Path, path: Path) -> archive.Part:
    return next(p for p in archive.read_manifest(folder).tables if folder / p.path == path)


def _flip(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)


def _change_count(folder: Path) -> None:
    content = json.loads((folder / archive.MANIFEST).read_text())
    content["tables"][0]["rows"] += 1
    (folder / archive.MANIFEST).write_text(json.dumps(content))


def _link(path: Path, to: Path) -> None:
    path.unlink()
    path.symlink_to(to)


def _lead_out(folder: Path, name: str) -> None:
    """A file or folder of the backup moves out of it, and a link to it takes its place."""
    outside = (folder / name).rename(folder.with_name("outside"))
    (folder / name).symlink_to(outside)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte of a table": (
        lambda f: _flip(f / "tables" / "person.jsonl.gz"),
        "tables/person.jsonl.gz is damaged",
    ),
    "a byte of an upload": (lambda f: _flip(f / "files" / "ab" / "c1d2"), "files/ab/c1d2 is damaged"),
    "a table gone": (
        lambda f: (f / "tables" / "pitch.jsonl.gz").unlink(),
        "tables/pitch.jsonl.gz is missing",
    ),
    "an upload gone": (lambda f: (f / "files" / "ab" / "c1d2").unlink(), "files/ab/c1d2 is missing"),
    "a manifest cut short": (
        lambda f: (f / "manifest.json").write_bytes((f / "manifest.json").read_bytes()[:-200]),
        "manifest.json is damaged",
    ),
    "another count in the manifest": (_change_count, "manifest.json is damaged"),
    "a link for an upload": (lambda f: _lead_out(f, "files/ab/c1d2"), "files/ab/c1d2 is a link"),
    "a link for a folder": (lambda f: _lead_out(f, "files/ab"), "files/ab/c1d2 is a link, or below one"),
    "a link for a table": (lambda f: _lead_out(f, "tables"), ".jsonl.gz is a link, or below one"),
    "a link to nothing": (lambda f: _link(f / "files/ab/c1d2", f / "gone"), "files/ab/c1d2 is a link"),
    "a link to itself": (
        lambda f: _link(f / "files/ab/c1d2", f / "files/ab/c1d2"),
        "files/ab/c1d2 is a link",
    ),
    "no manifest": (lambda f: (f / "manifest.json").unlink(), "it is no backup, or making it broke off"),
}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_backup_is_refused_before_anything_is_written(made: Path, scratch: Path, kind: str) -> None:
    damage, sentence = DAMAGE[kind]
    damage(made)
    with another("sqlite", scratch / "second") as second:
        code, out, err = run(second, "restore", str(made))
        assert (code, out) == (1, "")
        assert sentence in err
        with second.app_context():
            assert migrations.present() is None
        assert not (scratch / "second" / "files").exists()


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_log_that_does_not_hold_leaves_the_target_empty(told: Flask, scratch: Path, target: str) -> None:
    """An entry changed behind the triggers' back: the hashes of the backup hold, the chain does not."""
    db.session.execute(text("DROP TRIGGER audit_entry_no_update"))
    db.session.execute(text("UPDATE audit_entry SET role = 'nobody' WHERE seq = 1"))
    db.session.commit()
    assert run(told, "backup", str(scratch / "backup"))[0] == 0
    with another(target, scratch / "second") as second:
        code, _, err = run(second, "restore", str(scratch / "backup"))
        assert code == 1
        assert "entry 1 was changed after it was written" in err
        with second.app_context(), db.engine.connect() as connection:
            assert portable.is_empty(connection)
        assert not (scratch / "second" / "files").exists()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_row_that_points_at_nothing_leaves_the_target_empty(told: Flask, scratch: Path) -> None:
    db.session.remove()
    with closing(sqlite3.connect(str(db.engine.url.database))) as connection:  # foreign keys are off here
        connection.execute("UPDATE challenge SET officer_id = 99999 WHERE id = 1")
        connection.commit()
    assert run(told, "backup", str(scratch / "backup"))[0] == 0
    for target in ("sqlite", "postgresql"):
        with another(target, scratch / target) as second:
            code, _, err = run(second, "restore", str(scratch / "backup"))
            assert code == 1
            assert "challenge" in err
            with second.app_context(), db.engine.connect() as connection:
                assert portable.is_empty(connection)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_restore_replaces_nothing(told: Flask, made: Path, scratch: Path) -> None:
    code, _, err = run(told, "restore", str(made))
    assert code == 1
    assert "is not empty" in err
    with another("sqlite", scratch / "second") as second:
        (scratch / "second" / "files").mkdir()
        (scratch / "second" / "files" / "theirs").write_bytes(b"theirs")
        code, _, err = run(second, "restore", str(made))
        assert code == 1
        assert "files is not empty" in err
        assert (scratch / "second" / "files" / "theirs").read_bytes() == b"theirs"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_wrong_key_or_setting_is_refused_with_what_to_do(made: Path, scratch: Path) -> None:
    with another("sqlite", scratch / "second", seal_keys=(b"z" * 32,)) as second:
        code, _, err = run(second, "restore", str(made))
        assert code == 1
        assert "Set PITCHFEST_SEAL_KEY" in err
        assert run(second, "restore", str(made), "--without-key")[0] == 0
    with another("sqlite", scratch / "third", env="production") as third:
        code, _, err = run(third, "restore", str(made))
        assert code == 1
        assert "Set PITCHFEST_ENV=demo" in err


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_backup_never_goes_into_a_folder_with_something_in_it(made: Path, told: Flask) -> None:
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    code, _, err = run(told, "backup", str(made))
    assert code == 1
    assert "is not empty" in err
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before


def test_a_copy_from_before_a_migration_is_restored_and_brought_up_to_date(
    told: Flask, scratch: Path
) -> None:
    migrations.downgrade("0002_thread")
    assert run(told, "db", "upgrade")[0] == 0
    (copy,) = (Path(told.instance_path) / "backups").glob("*-from-0002_thread-*")
    copy = copy.rename(scratch / "copy")
    before = contents()
    with another("sqlite", scratch / "second") as second:
        code, _, err = run(second, "restore", str(copy))
        assert (code, err) == (0, "")
        with second.app_context():
            assert unmigrated(contents()) == unmigrated(before)


def unmigrated(found: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """Without the region's one row, to which migrating adds a random salt and the time of it."""
    return {name: seen for name, seen in found.items() if name != "region_settings"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("harm", "said"),
    [(Path.unlink, "is missing"), (lambda path: path.write_bytes(b"else"), "is not as it came")],
)
def test_an_upload_that_is_not_as_it_came_is_named(
    told: Flask, scratch: Path, now: datetime, harm: Callable[[Path], object], said: str
) -> None:
    written = files.write(UPLOAD)
    with transaction():
        number = files.store(SYSTEM, written=written, name="map.pdf", media_type="application/pdf", now=now)
    assert run(told, "backup", str(scratch / "good"))[0] == 0
    harm(Path(told.instance_path) / "files" / written.key)
    for words in (
        ("backup", str(scratch / "bad")),
        ("data", "copy", "--to", f"sqlite:///{scratch / 'other'}"),
    ):
        code, out, err = run(told, *words)
        assert code == 1
        assert "is complete" in out
        assert f"file {number} {said}" in err
    with another("sqlite", scratch / "second") as second:
        assert run(second, "restore", str(scratch / "good"))[0] == 0
        assert (scratch / "second" / "files" / written.key).read_bytes() == UPLOAD


def test_a_new_database_has_rows_in_the_seeded_tables_only(app: Flask) -> None:
    with db.engine.connect() as connection:
        full = {t.name for t in portable.tables(connection) if portable.sum_of(connection, t).rows}
        assert full == set(portable.SEEDED)
        assert portable.is_empty(connection)
    assert not set(portable.SEEDED) & set(INSERT_ONLY)
