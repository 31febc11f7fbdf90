"""Migrations: numbered, one head, equal to the models, and safe with rows in every table."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, Table, insert, inspect, text
from sqlalchemy import column as column_clause
from sqlalchemy import table as table_clause
from sqlalchemy.exc import DatabaseError

from pitchfest.db import db, migrations
from pitchfest.db.engine import WRITE
from pitchfest.db.portable import INDEX
from pitchfest.db.triggers import INSERT_ONLY

ALWAYS_THERE = {"audit_head", "worker_beat"}


def test_files_are_numbered_in_order_with_one_head() -> None:
    scripts = ScriptDirectory.from_config(migrations.config())
    names = [s.revision for s in reversed(list(scripts.walk_revisions()))]
    assert [int(n[:4]) for n in names] == list(range(1, len(names) + 1))
    assert all(re.fullmatch(r"\d{4}_[a-z_]+", n) for n in names)
    assert scripts.get_heads() == [migrations.newest()]


def _is_in_the_models(_item: Any, name: str | None, *_rest: Any) -> bool:
    """Each database's own full-text index is made by a migration; models cannot say it."""
    return not (name or "").startswith(INDEX)


def test_the_database_equals_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": _is_in_the_models}
        )
        differences = compare_metadata(context, db.metadata)
    assert differences == []


def test_every_check_constraint_of_the_models_is_in_the_database(app: Flask) -> None:
    found = inspect(db.engine)
    for table in db.metadata.sorted_tables:
        wanted = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert wanted <= {c["name"] for c in found.get_check_constraints(table.name)}, table.name


def fill(connection: Any) -> dict[str, int]:
    """One row in every table, as plain as its constraints allow; rows counted by table."""
    counts = {}
    for table in db.metadata.sorted_tables:
        if table.name not in ALWAYS_THERE:
            connection.execute(table.insert().values(**{c.name: plain(table, c) for c in table.columns}))
        counts[table.name] = connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()
    return counts


#: What a column needs where the plain value of its type would break a constraint.
PARTICULAR: dict[str, Any] = {
    "audit_entry.seq": 1,
    "person.email": "row@people.example",
    "person.reset_by_id": None,
    "region_settings.brand": "#5b2470",
    "two_step.ended_at": None,
    "brought_file.confirmed_at": None,
    "brought_file.confirmed_by_id": None,
    "brought_file.marks": "",
    "two_person_act.outcome": "proposed",
    "two_person_act.confirmer_id": None,
    "two_person_act.decided_at": None,
    "challenge.state": "draft",
    "challenge.published_at": None,
    "challenge.scheduled_for": None,
    "challenge.scheduled_by_id": None,
    "challenge_route.route": "grant",
    "challenge_duty.not_needed_because": "",
    "pitch.state": "draft",
    "pitch.withdrawn_at": None,
    "pitch.opened_at": None,
    "pitch.price_pence": None,
    "answer_version.parent_id": None,
    "answer_version.begun_at": None,
    "pitch_invitation.ended_at": None,
    "personal_extension.closes_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
    "brought_pitch.file_id": None,
    "brought_pitch.file_name": None,
    "brought_pitch.media_type": None,
    "question.kind": "text",
    "challenge_cancellation.confirmer_id": 2,
    "challenge_delay.due": datetime(2026, 11, 24, 9, tzinfo=UTC),
    "opening.second_id": 2,
    "clarification_request.until": datetime(2026, 11, 24, 9, tzinfo=UTC),
    "eligibility.second_id": 2,
    "letter_release.second_id": 2,
    "panel_member.released_at": None,
    "panel_member.released_by_id": None,
    "panel_member.refusal": None,
    "declaration.conditions": "",
    "judge_pay.paid_on": date(2026, 11, 23),
    "judge_pay.paid_by_id": 2,
    "registered_interest.since": None,
    "registered_interest.until": None,
    "registered_interest.replaces_id": None,
    "challenge_extension.second_id": 2,
    "challenge_extension.closes_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
    "judge_away.since": date(2026, 11, 23),
    "judge_away.until": date(2026, 11, 24),
    "criterion.minimum": 0,
    "criterion.maximum": 500,
    "criterion.threshold": None,
    "clarification.signed_by_id": None,
    "clarification.signed_at": None,
    "clarification.duplicate_of": None,
    "clarification.supersedes": None,
    "clarification.removed_at": None,
    "published_answer.supersedes": None,
    "published_answer.signed_by_id": 2,
    "stand_in.for_person_id": 2,
    "stand_in.until_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
    "reminder.day": date(2026, 11, 23),
    "challenge_hand_over.to_id": 2,
    "file_for_judges.copy_id": None,
    "disposal.challenge_id": 999,  # of no other row, so that all of them stay protected
}


def plain(table: Table, column: Any) -> Any:
    key = f"{table.name}.{column.name}"
    if key in PARTICULAR:
        return PARTICULAR[key]
    check = next(
        (
            str(c.sqltext)
            for c in table.constraints
            if isinstance(c, CheckConstraint) and c.name and str(c.name).endswith(f"_{column.name}_known")
        ),
        "",
    )
    if check:
        return check.split("'")[1]
    kind = column.type.__class__.__name__
    if kind == "UtcDateTime":
        return datetime(2026, 11, 23, 9, tzinfo=UTC)
    return {"Boolean": False, "Integer": 1, "BigInteger": 1, "Variant": 1}.get(kind, "x")


