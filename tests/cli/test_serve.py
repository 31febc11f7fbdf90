"""What `flask serve` does before it serves."""

from __future__ import annotations

import json
import re
import socket
from datetime import datetime
from pathlib import Path

import click
import pytest
from flask import Flask

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import RegionSettings
from pitchfest.cli import archive
from pitchfest.cli.serve import DEMO_PASSWORD, give_demo_password, offer_set_up, prepare, refuse_taken
from pitchfest.db import db, migrations
from pitchfest.kernel.actor import Role
from tests.support.builders import a_person, a_region
from tests.support.databases import settings


def test_a_port_that_somebody_serves_at_is_refused_also_where_it_would_be_shared() -> None:
    with socket.socket() as other:
        for option in (socket.SO_REUSEPORT, socket.SO_REUSEADDR):  # as the server's own sockets
            other.setsockopt(socket.SOL_SOCKET, option, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"Port {port} of 127.0.0.1 is in use already"):
            refuse_taken("127.0.0.1", port)
        with socket.create_connection(("127.0.0.1", port)):
            other.accept()[0].close()  # what lingers after a stop is no hindrance
    refuse_taken("127.0.0.1", port)
    refuse_taken("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused_with_a_sentence() -> None:
    with pytest.raises(click.ClickException, match="Set PITCHFEST_HOST"):
        refuse_taken("192.0.2.1", 8000)


def test_production_starts_while_setting_up_is_not_finished(app: Flask) -> None:
    assert queries.left_placeholders(demo=False) is None
    a_region(demo=False)
    db.session.get_one(RegionSettings, 1).finished_at = None
    db.session.get_one(RegionSettings, 1).sender_address = ""
    db.session.commit()
    assert queries.left_placeholders(demo=False) is None


def test_production_refuses_each_placeholder_with_a_sentence_and_a_way_out(app: Flask) -> None:
    a_region(demo=False)
    row = db.session.get_one(RegionSettings, 1)
    row.sender_address, row.email = "", "innovation@testshire.example"
    row.texts = json.dumps({**json.loads(row.texts), "privacy": "Ask [who answers for data protection]."})
    db.session.commit()
    refused = queries.left_placeholders(demo=False)
    assert refused is not None
    for said in (
        "innovation@testshire.example leads nowhere",
        "Enter the address that mail is sent from",
        "Fill in [who answers for data protection] in the privacy notice",
        "region reopen",
    ):
        assert said in refused
    assert queries.left_placeholders(demo=True) is None
    assert app.test_cli_runner().invoke(args=["region", "reopen"]).exit_code == 0
    assert queries.left_placeholders(demo=False) is None


def test_a_code_is_printed_until_somebody_administers(
    app: Flask, now: datetime, scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    offer_set_up(settings("sqlite:///x", scratch))
    said = capsys.readouterr().out
    [code] = re.findall(r"^  ((?:[2-9A-Z]{4}-){3}[2-9A-Z]{4})$", said, re.MULTILINE)
    assert "http://localhost/admin/set-up" in said
    assert queries.set_up_code_is_right(code, now)
    a_person("Ada", Role.ADMIN)
    offer_set_up(settings("sqlite:///x", scratch))
    assert capsys.readouterr().out == ""
    assert not queries.set_up_code_is_right(code, now)


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
