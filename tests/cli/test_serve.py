"""What `flask serve` does before it serves."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from pitchfest.accounts import operations, queries
from pitchfest.cli import archive
from pitchfest.cli.serve import DEMO_PASSWORD, give_demo_password, prepare
from pitchfest.db import migrations
from tests.support.builders import a_person, a_region
from tests.support.databases import settings


def test_a_copy_is_made_before_a_database_is_migrated(app: Flask, scratch: Path) -> None:
    a_region()
    migrations.downgrade("0001_house")
    instance = settings("sqlite:///x", scratch)
    assert prepare(instance) is False
    (copy,) = (scratch / "backups").iterdir()
    manifest = archive.read_manifest(copy)
    archive.verify(copy, manifest)
    assert manifest.revision == "0001_house"
    assert manifest.files is None
    rows = {part.name: part for part in manifest.tables}
    assert any(b"Testshire" in line for line in archive.lines_of(copy, rows["region_settings"]))
    assert migrations.at_newest()
    prepare(instance)
    assert list((scratch / "backups").iterdir()) == [copy]


def test_the_demo_password_opens_every_account_and_is_for_its_owner_only(app: Flask, scratch: Path) -> None:
    a_region()
    a_person("Olive", email="olive@people.example")
    path = scratch / DEMO_PASSWORD
    give_demo_password(path)
    assert path.stat().st_mode & 0o777 == 0o600
    found = queries.credentials("olive@people.example")
    assert found is not None
    assert operations.password_matches(found.password_hash, path.read_text().strip())
