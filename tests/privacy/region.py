"""What the tests of privacy share: the parts of all features, and looking through a whole database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import select

from pitchfest.audit.queries import chain
from pitchfest.audit.rules import first_break
from pitchfest.db import db
from pitchfest.kernel.privacy import Privacy
from pitchfest.privacy.views.blueprint import PRIVACY_EXTENSION


def parts() -> Privacy:
    """What all features contribute, as the application has it."""
    found = current_app.extensions[PRIVACY_EXTENSION]
    assert isinstance(found, Privacy)
    return found


def the_log_holds() -> bool:
    """Whether every link of the log is in place."""
    _count, broken = first_break(chain())
    db.session.rollback()
    return broken is None


def where_it_stands(*words: str) -> Iterator[str]:
    """`table.column` of every value that holds one of the words, whatever its case; sealed ones opened."""
    wanted = [word.lower() for word in words]
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for column, value in row.items():
                if isinstance(value, str) and any(word in value.lower() for word in wanted):
                    yield f"{table.name}.{column}"
    db.session.rollback()


def in_the_files(app: Flask, *words: str) -> list[str]:
    """The database's files that hold one of the words: none on PostgreSQL, whose files are the server's."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite":
        return []
    assert url.database
    found = []
    for path in sorted(Path(url.database).parent.glob(Path(url.database).name + "*")):
        body = path.read_bytes().lower()
        found += [path.name for word in words if word.lower().encode() in body]
    return found
