"""`flask serve`: database up to date, then server and worker under one parent."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url

from config import Settings
from pitchfest.db import migrations

#: After a signal the children get this long, in seconds, to finish what runs.
GRACE = 9.0
#: A worker that dies at once is not restarted faster than this, in seconds.
RESTART_PAUSE = 2.0


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Bring the database up to date, load the sample region into a new demo, and serve."""
    settings: Settings = current_app.extensions["pitchfest.settings"]
    prepare(settings)
    sys.exit(supervise(_commands(settings)))


def prepare(settings: Settings) -> None:
    """Migrate, after a copy of a SQLite database that has something to lose."""
    present = migrations.present()
    if present is not None and present != migrations.newest():
        keep_copy(settings, present)
    migrations.upgrade()


def keep_copy(settings: Settings, revision: str) -> Path | None:
    """Copy a SQLite database beside itself before a migration; other databases have their own tools."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    source = Path(url.database)
    target = source.with_name(f"{source.name}.before-{revision}-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    shutil.copyfile(source, target)
    for tail in ("-wal",):
        if Path(f"{source}{tail}").exists():
            shutil.copyfile(f"{source}{tail}", f"{target}{tail}")
    click.echo(f"A copy of the database from before the migration is in {target.name}.")
    return target


def _commands(settings: Settings) -> dict[str, list[str]]:
    server = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "rsgi",
        "--host",
        settings.host,
        "--port",
        str(settings.port),
        "--workers",
        str(settings.web_workers),
        "--backpressure",
        "4096",
        "--workers-kill-timeout",
        "8s",
        "--respawn-failed-workers",
        "--log-level",
        "warning",
        "wsgi:served",
    ]
    return {"server": server, "worker": [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"]}


def supervise(commands: dict[str, list[str]]) -> int:
    """Run the commands until a signal comes; restart what dies; the exit code.

    On SIGTERM or SIGINT each child is told once and has nine seconds to finish what runs.
    """
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    root = Path(__file__).resolve().parent.parent.parent
    children = {name: subprocess.Popen(command, cwd=root) for name, command in commands.items()}  # noqa: S603
    while not stopping:
        time.sleep(0.2)
        for name, child in children.items():
            if child.poll() is not None and not stopping:
                click.echo(f"The {name} stopped ({child.returncode}) and is started again.", err=True)
                time.sleep(RESTART_PAUSE)
                children[name] = subprocess.Popen(commands[name], cwd=root)  # noqa: S603
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
    return 0
