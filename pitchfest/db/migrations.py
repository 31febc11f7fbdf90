"""Migrations, run from code: to the newest revision, and whether the database is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from pitchfest.db.engine import db

FOLDER = Path(__file__).resolve().parent.parent.parent / "migrations"


def config() -> Config:
    """Alembic's configuration; the connection comes from the running application."""
    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    return found


def newest() -> str:
    """The newest revision that this code knows."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


def present() -> str | None:
    """The revision the database is at, None when it is empty."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def at_newest() -> bool:
    """Whether database and code agree."""
    return present() == newest()


def upgrade(revision: str = "head") -> None:
    """Bring the database to a revision."""
    command.upgrade(config(), revision)


def downgrade(revision: str) -> None:
    """Take the database back to a revision."""
    command.downgrade(config(), revision)
