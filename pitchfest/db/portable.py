"""Whole tables as lines of JSON that mean the same on SQLite and PostgreSQL.

One form serves the backup, its restoring and the copy to another database. It is read off the
database itself, not off the models, so that a database of an older revision can be written out
before it is migrated. A row is a JSON array in the order of the table's columns: moments are
ISO 8601 text in UTC, bytes are base64, all else is what JSON has. Sealed values travel as the
bytes they are; no key is needed. Rows come in the order of their primary key, so that equal
tables give equal lines on both databases, and one hash compares them.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from pitchfest.db.engine import WRITE, db

#: Rows that a database has from its first migration on; all other tables are empty then.
SEEDED = ("audit_head", "worker_beat")
#: The tool's own table: migrating to a revision writes it.
_REVISION = "alembic_version"
_TOGETHER = 1000
#: How the tables and columns of the full-text index are called, which each database keeps by itself.
INDEX = "challenge_words"


class DoesNotFitError(Exception):
    """A database refused a row; the message names the table and why, never the row."""


@dataclass(frozen=True)
class Table:
    """A table as it stands in a database: the columns by name and type, and its key."""

    name: str
    columns: tuple[tuple[str, sa.types.TypeEngine[Any]], ...]
    key: tuple[str, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns in the order of the lines."""
        return tuple(name for name, _ in self.columns)

    def in_order(self, names: Iterable[str]) -> Table:
        """The same table with its columns in another order."""
        kinds = dict(self.columns)
        return replace(self, columns=tuple((name, kinds[name]) for name in names))

    @property
    def clause(self) -> sa.TableClause:
        """The table for a statement."""
        return sa.table(self.name, *(sa.column(name, kind) for name, kind in self.columns))


