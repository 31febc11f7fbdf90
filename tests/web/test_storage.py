"""A full disk: nothing half-written, the text comes back, and reading goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from pitchfest.db import db
from pitchfest.kernel.actor import Role
from tests.support.builders import a_person, a_region
from tests.support.signing_in import browser_of

TEXT = "Each of 214,000 gullies is cleaned whether it needs it or not. " * 150


@pytest.fixture
def full_disk(bare_app: Flask) -> Iterator[Any]:
    """A switch: from its call on, the database's file cannot grow."""
    hooked = []

    def fill() -> None:
        with bare_app.app_context():
            engine = db.engine

            def limit(connection: Any, *_: Any) -> None:
                pages = connection.execute("PRAGMA page_count").fetchone()[0]
                connection.execute(f"PRAGMA max_page_count={pages}")

            event.listen(engine, "checkout", limit)
            hooked.append((engine, limit))

    yield fill
    for engine, limit in hooked:
        event.remove(engine, "checkout", limit)
        engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_full_disk_keeps_the_text_and_lets_people_read(bare_app: Flask, full_disk: Any) -> None:
    with bare_app.app_context():
        a_region()
        officer = a_person("Olive", Role.OFFICER)
    browser = browser_of(bare_app, officer)
    browser.fill("/manage/challenges/new", action="/new", title="Clear the drains", question="How might we?")
    brief = browser.get("/manage/challenges/CH-2026-001/brief")
    assert brief.status_code == 200
    full_disk()
    answer = browser.send("/manage/challenges/CH-2026-001/brief", problem=TEXT)
    assert answer.status_code == 503
    assert "We cannot save at the moment" in browser.text
    assert "214,000 gullies is cleaned whether it needs it or not." in browser.text
    assert browser.get("/manage/challenges/CH-2026-001").status_code == 200
    assert "214,000" not in browser.text
