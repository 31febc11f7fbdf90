"""Migrations, run from code: to the newest revision, and whether the database is there.

Alembic is imported where it does something: the server, whose database is mostly up to date,
starts sooner without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from pitchfest.db.engine import db

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parent.parent.parent / "migrations"


def config() -> Config:
    """Alembic's configuration; the connection comes from the running application."""
    from alembic.config import Config  # noqa: PLC0415

    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    return found


def newest() -> str:
    """The newest revision that this code knows: files are named after their revisions, in order."""
    return max(path.stem for path in (FOLDER / "versions").glob("[0-9]*.py"))


def present() -> str | None:
    """The revision the database is at, None when it is empty."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def at_newest() -> bool:
    """Whether database and code agree."""
    return present() == newest()


def upgrade(revision: str = "head") -> None:
    """Bring the database to a revision."""
    from alembic import command  # noqa: PLC0415

    command.upgrade(config(), revision)


def downgrade(revision: str) -> None:
    """Take the database back to a revision."""
    from alembic import command  # noqa: PLC0415

    command.downgrade(config(), revision)
