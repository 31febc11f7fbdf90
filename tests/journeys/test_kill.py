"""Twenty times `kill -9` of the whole process group: no save that was acknowledged is lost."""

from __future__ import annotations

import random
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from config import read_settings
from pitchfest.app import create_app
from pitchfest.audit.queries import chain
from pitchfest.audit.rules import first_break
from pitchfest.db import db
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.queries.versions import every_version
from tests.support.serving import free_port, serving
from tests.support.visitor import Visitor

KILLS = 20
SEED = 20_261_123


def keep_saving(visitor: Visitor, page: str, prefix: str, acknowledged: list[str]) -> None:
    """Save one text after another until the site is gone; note each that was acknowledged."""
    number = 0
    while True:
        number += 1
        text = f"{prefix} save {number}"
        try:
            status, _ = visitor.fill(page, page, answer=text)
        except OSError:
            return
        assert status == 302, status
        acknowledged.append(text)


def test_twenty_kills_lose_no_acknowledged_save(tmp_path: Path) -> None:
    chance, port = random.Random(SEED), free_port()
    acknowledged: list[str] = []
    visitor = Visitor(f"http://127.0.0.1:{port}")
    with serving(tmp_path, port=port):
        visitor.sign_in("nia@gullywatch.example")
        _, location = visitor.fill("/challenges/CH-2026-006/start", "/start")
    page = f"/pitches/{location.rpartition('/pitches/')[2].partition('/')[0]}/questions/1"
    for number in range(KILLS):
        with serving(tmp_path, port=port) as site:
            saver = threading.Thread(
                target=keep_saving, args=(visitor, page, f"kill {number}", acknowledged), daemon=True
            )
            saver.start()
            if number % 2:  # every other time, three saves are through: the first page of a start is slow
                wait_for_another(acknowledged, so_many=len(acknowledged) + 2)
            time.sleep(chance.uniform(0.05, 0.6))
            site.signal(signal.SIGKILL)
            saver.join(20)
            assert not saver.is_alive()
    assert len(acknowledged) > KILLS
    kept = texts_of(tmp_path, page)
    assert [text for text in acknowledged if text not in kept] == []


def wait_for_another(acknowledged: list[str], *, so_many: int) -> None:
    """Return once more than so many saves were acknowledged."""
    deadline = time.monotonic() + 20
    while len(acknowledged) <= so_many:
        assert time.monotonic() < deadline, "nothing was saved within 20 seconds of a start"
        time.sleep(0.01)


def texts_of(instance: Path, page: str, **environment: str) -> set[str]:
    """Every version of the answer in the database, after checking that file and log are whole."""
    with closing(sqlite3.connect(instance / "pitchfest.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    app = create_app(read_settings({"PITCHFEST_INSTANCE": str(instance), **environment}))
    with app.app_context():
        assert first_break(chain())[1] is None
        reference = page.split("/")[2]
        pitch_id = db.session.execute(select(Pitch.id).where(Pitch.reference == reference)).scalar_one()
        found = {version.text for version in every_version(pitch_id)}
        db.session.remove()
        db.engine.dispose()
    return found
