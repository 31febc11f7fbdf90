"""Alembic's environment: an engine (the running application's, when none is named), foreign keys off,
then checked.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from pitchfest.db import db
from pitchfest.db.engine import WRITE
from pitchfest.db.triggers import protect, unprotect

#: Held for the length of a migration on PostgreSQL, so that two starting machines take turns.
MIGRATION_LOCK = 72_190_426


def migrate(connection: Connection) -> None:
    """Run the migrations in the connection's transaction; the log stays protected after them.

    Alembic's batch mode rebuilds a SQLite table and drops its triggers without a word, so all
    are taken off before and put back after.
    """
    unprotect(connection)
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    protect(connection)


def on_sqlite(connection: Connection) -> None:
    """Foreign keys off (a rebuilt table is dropped once), then every row checked before commit."""
    driver = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # does nothing inside a transaction, so before it
    try:
        with connection.begin():
            migrate(connection)
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise RuntimeError(f"the migration leaves {len(broken)} rows that point at nothing")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def on_postgresql(connection: Connection) -> None:
    """One transaction, one machine at a time."""
    with connection.begin():
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        migrate(connection)


engine = context.config.attributes.get("engine") or db.engine
with engine.connect().execution_options(**{WRITE: True}) as live:
    on_sqlite(live) if live.dialect.name == "sqlite" else on_postgresql(live)
