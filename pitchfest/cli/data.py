"""`flask data copy --to URL`: the whole database into another, of either kind, while the site serves."""

from __future__ import annotations

import time
from contextlib import closing, nullcontext
from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from config import SettingsError, database_url
from pitchfest.audit.queries import anchor, chain
from pitchfest.cli.archive import NotABackupError
from pitchfest.cli.backup import count_of, refuse_astray, sentences, verify_chain
from pitchfest.db import db, migrations, portable
from pitchfest.db.engine import engine_options
from pitchfest.db.transaction import LONGEST_WAIT, close_for_writing, turn
from pitchfest.kernel.clock import iso

data = AppGroup("data", help="The installation's data.")


@data.command("copy")
@click.option("--to", "url", required=True, help="URL of an empty database.")
@click.option(
    "--close", is_flag=True, help="For the move itself: save nothing here any more, so nothing is lost."
)
@with_appcontext
def copy(url: str, close: bool) -> None:
    """Copy every table to the empty database at URL, compare, and say what to do next."""
    try:
        engine = create_engine(database_url(url), **engine_options(url))
    except SettingsError as error:
        raise click.UsageError(f"--to: {error}") from error
    if close and db.engine.dialect.name != "sqlite":
        raise click.UsageError("--close is for SQLite. On PostgreSQL stop the servers first.")
    try:
        with sentences():
            make_ready(engine)
            began, moment = time.monotonic(), iso(datetime.now(UTC))
            with turn(began + LONGEST_WAIT) if close else nullcontext():
                sums, head = copy_all(engine)
                if close:
                    close_for_writing()
            took = time.monotonic() - began
    finally:
        engine.dispose()
    rows = sum(seen.rows for seen in sums.values())
    click.echo(f"The copy of {moment} is complete, in {took:.1f} seconds:")
    click.echo(f"  {count_of(len(sums), 'table')} with {count_of(rows, 'row')}, each equal on both sides")
    click.echo(f"  the log holds to its anchor {head}")
    click.echo(_CLOSED if close else _OPEN)
    refuse_astray()


_CLOSED = """Nothing can be saved in the old database any more; its pages can be read.
Now set DATABASE_URL to the new one, leave the keys and the instance folder as they are, and restart.
To go back instead, remove the file that ends in .closed beside the old database."""
_OPEN = """What is saved here from now on is not in the copy.
For the move itself, copy to an empty database with --close, set DATABASE_URL to it and restart."""


def make_ready(engine: Engine) -> None:
    """Bring the empty target to this database's revision. Raises NotABackupError when it is not empty."""
    revision = migrations.present()
    if revision is None:
        raise NotABackupError("There is no database to copy. Check DATABASE_URL.")
    if engine.url == db.engine.url:
        raise NotABackupError("--to names the database that is in use. Name an empty one.")
    try:
        there = migrations.present(engine)
    except OperationalError as error:
        raise NotABackupError(
            "The database at --to cannot be reached. Check the URL and that the server runs."
        ) from error
    if there not in (None, revision):
        raise NotABackupError("The database at --to is of another revision. Name an empty one.")
    with engine.connect() as connection:
        if not portable.is_empty(connection):
            raise NotABackupError("The database at --to is not empty. Name an empty one.")
    migrations.upgrade(revision, engine)


def copy_all(engine: Engine) -> tuple[dict[str, portable.Sum], str]:
    """Copy one moment of the running application's database; what was seen by table, and the log's anchor.

    The target commits once, after every table was read back and found equal. Raises
    NotABackupError or DoesNotFitError; the target is then as empty as before.
    """
    sums: dict[str, portable.Sum] = {}
    with portable.snapshot() as source, portable.loading(engine) as target:
        head = anchor()
        there = {table.name: table for table in portable.tables(target)}
        pairs = [(table, there[table.name].in_order(table.column_names)) for table in portable.tables(source)]
        for table, arriving in pairs:
            seen = sums[table.name] = portable.Sum()
            with closing(portable.lines(source, table)) as lines:
                portable.load(target, arriving, seen.over(lines))
        for table, arrived in pairs:
            seen, found = sums[table.name], portable.sum_of(target, arrived)
            if (found.rows, found.digest) != (seen.rows, seen.digest):
                raise NotABackupError(
                    f"The table {table.name} did not come out equal: {found.rows} rows of {seen.rows}. "
                    "Nothing was copied. Please report this."
                )
        verify_chain(head, chain(target))
    return sums, head