def test_down_and_up_again_with_rows_in_every_table(app: Flask) -> None:
    steps = [s.revision for s in ScriptDirectory.from_config(migrations.config()).walk_revisions()]
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        connection.execute(
            db.metadata.tables["person"].insert(),
            {"id": 2, "name": "Second", "email": "second@people.example", "created_at": datetime.now(UTC)},
        )
        counts = fill(connection)
    assert all(counts.values()), counts
    for down in [*steps[1:], "base"]:
        migrations.downgrade(down)
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    for up in reversed(steps):
        migrations.upgrade(up)
    test_the_database_equals_the_models(app)
    assert_protected()


def test_upgrading_a_database_that_is_in_use_keeps_its_rows(app: Flask) -> None:
    """The step from the first revision to the newest, with rows in the tables of the first."""
    migrations.downgrade("0001_house")
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        found = inspect(connection)
        present = set(found.get_table_names())
        for table in db.metadata.sorted_tables:
            if table.name in present - ALWAYS_THERE:
                then = {column["name"] for column in found.get_columns(table.name)}
                columns = [c for c in table.columns if c.name in then]
                bare = table_clause(table.name, *(column_clause(c.name, c.type) for c in columns))
                connection.execute(insert(bare).values({c.name: plain(table, c) for c in columns}))
    migrations.upgrade()
    with db.engine.connect() as connection:
        for name in present - ALWAYS_THERE - {"alembic_version"}:
            assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() == 1, name
    assert_protected()


def test_delays_so_far_are_the_decisions_and_those_of_judges_go_with_their_news(app: Flask) -> None:
    delays, news = db.metadata.tables["challenge_delay"], db.metadata.tables["challenge_news"]
    said = "SELECT number FROM challenge_delay ORDER BY number"
    told = "SELECT item FROM challenge_news WHERE kind = 'delayed' ORDER BY item"
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        connection.execute(
            db.metadata.tables["person"].insert(),
            {"id": 2, "name": "Second", "email": "second@people.example", "created_at": datetime.now(UTC)},
        )
        fill(connection)  # with a delay of the judges, number 1
        row = {c.name: plain(delays, c) for c in delays.columns}
        for key, what in ((2, "judging"), (3, "decision")):
            connection.execute(delays.insert(), {**row, "id": key, "number": 2, "what": what})
        for key, number in ((2, 1), (3, 2)):
            item = {"id": key, "challenge_id": 1, "kind": "delayed", "item": number, "at": row["at"]}
            connection.execute(news.insert(), item)
    migrations.downgrade("0042_calibrated_basis")
    with db.engine.connect() as connection:
        assert [connection.execute(text(query)).scalars().all() for query in (said, told)] == [[2], [2]]
    migrations.upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT number, what FROM challenge_delay")).all() == [(2, "decision")]
    assert_protected()


def assert_protected() -> None:
    for table in INSERT_ONLY:
        with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            _ = connection.execute(text("SELECT 1"))
        found = _triggers(table)
        assert len(found) == (2 if db.engine.dialect.name == "sqlite" else 3), (table, found)


def _triggers(table: str) -> set[str]:
    on_sqlite = db.engine.dialect.name == "sqlite"
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
        if on_sqlite
        else "SELECT DISTINCT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:table) AND NOT tgisinternal"
    )
    with db.engine.connect() as connection:
        return {row[0] for row in connection.execute(text(query), {"table": table})}


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_insert_only_tables_refuse_changes(app: Flask, table: str) -> None:
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        connection.execute(
            db.metadata.tables["person"].insert(),
            {"id": 2, "name": "Second", "email": "second@people.example", "created_at": datetime.now(UTC)},
        )
        fill(connection)
    column = next(iter(db.metadata.tables[table].columns)).name
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), db.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_only_a_disposal_of_their_own_challenge_lets_rows_go(app: Flask, table: str) -> None:
    """Another challenge's or another pitch's disposal helps nobody, and the log stays whatever happens."""
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        connection.execute(
            db.metadata.tables["person"].insert(),
            {"id": 2, "name": "Second", "email": "second@people.example", "created_at": datetime.now(UTC)},
        )
        fill(connection)
    refused = [(2, None), (1, 2), *([(1, None)] if table == "audit_entry" else [])]
    for permit in refused:
        with pytest.raises(DatabaseError):
            throw_away(table, *permit)
    if table != "audit_entry":
        throw_away(table, 1, None)


def throw_away(table: str, challenge_id: int, pitch_id: int | None) -> None:
    """Delete every row of a table within a disposal, with what refers to it."""
    permits = db.metadata.tables["disposal"]
    refer = {
        "answer_version": ("submitted_answer", "settled_version"),
        "pitch_submission": ("submitted_answer", "submitted_organisation"),
    }.get(table, ())
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        connection.execute(permits.insert(), {"id": 5, "challenge_id": challenge_id, "pitch_id": pitch_id})
        for name in (*refer, table):
            connection.execute(text(f"DELETE FROM {name}"))
            assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() == 0
