"""Tables to which rows are only ever added, and the triggers that see to it.

The version of an answer that is being written may change until it is done; the words of an agreed score
may go, as rows do, and its figure stays.
Rows of a challenge or of one pitch can go within a disposal of it (`db.disposal`): when a practice
challenge is thrown away, or when the time for which a pitch is kept is over. An entry of the log
never goes. On SQLite `recursive_triggers` (set at each connection) makes REPLACE fire the delete
trigger.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

_OF_PITCH = (
    "EXISTS (SELECT 1 FROM disposal d JOIN pitch p ON p.challenge_id = d.challenge_id{joins} "
    "WHERE {key} AND (d.pitch_id IS NULL OR d.pitch_id = p.id))"
)
_BY_PITCH_ID = _OF_PITCH.format(joins="", key="p.id = OLD.pitch_id")
_OF_CHALLENGE = (
    "EXISTS (SELECT 1 FROM disposal d WHERE d.challenge_id = OLD.challenge_id AND d.pitch_id IS NULL)"
)
_NEVER = "(1 = 0)"

#: Table → when one of its rows may be deleted, as a condition on OLD.
_MAY_GO = {
    "audit_entry": _NEVER,
    "answer_version": _BY_PITCH_ID,
    "submitted_answer": _OF_PITCH.format(
        joins=" JOIN pitch_submission s ON s.pitch_id = p.id", key="s.id = OLD.submission_id"
    ),
    "submitted_organisation": _OF_PITCH.format(
        joins=" JOIN pitch_submission s ON s.pitch_id = p.id", key="s.id = OLD.submission_id"
    ),
    "pitch_submission": _BY_PITCH_ID,
    "opening": _OF_CHALLENGE,
    "opened_answer": _BY_PITCH_ID,
    "clarified_answer": _BY_PITCH_ID,
    "score_version": _OF_PITCH.format(
        joins=" JOIN scorecard c ON c.pitch_id = p.id", key="c.id = OLD.scorecard_id"
    ),
    "declaration_step": _OF_PITCH.format(
        joins=" JOIN declaration x ON x.pitch_id = p.id", key="x.id = OLD.declaration_id"
    ),
    "challenge_snapshot": _OF_CHALLENGE,
    "challenge_correction": _OF_CHALLENGE,
    "challenge_delay": _OF_CHALLENGE,
    "challenge_duty": _OF_CHALLENGE,
    "challenge_cancellation": _OF_CHALLENGE,
    "published_answer": _OF_CHALLENGE,
    "agreed_score": _BY_PITCH_ID,
    "letter": _BY_PITCH_ID,
}
INSERT_ONLY = tuple(_MAY_GO)

#: Table → (a column that it has since then, when a row may change). In all others none ever may.
_MAY_CHANGE = {
    "answer_version": (
        "begun_at",
        (
            "(OLD.begun_at IS NOT NULL AND NEW.id = OLD.id AND NEW.pitch_id = OLD.pitch_id "
            "AND NEW.question_id = OLD.question_id AND NEW.author_id = OLD.author_id "
            "AND coalesce(NEW.parent_id, 0) = coalesce(OLD.parent_id, 0) AND NEW.revision >= OLD.revision)"
        ),
    ),
    "agreed_score": ("hundredths", _BY_PITCH_ID),
}

_REFUSAL = "rows of this table are never changed"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$
"""
#: A trigger's own condition may not look into tables on PostgreSQL, so each table has a function.
_DELETE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {{table}}_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF {{condition}} THEN RETURN OLD; END IF; RAISE EXCEPTION '{_REFUSAL}'; END $$
"""
_CHANGE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {{table}}_may_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF {{condition}} THEN RETURN NEW; END IF; RAISE EXCEPTION '{_REFUSAL}'; END $$
"""


def protect(connection: Connection) -> None:
    """Make every insert-only table that exists refuse UPDATE, DELETE, REPLACE and TRUNCATE."""
    tables, can_go = _existing(connection), inspect(connection).has_table("disposal")
    if connection.dialect.name == "postgresql" and tables:
        connection.exec_driver_sql(_FUNCTION)
    for table in tables:
        may_go = _MAY_GO[table] if can_go else _NEVER
        _PROTECT[connection.dialect.name](connection, table, may_go, _may_change(connection, table))


def _may_change(connection: Connection, table: str) -> str:
    column, condition = _MAY_CHANGE.get(table, ("", _NEVER))
    return condition if column in {c["name"] for c in inspect(connection).get_columns(table)} else _NEVER


def _on_sqlite(connection: Connection, table: str, may_go: str, may_change: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for name, event, condition in (("update", "UPDATE", may_change), ("delete", "DELETE", may_go)):
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} WHEN NOT {condition} {refuse}"
        )


def _on_postgresql(connection: Connection, table: str, may_go: str, may_change: str) -> None:
    connection.exec_driver_sql(_DELETE_FUNCTION.format(table=table, condition=may_go))
    connection.exec_driver_sql(_CHANGE_FUNCTION.format(table=table, condition=may_change))
    for name, events, each, function in (
        ("change", "UPDATE", "ROW", f"{table}_may_change"),
        ("delete", "DELETE", "ROW", f"{table}_may_go"),
        ("truncate", "TRUNCATE", "STATEMENT", "refuse_change"),
    ):
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_{name} BEFORE {events} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {function}()"
        )


_PROTECT = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}


def unprotect(connection: Connection) -> None:
    """Take the triggers off, for the length of a migration's transaction only."""
    for table in _existing(connection):
        if connection.dialect.name == "sqlite":
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        else:
            for act in ("change", "delete", "truncate"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act} ON {table}")


def _existing(connection: Connection) -> list[str]:
    present = set(inspect(connection).get_table_names())
    return [table for table in INSERT_ONLY if table in present]
