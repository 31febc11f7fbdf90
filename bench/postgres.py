"""The data of the benchmarks on PostgreSQL: the server of the tests, filled by our own `data copy`.

That server runs without fsync, so its figures tell of contention, not of the disk.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import postgres
from tests.support.serving import ROOT


@contextmanager
def server() -> Iterator[None]:
    """A server for the length of the block."""
    postgres.pytest_configure()
    try:
        yield
    finally:
        postgres.pytest_unconfigure()


def created(name: str) -> str:
    """The URL of a new, empty database on the server."""
    return postgres.create_database(name)


def copied(instance: Path, name: str) -> str:
    """The URL of a new database on the server with everything that the instance's own holds."""
    url = created(name)
    settings = {**os.environ, "PITCHFEST_INSTANCE": str(instance)}
    command = (sys.executable, "-m", "flask", "--app", "wsgi", "data", "copy", "--to", url)
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the data could not be copied:\n{done.stdout}{done.stderr}")
    return url
