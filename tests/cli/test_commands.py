"""The commands as someone types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pitchfest.audit.operations import record
from pitchfest.db import db, migrations, transaction
from pitchfest.kernel.actor import SYSTEM, Role
from pitchfest.web.requests import clock
from tests.support.builders import a_person, a_region

SKATING = Path(__file__).resolve().parents[1] / "data" / "panel-skating.csv"
HEAD = "pitch,judge,criterion,score,weight\n"


def run(app: Flask, *words: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, result.stdout, result.stderr


def test_rank_prints_nothing_but_json(bare_app: Flask) -> None:
    code, out, err = run(bare_app, "judging", "rank", str(SKATING), "--json")
    assert (code, err) == (0, "")
    pitches = json.loads(out)["pitches"]
    assert len(pitches) == 37
    assert pitches[0]["rank"] == 1
    assert set(pitches[0]) == {"rank", "pitch", "total", "total_2dp", "mean", "median", "spread", "reviews"}


def test_rank_refuses_a_bad_row_with_file_line_and_reason(bare_app: Flask, scratch: Path) -> None:
    file = scratch / "scores.csv"
    file.write_text(HEAD + "A,j,c,5,1\nA,j,c,6,1\n")
    code, out, err = run(bare_app, "judging", "rank", str(file), "--json")
    assert (code, out) == (2, "")
    assert err.startswith(f"{file}, line 3: ")


@pytest.mark.parametrize("scale", ["0", "-1", "ten", "nan"])
def test_rank_refuses_a_scale_that_is_none(bare_app: Flask, scratch: Path, scale: str) -> None:
    file = scratch / "scores.csv"
    file.write_text(HEAD + "A,j,c,5,1\n")
    code, out, _ = run(bare_app, "judging", "rank", str(file), "--scale-max", scale)
    assert (code, out) == (2, "")


def test_audit_verify_counts_and_finds_a_lost_tail(bare_app: Flask) -> None:

    with bare_app.app_context():
        with transaction() as write:
            record(SYSTEM, "test.act", "thing:1", now=clock().now())
        anchor = write.notes["anchor"]
        db.session.remove()
    assert run(bare_app, "audit", "verify")[:2] == (0, "The log holds: 1 entries.\n")
    assert run(bare_app, "audit", "verify", "--anchor", anchor)[0] == 0
    code, _, err = run(bare_app, "audit", "verify", "--anchor", f"2:{'a' * 64}")
    assert code == 1
    assert "entry 2, which an anchor names, is missing" in err
    assert run(bare_app, "audit", "verify", "--anchor", "nonsense")[0] == 2


def test_people_are_invited_and_listed(bare_app: Flask) -> None:
    with bare_app.app_context():
        a_region()
        a_person("Olive", Role.OFFICER, email="olive@people.example")
    code, out, _ = run(bare_app, "people", "invite", "new@people.example", "--role", "champion")
    assert code == 0
    assert out.startswith("http://localhost/")
    code, out, _ = run(bare_app, "people", "list", "--json")
    rows = {row["email"]: row for row in json.loads(out)}
    assert rows["olive@people.example"] == {
        "email": "olive@people.example",
        "name": "Olive",
        "roles": ["officer"],
        "organisations": [],
        "judge_of": [],
        "chair_of": [],
    }
    assert rows["new@people.example"]["roles"] == ["champion"]


def test_totals_of_a_database_that_was_never_started_are_no_traceback(bare_app: Flask) -> None:
    with bare_app.app_context(), db.engine.begin() as connection:
        away = "ALTER TABLE pitch_total RENAME TO pitch_total_away"
        connection.exec_driver_sql(away)
    code, out, err = run(bare_app, "judging", "totals", "--check")
    assert (code, out) == (2, "")
    assert err == "The database is empty: nothing was ever started on it. Start the site first.\n"


def test_totals_agree_on_an_empty_installation(bare_app: Flask) -> None:
    assert run(bare_app, "judging", "totals", "--check")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("people", "list"),
        ("people", "invite", "ada@people.example", "--role", "officer"),
        ("audit", "verify"),
        ("mail", "deliver"),
        ("jobs", "run", "--once"),
        ("privacy", "purge"),
        ("region", "reopen"),
    ],
)
def test_a_command_without_a_database_says_what_to_do(
    bare_app: Flask, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("no such table"))

    monkeypatch.setattr(migrations, "present", lambda: None)
    monkeypatch.setattr(Session, "execute", missing)
    code, out, err = run(bare_app, *words)
    assert (code, out) == (1, "")
    assert err.startswith("Error: There is no database here yet. `flask --app wsgi serve` makes one")


def test_another_fault_of_the_database_is_not_taken_for_a_missing_one(
    bare_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(migrations, "present", migrations.newest)
    monkeypatch.setattr(Session, "execute", broken)
    result = bare_app.test_cli_runner().invoke(args=["people", "list"])
    assert isinstance(result.exception, OperationalError)
