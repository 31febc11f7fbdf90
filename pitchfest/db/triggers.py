"""Tables to which rows are only ever added, and the triggers that see to it.

On SQLite `recursive_triggers` (set at each connection) makes REPLACE fire the delete trigger.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

INSERT_ONLY = (
    "audit_entry",
    "answer_version",
    "submitted_answer",
    "pitch_submission",
    "opening",
    "opened_answer",
    "score_version",
    "challenge_snapshot",
    "letter",
)

_REFUSAL = "rows of this table are never changed"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$
"""


def protect(connection: Connection) -> None:
    """Make every insert-only table that exists refuse UPDATE, DELETE, REPLACE and TRUNCATE."""
    tables = _existing(connection)
    if connection.dialect.name == "sqlite":
        for table in tables:
            for act in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
                )
        return
    if tables:
        connection.exec_driver_sql(_FUNCTION)
    for table in tables:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def unprotect(connection: Connection) -> None:
    """Take the triggers off, for the length of a migration's transaction only."""
    for table in _existing(connection):
        if connection.dialect.name == "sqlite":
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        else:
            for act in ("change", "truncate"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act} ON {table}")


def _existing(connection: Connection) -> list[str]:
    present = set(inspect(connection).get_table_names())
    return [table for table in INSERT_ONLY if table in present]
