"""Fixtures: an application on each database, a clock that the test moves, and strict clients."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from pitchfest.db import db
from tests.support.client import PageClient
from tests.support.clock import MovableClock

pytest_plugins = ["tests.support.postgres", "tests.support.chromium"]

#: When every test begins: 9am on Monday 23 November 2026 in London.
BEGINNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The database that the test runs on; a test that asks for `app` runs on both."""
    return str(request.param)


@pytest.fixture
def clock() -> MovableClock:
    """The application's clock; it stands still until the test moves it."""
    return MovableClock(BEGINNING)


@pytest.fixture
def bare_app(engine: str, clock: MovableClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a fresh, migrated database of its own, with no context pushed."""
    from tests.support import databases  # noqa: PLC0415 - only after its plug-in has been loaded

    with databases.application(engine, clock, tmp_path_factory) as app:
        yield app


@pytest.fixture
def app(bare_app: Flask) -> Iterator[Flask]:
    """The application with its context pushed, for operations and queries."""
    with bare_app.app_context():
        yield bare_app
        db.session.remove()


@pytest.fixture
def now(clock: MovableClock) -> datetime:
    """The clock's time at the beginning of the test."""
    return clock.now()


@pytest.fixture
def client(bare_app: Flask) -> PageClient:
    """A browser of someone who is not signed in."""
    return PageClient(bare_app)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder of the test's own."""
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)
