"""A second installation beside the one under test: empty, on either database, with a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from pitchfest.app import create_app
from pitchfest.db import db
from tests.support.databases import settings
from tests.support.postgres import create_database, drop_database


@contextmanager
def empty_database(engine: str, folder: Path) -> Iterator[str]:
    """URL of a database with no table in it."""
    if engine == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        yield f"sqlite:///{folder / 'pitchfest.sqlite'}"
        return
    name = f"pitchfest_second_{os.getpid()}"
    drop_database(name)
    try:
        yield create_database(name)
    finally:
        drop_database(name)


@contextmanager
def another(engine: str, folder: Path, **changes: object) -> Iterator[Flask]:
    """The application on an empty database; `changes` are settings."""
    with empty_database(engine, folder) as url:
        app = create_app(settings(url, folder, **changes))
        app.config["TESTING"] = True
        app.config["CHEAP_HASHES"] = True
        try:
            yield app
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def run(app: Flask, *words: str) -> tuple[int, str, str]:
    """Exit code and what a command of the application says on its two outputs."""
    with app.app_context():  # a command keeps to the context that is there, which may be another's
        result = app.test_cli_runner().invoke(args=list(words))
        db.session.remove()
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr
