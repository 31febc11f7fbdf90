"""A fresh, migrated database for each test, and the application on it.

Migrating happens once per test process and engine; a test gets a copy: of a file on SQLite, of
a template database on PostgreSQL. The application is made once per process and engine too.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from pitchfest.app import create_app
from pitchfest.db import db, migrations
from pitchfest.web.fitness import FIT
from pitchfest.web.requests import CLOCK_EXTENSION
from tests.support import scopes  # noqa: F401 - it listens to every statement
from tests.support.clock import MovableClock
from tests.support.postgres import create_database, drop_database

_apps: dict[str, tuple[Flask, Path | str]] = {}


def settings(url: str, instance: Path, **changes: object) -> Settings:
    """Settings of a demo on loopback, for tests."""
    values: dict[str, object] = {
        "env": "demo",
        "instance": instance,
        "database_url": url,
        "host": "127.0.0.1",
        "port": 8000,
        "url": "http://localhost",
        "trusted_proxies": 0,
        "secret_key": "not-secret-in-tests",
        "seal_keys": (b"k" * 32,),
        "web_workers": 1,
        "clock_offset": 0,
        "smtp_host": "",
        "smtp_port": 25,
        "smtp_user": "",
        "smtp_password": "",
        "smtp_tls": False,
        "smtp_sender": "Pitchfest <no-reply@localhost>",
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


@contextmanager
def application(engine: str, clock: MovableClock, folders: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a fresh copy of the migrated database."""
    if engine not in _apps:
        _apps[engine] = _make(engine, folders)
    app, template = _apps[engine]
    _refresh(app, engine, template)
    app.extensions[CLOCK_EXTENSION] = clock
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _name(kind: str) -> str:
    return f"pitchfest_{kind}_{os.getpid()}"


def _make(engine: str, folders: pytest.TempPathFactory) -> tuple[Flask, Path | str]:
    folder = folders.mktemp(engine)
    if engine == "sqlite":
        url = f"sqlite:///{folder / 'test.sqlite'}"
    else:
        drop_database(_name("template"))
        url = create_database(_name("template"))
    app = create_app(settings(url, folder))
    app.config["TESTING"] = True
    app.config["CHEAP_HASHES"] = True
    app.config[FIT] = True  # else the first request of a process would ask more of the database than others
    with app.app_context():
        migrations.upgrade()
        db.session.remove()
        db.engine.dispose()
    if engine == "sqlite":
        template = folder / "template.sqlite"
        _checkpointed_copy(folder / "test.sqlite", template)
        return app, template
    live = create_app(settings(url.replace(_name("template"), _name("live")), folder))
    live.config["TESTING"] = True
    live.config["CHEAP_HASHES"] = True
    live.config[FIT] = True
    return live, _name("template")


def _refresh(app: Flask, engine: str, template: Path | str) -> None:
    if engine == "postgresql":
        drop_database(_name("live"))
        create_database(_name("live"), template=str(template))
        return
    target = Path(template).with_name("test.sqlite")
    for leftover in (f"{target}-wal", f"{target}-shm"):
        Path(leftover).unlink(missing_ok=True)
    shutil.copyfile(template, target)


def _checkpointed_copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copyfile(source, target)