@dataclass
class Sum:
    """What was seen of a table: how many rows, and the SHA-256 over their lines."""

    rows: int = 0

    def __post_init__(self) -> None:
        self._hash = hashlib.sha256()

    def over(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The same lines, counted and hashed as they pass."""
        for line in lines:
            self.rows += 1
            self._hash.update(line)
            yield line

    @property
    def digest(self) -> str:
        """Lower-case hex SHA-256 of the lines so far."""
        return self._hash.hexdigest()


@contextmanager
def snapshot() -> Iterator[Connection]:
    """One moment of the running application's database, for everything `db.session` reads within.

    No writer waits for it: SQLite reads a fixed end of the write-ahead log, PostgreSQL a
    REPEATABLE READ transaction.
    """
    session = db.session()
    session.rollback()
    session.expire_all()
    connection = session.connection(execution_options=reading(db.engine))
    connection.exec_driver_sql("SELECT count(*) FROM audit_head")  # the moment is that of the first read
    try:
        yield connection
    finally:
        session.rollback()


def reading(engine: Engine) -> dict[str, Any]:
    """Execution options of a connection whose reads shall all be of one moment."""
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {}


def tables(connection: Connection) -> list[Table]:
    """Every table with rows of ours, by name."""
    found = inspect(connection)
    columns, keys = found.get_multi_columns(), found.get_multi_pk_constraint()
    return sorted(
        (
            Table(
                name=name,
                columns=tuple(
                    (column["name"], column["type"])
                    for column in columns[schema, name]
                    if not column["name"].startswith(INDEX)
                ),
                key=tuple(keys[schema, name]["constrained_columns"]),
            )
            for schema, name in columns
            if name != _REVISION and not name.startswith(INDEX)
        ),
        key=lambda table: table.name,
    )


def lines(connection: Connection, table: Table) -> Generator[bytes, None, None]:
    """The table's rows, one line each, in the order of the primary key. Close it where reading may stop."""
    clause = table.clause
    in_order = (
        sa.select(*clause.c)
        .order_by(*(_bytewise(connection, clause.c[name]) for name in table.key))
        .execution_options(yield_per=_TOGETHER)
    )
    to_json = [(n, change) for n, (_, kind) in enumerate(table.columns) if (change := _outward(kind))]
    with connection.execute(in_order) as rows:
        for row in rows:
            values = list(row)
            for n, change in to_json:
                if values[n] is not None:
                    values[n] = change(values[n])
            yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def load(connection: Connection, table: Table, wanted: Iterable[bytes]) -> None:
    """Put the lines into an empty table, whose columns are those of the lines.

    Raises DoesNotFitError where the database takes a row as against its own rules.
    """
    statement = sa.insert(table.clause)
    names = table.column_names
    from_json = [(name, change) for name, kind in table.columns if (change := _inward(kind))]
    arriving = iter(wanted)
    while together := list(islice(arriving, _TOGETHER)):
        rows = [dict(zip(names, json.loads(line), strict=True)) for line in together]
        for row in rows:
            for name, change in from_json:
                if row[name] is not None:
                    row[name] = change(row[name])
        try:
            connection.execute(statement, rows)
        except DBAPIError as error:
            raise DoesNotFitError(f"{table.name}: {_first_line(error)}") from error


def sum_of(connection: Connection, table: Table) -> Sum:
    """Read a whole table: how many rows, and the hash of its lines."""
    seen = Sum()
    for _ in seen.over(lines(connection, table)):
        pass
    return seen


def is_empty(connection: Connection) -> bool:
    """Whether the database is new: no tables, or none with rows but those of the first migration."""
    return not any(
        connection.execute(sa.select(sa.exists(sa.select(sa.literal(1)).select_from(table.clause)))).scalar()
        for table in tables(connection)
        if table.name not in SEEDED
    )


@contextmanager
def loading(engine: Engine) -> Iterator[Connection]:
    """A transaction in which rows may arrive in any order; at its end each must point at something.

    It takes the rows of the first migration away first, and last lets PostgreSQL's sequences go on
    after the highest number. Commits at the end of the block; any exception leaves the database as
    it was. Raises DoesNotFitError when a row points at nothing.
    """
    load_on = _loading_postgresql if engine.dialect.name == "postgresql" else _loading_sqlite
    with engine.connect().execution_options(**{WRITE: True}) as connection, load_on(connection):
        for name in SEEDED:
            connection.execute(sa.delete(sa.table(name)))
        yield connection


@contextmanager
def _loading_sqlite(connection: Connection) -> Iterator[None]:
    """Foreign keys off, then all checked at once. Merely deferred, each row that arrives before what
    it points at makes every later insert look through the tables for others like it.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # does nothing inside a transaction, so before it
    try:
        with connection.begin():
            yield
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                child, _, parent, _ = broken[0]
                raise DoesNotFitError(f"{child}: a row points at a row of {parent} that is not there")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _loading_postgresql(connection: Connection) -> Iterator[None]:
    with connection.begin():
        _postgresql_defers(connection)
        yield
        try:
            _postgresql_checks(connection)
        except DBAPIError as error:
            raise DoesNotFitError(_first_line(error)) from error


def _postgresql_defers(connection: Connection) -> None:
    for statement in _alter_foreign_keys(connection, "DEFERRABLE INITIALLY DEFERRED"):
        connection.exec_driver_sql(statement)


def _postgresql_checks(connection: Connection) -> None:
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in _alter_foreign_keys(connection, "NOT DEFERRABLE"):
        connection.exec_driver_sql(statement)
    for table in tables(connection):
        for name in table.key:
            sequence = connection.execute(
                sa.text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": f'"{table.name}"', "column": name},
            ).scalar()
            if sequence:
                highest = connection.execute(sa.select(sa.func.max(table.clause.c[name]))).scalar()
                connection.execute(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))


def _alter_foreign_keys(connection: Connection, how: str) -> list[str]:
    quote = connection.dialect.identifier_preparer.quote
    return [
        f"ALTER TABLE {quote(table)} ALTER CONSTRAINT {quote(key['name'] or '')} {how}"
        for (_, table), keys in inspect(connection).get_multi_foreign_keys().items()
        for key in keys
    ]


def _bytewise(connection: Connection, column: sa.ColumnClause[Any]) -> sa.ColumnElement[Any]:
    """A column to order by: text by its bytes on PostgreSQL too, whatever language it sorts in."""
    if connection.dialect.name == "postgresql" and isinstance(column.type, sa.String):
        return sa.collate(column, "C")
    return column


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


#: Type of a column → how its value is written and read. SQLite keeps moments as that very text.
_FORMS: tuple[tuple[type[sa.types.TypeEngine[Any]], Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    (sa.DateTime, _moment, datetime.fromisoformat),
    (sa.Date, date.isoformat, date.fromisoformat),
    (sa.LargeBinary, lambda value: b64encode(value).decode(), b64decode),
)


def _outward(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    return next((out for form, out, _ in _FORMS if isinstance(kind, form)), None)


def _inward(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    return next((inward for form, _, inward in _FORMS if isinstance(kind, form)), None)


def _first_line(error: DBAPIError) -> str:
    """The driver's own words without its detail, which may hold what people wrote."""
    return str(error.orig).splitlines()[0]
