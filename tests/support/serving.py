"""The real thing: `flask serve` in a process group of its own, on a free port of loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Site:
    """A running site. `group` is the id of its process group."""

    process: subprocess.Popen[bytes]
    port: int
    instance: Path
    log: Path

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def group(self) -> int:
        """Its process group, which holds server, worker and parent."""
        return self.process.pid

    def signal(self, number: int) -> None:
        """Send a signal to the whole group."""
        os.killpg(self.group, number)

    def gone(self, within: float) -> bool:
        """Whether every process of the group ends within so many seconds."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            self.process.poll()
            try:
                os.killpg(self.group, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.05)
        return False


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(instance: Path, *, port: int | None = None, **environment: str) -> Iterator[Site]:
    """Start the site and wait until it answers; at the end the whole group is gone."""
    port = port or free_port()
    log = instance / "server.log"
    instance.mkdir(parents=True, exist_ok=True)
    settings = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PITCHFEST_", "DATABASE_URL", "SMTP_"))},
        "PITCHFEST_INSTANCE": str(instance),
        "PITCHFEST_PORT": str(port),
        **environment,
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
            cwd=ROOT,
            env=settings,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    site = Site(process, port, instance, log)
    try:
        wait_until_up(site)
        yield site
    finally:
        with suppress(ProcessLookupError):
            site.signal(signal.SIGKILL)
        process.wait(10)


def wait_until_up(site: Site, limit: float = 90.0) -> None:
    """Wait for the first answer. Raises RuntimeError with the log when there is none."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if site.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{site.url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the site did not start:\n{site.log.read_text()[-4000:]}")
