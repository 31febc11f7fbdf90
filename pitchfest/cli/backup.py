"""`flask backup DIR` while the site serves, and `flask restore DIR` into an empty installation."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from config import Settings
from pitchfest.accounts import queries as accounts
from pitchfest.audit.queries import anchor, chain
from pitchfest.audit.rules import first_break, parse_anchor
from pitchfest.cli import archive
from pitchfest.db import db, migrations, portable
from pitchfest.db.sealing import current_keyring
from pitchfest.files import queries as stored_files
from pitchfest.judging import queries as judging
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import Busy, StorageFailed

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("backup")
@click.argument("folder", metavar="DIR", type=FOLDER)
@with_appcontext
def backup(folder: Path) -> None:
    """Write everything but the keys into the new folder DIR, while the site serves."""
    with sentences():
        manifest = make_backup(folder, files=stored_files.folder())
    files = manifest.files or ()
    click.echo(f"The backup in {folder} is complete and on the disk:")
    click.echo(
        f"  {count_of(len(manifest.tables), 'table')} with {count_of(manifest.rows, 'row')}, "
        f"{count_of(len(files), 'uploaded file')}, revision {manifest.revision}"
    )
    click.echo(f"  the log's anchor: {manifest.anchor}")
    click.echo(f"The seal key ({', '.join(manifest.seal_keys)}) is not in it. Keep the key somewhere else.")
    refuse_astray()


@click.command("restore")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--without-key", is_flag=True, help="Restore although what is sealed cannot be read here.")
@with_appcontext
def restore(folder: Path, without_key: bool) -> None:
    """Put the backup in DIR into this installation, which must be empty."""
    with sentences():
        manifest = archive.read_manifest(folder)
        refuse_unsuitable(manifest, without_key=without_key)
        archive.verify(folder, manifest)
        refuse_occupied(manifest)
        put_back(folder, manifest)
    migrations.upgrade()
    checked, differences = judging.total_differences()
    click.echo(f"The backup of {manifest.made_at} is restored:")
    tables, rows = count_of(len(manifest.tables), "table"), count_of(manifest.rows, "row")
    click.echo(f"  {tables} with {rows}, equal to the backup")
    click.echo(f"  {count_of(len(manifest.files or ()), 'uploaded file')}, each with its hash")
    click.echo(f"  the log holds to its anchor {manifest.anchor}")
    if differences:
        click.echo("These stored totals were already wrong when the backup was made:", err=True)
        click.echo("\n".join(differences), err=True)
        sys.exit(1)
    click.echo(f"  {checked:,} stored totals agree with the signed scorecards")
    refuse_astray()
    click.echo("Start it with `flask --app wsgi serve`. Mail that was waiting will then be sent.")


def refuse_astray() -> None:
    """Exit 1, and say which, where an uploaded file is gone or is not as it came."""
    if migrations.at_newest() and (wrong := stored_files.astray()):
        click.echo("\n".join(wrong), err=True)
        raise click.ClickException(
            "All else is complete, but these files are not as they came. Bring them back from an older "
            f"backup into {stored_files.folder()}."
        )


def count_of(count: int, one: str) -> str:
    """`1 table`, `2 tables`, with a plain space, so that what a command says can be searched."""
    return f"{count:,} {one if count == 1 else one + 's'}"


def make_backup(folder: Path, *, files: Path | None) -> archive.Manifest:
    """Write a backup of one moment of the database, and after it of every file below `files`.

    The database comes first. A row commits only after its file is on the disk, files never change,
    and the sweep leaves a file alone for a day after its row went: so whatever the rows of that
    moment name is there when the files are copied. The other way round, a file that arrived in
    between would be missing. Raises NotABackupError when the folder is in use or nothing is there.
    """
    revision = migrations.present()
    if revision is None:
        raise archive.NotABackupError("There is no database to back up. Check DATABASE_URL.")
    archive.make_folder(folder)
    made_at = datetime.now(UTC)
    with portable.snapshot() as connection:
        head, demo = anchor(), bool(accounts.demo_mark())
        tables = archive.write_tables(folder, connection)
    manifest = archive.Manifest(
        made_at=iso(made_at),
        revision=revision,
        database=db.engine.dialect.name,
        demo=demo,
        seal_keys=current_keyring().ids,
        anchor=head,
        tables=tables,
        files=None if files is None else archive.write_files(folder, files),
    )
    archive.write_manifest(folder, manifest)
    return manifest


def refuse_unsuitable(manifest: archive.Manifest, *, without_key: bool) -> None:
    """Raise NotABackupError where this code, setting or key is not the one for the backup."""
    settings: Settings = current_app.extensions["pitchfest.settings"]
    if not migrations.known(manifest.revision):
        raise archive.NotABackupError(
            f"The backup is of revision {manifest.revision}, which this code does not know. "
            "Restore it with the code that made it, or with newer code."
        )
    if manifest.demo != settings.demo:
        kind, env = ("a demonstration", "demo") if manifest.demo else ("a real region", "production")
        raise archive.NotABackupError(f"The backup is of {kind}. Set PITCHFEST_ENV={env} and restore again.")
    missing = set(manifest.seal_keys) - set(current_keyring().ids)
    if missing and not without_key:
        raise archive.NotABackupError(
            f"The backup needs the seal key {', '.join(sorted(missing))}, which is not the one set here. "
            "Set PITCHFEST_SEAL_KEY to it (several keys are joined by commas). Without it, drafts and "
            "unopened pitches cannot be read; --without-key restores all the same."
        )


def refuse_occupied(manifest: archive.Manifest) -> None:
    """Raise NotABackupError where something is in the way: a restore replaces nothing."""
    if migrations.present() is not None:
        with db.engine.connect() as connection:
            empty = portable.is_empty(connection)
        if not empty:
            raise archive.NotABackupError(
                "This installation's database is not empty. Restore into a new one: set PITCHFEST_INSTANCE "
                "to a new folder, or DATABASE_URL to a new database."
            )
    files = stored_files.folder()
    if manifest.files is not None and files.exists() and any(files.iterdir()):
        raise archive.NotABackupError(f"{files} is not empty. Move it away, then restore again.")


def put_back(folder: Path, manifest: archive.Manifest) -> None:
    """Files and rows, all or nothing: what goes wrong before the commit leaves the target empty.

    Raises NotABackupError or DoesNotFitError where the target does not come out equal to the backup.
    """
    if migrations.present() is not None:
        migrations.downgrade("base")
    migrations.upgrade(manifest.revision)
    files = stored_files.folder()
    try:
        for file in manifest.files or ():
            archive.copy_file(folder / file.path, files / file.name)
        with portable.loading(db.engine) as connection:
            _load(folder, manifest, connection)
            _compare(manifest, connection)
    except BaseException:
        if manifest.files:
            shutil.rmtree(files, ignore_errors=True)
        raise


def _load(folder: Path, manifest: archive.Manifest, connection: Connection) -> None:
    targets = {table.name: table for table in portable.tables(connection)}
    if {part.name: set(part.columns) for part in manifest.tables} != {
        name: set(table.column_names) for name, table in targets.items()
    }:
        raise archive.NotABackupError(
            f"The tables of the backup are not those of revision {manifest.revision}. Use another backup."
        )
    for part in manifest.tables:
        ordered = targets[part.name].in_order(part.columns)
        portable.load(connection, ordered, archive.lines_of(folder, part))


def _compare(manifest: archive.Manifest, connection: Connection) -> None:
    """Read what was written, and compare it with the manifest: every row, and the chain of the log."""
    targets = {table.name: table for table in portable.tables(connection)}
    for part in manifest.tables:
        found = portable.sum_of(connection, targets[part.name].in_order(part.columns))
        if (found.rows, found.digest) != (part.rows, part.content):
            raise archive.NotABackupError(
                f"The table {part.name} did not come out equal to the backup: {found.rows} rows of "
                f"{part.rows}. Nothing was restored. Please report this."
            )
    verify_chain(manifest.anchor, chain(connection))


def verify_chain(head: str, entries: Generator[dict[str, object], None, None]) -> None:
    """Raise NotABackupError unless the log holds and ends with the entry of the anchor."""
    newest = parse_anchor(head)
    with closing(entries):
        count, broken = first_break(entries, [newest] if newest[0] else [])
    if broken or count != newest[0]:
        reason = broken.reason if broken else f"it ends at entry {count}, not at {newest[0]}"
        raise archive.NotABackupError(f"The log does not hold: {reason}. Nothing was changed.")


@contextmanager
def sentences() -> Iterator[None]:
    """What a command refuses, as a sentence and exit code 1."""
    try:
        yield
    except (archive.NotABackupError, portable.DoesNotFitError) as error:
        raise click.ClickException(str(error)) from error
    except Busy as error:
        raise click.ClickException("Someone else was writing for 30 seconds. Try again.") from error
    except (StorageFailed, OperationalError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else "the database cannot be written to"
        raise click.ClickException(
            f"Reading or writing failed ({why}). Check space and permissions, remove what was begun, "
            "and try again."
        ) from error
