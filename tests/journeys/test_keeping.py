"""A backup while people save, restored elsewhere; and the region moved to PostgreSQL while it serves."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from pitchfest.cli import archive
from pitchfest.db import portable
from pitchfest.db.engine import engine_options
from tests.journeys.conftest import MORNING, Starting
from tests.journeys.test_kill import texts_of
from tests.support.postgres import create_database, drop_database
from tests.support.serving import ROOT, serving
from tests.support.visitor import Visitor

pytestmark = pytest.mark.timeout(600)  # a dozen processes are started one after the other
#: How many saves a second are asked for, by so many hands.
RATE, HANDS = 50, 5


def command(instance: Path, *words: str, **environment: str) -> tuple[int, str, str]:
    """A command beside the running site, as someone types it: exit code and both outputs."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith(("PITCHFEST_", "DATABASE_URL"))},
            "PITCHFEST_INSTANCE": str(instance),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@dataclass
class Saving:
    """A supplier's browser that saves one text after another, at an even pace, by several hands."""

    visitor: Visitor
    page: str
    acknowledged: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> list[threading.Thread]:
        """Begin; set `stop` and join what this returns."""
        fields = fields_of(self.visitor, self.page)
        hands = [threading.Thread(target=self._hand, args=(n, fields), daemon=True) for n in range(HANDS)]
        for hand in hands:
            hand.start()
        return hands

    def _hand(self, number: int, fields: dict[str, str]) -> None:
        due = time.monotonic()
        while not self.stop.is_set():
            text = f"Saved by hand {number}: {secrets.token_hex(8)}"
            values = {**fields, "answer": text, "form_token": secrets.token_hex(16)}
            status, _ = self.visitor.post(self.page, values)
            if status == 302:
                self.acknowledged.append(text)
            else:
                self.refused.append(status)
            due = max(due + HANDS / RATE, time.monotonic() - 1)
            self.stop.wait(max(0.0, due - time.monotonic()))

    def until(self, count: int, limit: float = 60.0) -> None:
        """Wait until so many saves were acknowledged."""
        deadline = time.monotonic() + limit
        while len(self.acknowledged) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.acknowledged) >= count, (len(self.acknowledged), self.refused[:5])


def fields_of(visitor: Visitor, page: str) -> dict[str, str]:
    """The fields of the form with the answer, as the page shows them."""
    found: dict[str, str] = next(f["fields"] for f in visitor.get(page).forms if "answer" in f["fields"])
    return {**found, "answer": found["answer"].strip()}


def a_draft(url: str) -> tuple[Visitor, str]:
    """A supplier in the middle of writing, and the page of the first answer."""
    visitor = Visitor(url)
    visitor.sign_in("nia@gullywatch.example")
    _, location = visitor.fill("/challenges/CH-2026-006/start", "/start")
    reference = location.rpartition("/pitches/")[2].partition("/")[0]
    return visitor, f"/pitches/{reference}/questions/1"


def test_a_backup_while_people_save_holds_every_save_acknowledged_before_it(
    start: Starting, tmp_path: Path
) -> None:
    folder, second = tmp_path / "backup", tmp_path / "second"
    with start(MORNING) as site:
        visitor, page = a_draft(site.url)
        saving = Saving(visitor, page)
        hands = saving.run()
        saving.until(RATE)
        before, began = list(saving.acknowledged), time.monotonic()
        code, out, err = command(site.instance, "backup", str(folder))
        took, meanwhile = time.monotonic() - began, len(saving.acknowledged) - len(before)
        saving.until(len(saving.acknowledged) + HANDS)
        saving.stop.set()
        for hand in hands:
            hand.join(20)
        (site.instance / "server.log").rename(tmp_path / "server.log")
    assert (code, err) == (0, ""), err
    assert saving.refused == []
    assert meanwhile >= HANDS, f"nobody could save for {took:.1f} s"
    key = (site.instance / "seal.key").read_text().strip()
    assert_absent(folder, key)

    second.mkdir()
    code, _, err = command(second, "restore", str(folder))
    assert code == 1
    assert "Set PITCHFEST_SEAL_KEY" in err
    code, out, err = command(second, "restore", str(folder), PITCHFEST_SEAL_KEY=key)
    assert (code, err) == (0, "")
    assert "stored totals agree with the signed scorecards" in out
    anchor = archive.read_manifest(folder).anchor
    assert command(second, "audit", "verify", "--anchor", anchor)[0] == 0
    assert command(second, "judging", "totals", "--check")[0] == 0
    shutil.copyfile(site.instance / "seal.key", second / "seal.key")
    kept = texts_of(second, page)
    assert [text for text in before if text not in kept] == []
    with serving(second, PITCHFEST_CLOCK_OFFSET=offset()) as restored:
        visitor = Visitor(restored.url)
        visitor.sign_in("nia@gullywatch.example")
        assert fields_of(visitor, page)["answer"] in kept


