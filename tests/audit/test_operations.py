"""The log in a real database: appended last, never changed, broken links found."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from pitchfest.audit import operations, queries
from pitchfest.audit.models import AuditEntry
from pitchfest.audit.rules import first_break, salted_hash
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import SYSTEM, Actor, Role

OFFICER = Actor(person_id=7, name="Josephine", roles=frozenset({Role.OFFICER, Role.ADMIN}))


def record(count: int, now: datetime) -> None:
    with transaction():
        for number in range(count):
            operations.record(OFFICER, "test.act", f"thing:{number}", now=now, number=number)


def test_entries_are_chained_and_name_the_roles_not_the_person(app: Flask, now: datetime) -> None:
    record(2, now)
    record(1, now)
    entries = list(queries.chain())
    assert [e["seq"] for e in entries] == [1, 2, 3]
    assert first_break(entries) == (3, None)
    assert entries[0]["actor"] == "person:7"
    assert entries[0]["role"] == "admin,officer"
    assert json.loads(entries[1]["detail"]) == {"number": 1}
    assert queries.anchor() == f"3:{entries[2]['hash']}"


def test_a_rolled_back_write_leaves_no_entry(app: Flask, now: datetime) -> None:
    def fails() -> None:
        with transaction():
            operations.record(SYSTEM, "test.act", "thing:1", now=now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    record(1, now)
    assert [e["object"] for e in queries.chain()] == ["thing:0"]


def test_a_write_tells_its_anchor(app: Flask, now: datetime) -> None:
    with transaction() as write:
        operations.record(SYSTEM, "test.act", "thing:1", now=now)
    assert write.notes["anchor"] == queries.anchor()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET detail = '{}' WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 1",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 1",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 1",
    ],
)
def test_the_database_itself_refuses_to_change_an_entry(app: Flask, now: datetime, statement: str) -> None:
    record(1, now)
    before = db.session.execute(select(AuditEntry.__table__)).all()
    with pytest.raises(DatabaseError), transaction() as write:
        write.session.execute(text(statement))
    assert db.session.execute(select(AuditEntry.__table__)).all() == before


def test_a_sealed_entry_names_nobody(app: Flask, now: datetime) -> None:
    with transaction():
        operations.record_sealed("pitch.submit", salt="s3cret", values=(41, 12, "PF-7K2Q"), now=now)
    [entry] = queries.chain()
    assert (entry["actor"], entry["role"]) == ("sealed", "sealed")
    assert entry["object"] == f"sealed:{salted_hash('s3cret', 41, 12, 'PF-7K2Q')}"
    assert "PF-7K2Q" not in json.dumps(dict(entry))
