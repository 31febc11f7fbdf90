"""What `flask serve` does before it serves."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from flask import Flask

from pitchfest.accounts import operations, queries
from pitchfest.cli.serve import DEMO_PASSWORD, check_mark, give_demo_password, prepare
from pitchfest.db import db, migrations
from tests.support.builders import a_person, a_region
from tests.support.databases import settings


def test_a_demo_setting_refuses_an_unmarked_database(app: Flask, scratch: Path) -> None:
    a_region(demo=False)
    with pytest.raises(click.ClickException, match="not a demonstration"):
        check_mark(settings("sqlite:///x", scratch))
    check_mark(settings("sqlite:///x", scratch, env="production"))


def test_production_refuses_a_marked_database(app: Flask, scratch: Path) -> None:
    a_region(demo=True)
    with pytest.raises(click.ClickException, match="a database of its own"):
        check_mark(settings("sqlite:///x", scratch, env="production"))
    check_mark(settings("sqlite:///x", scratch))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_copy_is_made_before_a_database_is_migrated(app: Flask) -> None:
    a_region()
    migrations.downgrade("0001_house")
    url = str(db.engine.url)
    folder = Path(url.removeprefix("sqlite:///")).parent
    assert prepare(settings(url, folder)) is False
    copies = sorted(folder.glob("*.before-*"))
    assert any(b"Testshire" in copy.read_bytes() for copy in copies)
    assert migrations.at_newest()
    prepare(settings(url, folder))
    assert sorted(folder.glob("*.before-*")) == copies
    for copy in copies:
        copy.unlink()


def test_the_demo_password_opens_every_account_and_is_for_its_owner_only(app: Flask, scratch: Path) -> None:
    a_region()
    a_person("Olive", email="olive@people.example")
    path = scratch / DEMO_PASSWORD
    give_demo_password(path)
    assert path.stat().st_mode & 0o777 == 0o600
    found = queries.credentials("olive@people.example")
    assert found is not None
    assert operations.password_matches(found.password_hash, path.read_text().strip())