def assert_absent(folder: Path, key: str) -> None:
    """No file of a backup, packed or unpacked, holds the key as text or as bytes."""
    manifest = archive.read_manifest(folder)
    contents = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for part in manifest.tables:
        contents[folder / part.name] = b"".join(archive.lines_of(folder, part))
    for path, content in contents.items():
        assert key.lower().encode() not in content.lower(), path
        assert bytes.fromhex(key) not in content, path
    assert not [path for path in contents if path.name in ("seal.key", "secret.key", "demo-password.txt")]


def offset() -> str:
    """What moves the clock to the sample region's morning."""
    return str(int((MORNING - datetime.now(UTC)).total_seconds()))


def digests(url: str) -> dict[str, tuple[int, str]]:
    """Every table of a database: its rows and their hash."""
    engine = create_engine(url, **engine_options(url))
    with engine.connect() as connection:
        tables = [t.in_order(sorted(t.column_names)) for t in portable.tables(connection)]
        sums = {table.name: portable.sum_of(connection, table) for table in tables}
    engine.dispose()
    return {name: (found.rows, found.digest) for name, found in sums.items()}


@pytest.fixture
def postgresql():
    """URL of an empty database."""
    name = f"pitchfest_moved_{os.getpid()}"
    drop_database(name)
    yield create_database(name)
    drop_database(name)


def test_the_sample_region_moves_to_postgresql_while_it_serves(start: Starting, postgresql: str) -> None:
    with start(MORNING) as site:
        visitor, page = a_draft(site.url)
        saving = Saving(visitor, page)
        hands = saving.run()
        saving.until(RATE)
        code, out, err = command(site.instance, "data", "copy", "--close", "--to", postgresql)
        assert (code, err) == (0, "")
        assert "each equal on both sides" in out
        saving.stop.set()
        for hand in hands:
            hand.join(40)
        acknowledged = list(saving.acknowledged)
        assert set(saving.refused) <= {503}  # after the copy nobody is told that something was saved
        assert visitor.fill(page, page, answer="Too late for the old one")[0] == 503
        assert digests(f"sqlite:///{site.instance / 'pitchfest.sqlite'}") == digests(postgresql)
    with serving(site.instance, PITCHFEST_CLOCK_OFFSET=offset(), DATABASE_URL=postgresql) as moved:
        walk_roles(moved.url)
        visitor = Visitor(moved.url)
        visitor.sign_in("nia@gullywatch.example")
        assert visitor.fill(page, page, answer="The thread goes on here")[0] == 302
        assert fields_of(visitor, page)["answer"] == "The thread goes on here"
    assert command(site.instance, "judging", "totals", "--check", DATABASE_URL=postgresql)[0] == 0
    kept = texts_of(site.instance, page, DATABASE_URL=postgresql)  # and the log holds
    assert [text for text in acknowledged if text not in kept] == []


#: Someone of each kind, and pages that are theirs.
ROLES = {
    "grace.adeyemi@brentholme.example": ("/manage/challenges",),
    "gwen.ashdown@calderwick-ca.example": ("/manage/challenges",),
    "rajesh.varma@calderwick-ca.example": ("/manage/challenges/CH-2026-003/results",),
    "carys@tenantstogether.example": ("/judging",),
    "kit@dewpoint.example": ("/pitches", "/account/messages"),
    "elin.prosser@calderwick-ca.example": ("/admin/people", "/admin/log"),
}


def walk_roles(url: str) -> None:
    """Each signs in and reads their pages."""
    for person, pages in ROLES.items():
        visitor = Visitor(url)
        visitor.sign_in(person)
        for path in pages:
            try:
                assert visitor.get(path).title, path
            except urllib.error.HTTPError as answer:
                pytest.fail(f"{person}: {path} answers {answer.code}")
