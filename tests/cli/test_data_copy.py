"""`data copy`: every table equal on the other database, or nothing there at all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from pitchfest.app import create_app
from pitchfest.db import db, portable, transaction
from pitchfest.kernel.errors import StorageFailed
from tests.cli.test_backup import contents
from tests.support.builders import a_person, a_region
from tests.support.databases import settings
from tests.support.installations import empty_database, run
from tests.support.roles import a_populated_region
from tests.support.signing_in import browser_of


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_every_table_comes_out_equal(app: Flask, now: datetime, scratch: Path, target: str) -> None:
    a_populated_region(now)
    before = contents()
    with empty_database(target, scratch / "second") as url:
        code, out, err = run(app, "data", "copy", "--to", url)
        assert (code, err) == (0, "")
        assert "What is saved here from now on is not in the copy" in out
        second = create_app(settings(url, scratch / "second"))
        second.config["CHEAP_HASHES"] = True
        with second.app_context():
            assert contents() == before
            a_person("Newcomer")
            db.session.remove()
            db.engine.dispose()
        code, _, err = run(app, "data", "copy", "--to", url)
        assert code == 1
        assert "The database at --to is not empty" in err
    a_person("Still Writing")  # the old one goes on


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_closing_keeps_the_text_of_whoever_saves_too_late(app: Flask, now: datetime, scratch: Path) -> None:
    a_region()
    browser = browser_of(app, a_person("Olive", email="olive@people.example"))
    closed = Path(f"{db.engine.url.database}.closed")
    browser.get("/account")
    try:
        with empty_database("postgresql", scratch) as url:
            code, out, _ = run(app, "data", "copy", "--close", "--to", url)
        assert code == 0
        assert "Now set DATABASE_URL" in out
        assert browser.get("/account").status_code == 200
        with pytest.raises(StorageFailed, match="moving to another"), transaction():
            pass
        code, _, err = run(app, "jobs", "run", "--once")
        assert code == 1
        assert "was copied to another and closed" in err
    finally:
        closed.unlink(missing_ok=True)
    with transaction():
        pass


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_row_that_the_target_refuses_leaves_it_empty(app: Flask, scratch: Path) -> None:
    """SQLite does not mind the length of a text; PostgreSQL does."""
    a_person("Olive")
    db.session.execute(text("UPDATE person SET name = :long"), {"long": "long " * 200})
    db.session.commit()
    with empty_database("postgresql", scratch) as url:
        code, _, err = run(app, "data", "copy", "--to", url)
        assert code == 1
        assert "person: value too long" in err
        assert "long long" not in err
        engine = create_engine(url)
        with engine.connect() as connection:
            assert portable.is_empty(connection)
        engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        ("mysql://somewhere/x", 2, "begins with sqlite:/// or postgresql://"),
        ("postgresql://127.0.0.1:9/x", 1, "cannot be reached"),
    ],
)
def test_a_wrong_address_is_refused(app: Flask, url: str, code: int, sentence: str) -> None:
    found, _, err = run(app, "data", "copy", "--to", url)
    assert found == code
    assert sentence in err
