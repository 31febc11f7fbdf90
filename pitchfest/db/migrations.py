"""Migrations, run from code: to the newest revision, and whether the database is there.

Alembic is imported where it does something: the server, whose database is mostly up to date,
starts sooner without it.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from pitchfest.db.engine import db

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parent.parent.parent / "migrations"


class Standing(StrEnum):
    """How a database stands to the code that opens it."""

    OK = "ok"
    BEHIND = "behind"
    AHEAD = "ahead"


def config() -> Config:
    """Alembic's configuration; the connection comes from the running application."""
    from alembic.config import Config  # noqa: PLC0415

    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    return found


def newest() -> str:
    """The newest revision that this code knows: files are named after their revisions, in order."""
    return max(path.stem for path in (FOLDER / "versions").glob("[0-9]*.py"))


def known(revision: str) -> bool:
    """Whether this code has the revision."""
    return (FOLDER / "versions" / f"{revision}.py").exists()


def present(engine: Engine | None = None) -> str | None:
    """The revision that the database (the running application's, when none is named) is at, None
    when it is empty.
    """
    with (engine or db.engine).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def at_newest() -> bool:
    """Whether database and code agree."""
    return present() == newest()


def standing() -> Standing:
    """How the database stands to this code."""
    revision = present()
    if revision == newest():
        return Standing.OK
    return Standing.BEHIND if revision is None or known(revision) else Standing.AHEAD


def upgrade(revision: str = "head", engine: Engine | None = None) -> None:
    """Bring a database (the running application's, when none is named) to a revision."""
    from alembic import command  # noqa: PLC0415

    to = config()
    to.attributes["engine"] = engine
    command.upgrade(to, revision)


def downgrade(revision: str) -> None:
    """Take the database back to a revision."""
    from alembic import command  # noqa: PLC0415

    command.downgrade(config(), revision)
