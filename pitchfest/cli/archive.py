"""The folder that a backup is: a manifest, one file for each table, and the uploaded files.

    manifest.json             written last: without it the folder is no backup
    tables/challenge.jsonl.gz the rows, as `db.portable` writes them
    files/…                   what people uploaded, under the names it has in the instance folder

The manifest names every other file with its SHA-256, and holds one of itself, so that any change
shows before anything is restored. No key is ever in it, only the ids of the keys.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection

from pitchfest.db import portable
from pitchfest.kernel.text import canonical_json

FORMAT = 1
MANIFEST = "manifest.json"


class NotABackupError(Exception):
    """The folder cannot be restored or written to; the message says why and what to do."""


@dataclass(frozen=True)
class Part:
    """One table: its columns in order, how many rows, and the SHA-256 of the lines and of the file."""

    name: str
    columns: tuple[str, ...]
    rows: int
    content: str
    sha256: str

    @property
    def path(self) -> str:
        """Where the file stands in the folder."""
        return f"tables/{self.name}.jsonl.gz"


@dataclass(frozen=True)
class File:
    """One uploaded file: its name below the instance's `files`, and its SHA-256."""

    name: str
    sha256: str

    @property
    def path(self) -> str:
        """Where the file stands in the folder."""
        return f"files/{self.name}"


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself. `files` is None where only the database was wanted."""

    made_at: str
    revision: str
    database: str
    demo: bool
    seal_keys: tuple[str, ...]
    anchor: str
    tables: tuple[Part, ...]
    files: tuple[File, ...] | None
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many rows there are in all tables together."""
        return sum(part.rows for part in self.tables)


def make_folder(folder: Path) -> None:
    """Make the folder for its owner only, or take an empty one. Raises NotABackupError otherwise."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotABackupError(f"{folder} is not empty. Name a new folder: a backup never replaces another.")
    _make_parents(folder / "tables")
    folder.chmod(0o700)
    (folder / "tables").mkdir(mode=0o700)


def write_tables(folder: Path, connection: Connection) -> tuple[Part, ...]:
    """Write every table of the connection's moment."""
    return tuple(_write_table(folder, connection, table) for table in portable.tables(connection))


def _write_table(folder: Path, connection: Connection, table: portable.Table) -> Part:
    path, seen = folder / "tables" / f"{table.name}.jsonl.gz", portable.Sum()
    with _created(path) as raw, gzip.GzipFile("", "wb", 3, raw, mtime=0) as packed:
        packed.writelines(seen.over(portable.lines(connection, table)))
    _sync(path)
    return Part(table.name, table.column_names, seen.rows, seen.digest, sha256_of(path))


def write_files(folder: Path, root: Path) -> tuple[File, ...]:
    """Copy every regular file below `root`. What is still being written, and what goes meanwhile,
    belongs to no row of the moment that was copied, and is left out.
    """
    found = []
    for source in sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink()):
        if source.suffix == ".part" or source.name.startswith("."):
            continue
        target = folder / "files" / source.relative_to(root)
        try:
            copy_file(source, target)
        except FileNotFoundError:
            continue
        found.append(File(source.relative_to(root).as_posix(), sha256_of(target)))
    return tuple(found)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Complete the backup: everything else is on the disk when the manifest appears."""
    for inner in [*(path for path in folder.rglob("*") if path.is_dir()), folder]:
        _sync(inner)
    content = asdict(manifest)
    content["sha256"] = _own_hash(content)
    unfinished = folder / f"{MANIFEST}.part"
    with _created(unfinished) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n")
    _sync(unfinished)
    unfinished.rename(folder / MANIFEST)
    _sync(folder)
    _sync(folder.parent)


def read_manifest(folder: Path) -> Manifest:
    """What the backup in this folder says about itself. Raises NotABackupError."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NotABackupError(
            f"{folder} has no {MANIFEST}: it is no backup, or making it broke off. Use another."
        )
    damaged = NotABackupError(f"{path} is damaged: its hash does not hold. Use another copy of this backup.")
    try:
        content = json.loads(path.read_bytes())
        said = content.pop("sha256")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise damaged from error
    if said != _own_hash(content):
        raise damaged
    if content["format"] != FORMAT:
        raise NotABackupError(
            f"{path} has format {content['format']}, this code reads {FORMAT}. Use newer code."
        )
    return _manifest(content)


def _manifest(content: dict[str, Any]) -> Manifest:
    files = content["files"]
    return Manifest(
        **{
            **content,
            "seal_keys": tuple(content["seal_keys"]),
            "tables": tuple(Part(**{**p, "columns": tuple(p["columns"])}) for p in content["tables"]),
            "files": None if files is None else tuple(File(**file) for file in files),
        }
    )


def verify(folder: Path, manifest: Manifest) -> None:
    """Read every file that the manifest names and compare. Raises NotABackupError at the first difference,
    and for a link: what it leads to is no part of the backup, and would be restored as if it were.
    """
    parts: tuple[Part | File, ...] = (*manifest.tables, *(manifest.files or ()))
    for part in parts:
        if ".." in PurePosixPath(part.path).parts or PurePosixPath(part.name).is_absolute():
            raise NotABackupError(f"The manifest names {part.name}, which is outside the backup.")
        path = folder / part.path
        steps = PurePosixPath(part.path)
        if any((folder / step).is_symlink() for step in (steps, *steps.parents[:-1])):
            raise NotABackupError(
                f"{part.path} is a link, or below one. A backup has none. Use another copy of it."
            )
        if not path.is_file():
            raise NotABackupError(f"{part.path} is missing from the backup. Use another copy of it.")
        if sha256_of(path) != part.sha256:
            raise NotABackupError(f"{part.path} is damaged: its hash does not hold. Use another copy.")


def lines_of(folder: Path, part: Part) -> Iterator[bytes]:
    """The rows of one table, as `db.portable` takes them."""
    with gzip.open(folder / part.path) as file:
        yield from file


def copy_file(source: Path, target: Path) -> None:
    """Copy one file for its owner only, and onto the disk. Raises FileNotFoundError without the source."""
    with source.open("rb") as reading:
        _make_parents(target)
        with _created(target) as writing:
            shutil.copyfileobj(reading, writing, 1 << 20)
    _sync(target)


def sha256_of(path: Path) -> str:
    """Lower-case hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _own_hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def _make_parents(path: Path) -> None:
    """The folders above a path, for their owner only; those that are there stay as they are."""
    for folder in reversed(path.parents):
        folder.mkdir(mode=0o700, exist_ok=True)


def _created(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
