"""`flask serve`: database up to date, then server and worker under one parent."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from config import LOOPBACK, Settings
from pitchfest.accounts import operations as account_operations
from pitchfest.accounts import queries as accounts
from pitchfest.cli.backup import make_backup, sentences
from pitchfest.cli.region.command import SAMPLE, load_file
from pitchfest.db import db, migrations, transaction
from pitchfest.db.transaction import is_closed
from pitchfest.jobs.operations import run as run_jobs
from pitchfest.judging import queries as judging
from pitchfest.kernel.actor import ROLE_NAMES
from pitchfest.kernel.text import speakable_code
from pitchfest.web import fitness
from pitchfest.web.requests import clock

#: File in the instance folder with the password of every invented person.
DEMO_PASSWORD = "demo-password.txt"  # noqa: S105 - a file's name
#: Folder of the copies from before each migration, in the instance folder.
BACKUPS = "backups"
#: After a signal the children get this long, in seconds, to finish what runs.
GRACE = 9.0
#: A worker that dies at once is not restarted faster than this, in seconds.
RESTART_PAUSE = 2.0


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Bring the database up to date, load the sample region into a new demo, and serve."""
    settings: Settings = current_app.extensions["pitchfest.settings"]
    refuse_taken(settings.host, settings.port)
    is_new = prepare(settings)
    if is_new and settings.demo and settings.host in LOOPBACK:
        click.echo("Loading the sample region…")
        load_file(SAMPLE)
        give_demo_password(settings.instance / DEMO_PASSWORD)
    refuse_unfit()
    greet(settings)
    offer_set_up(settings)
    db.session.remove()
    db.engine.dispose()
    sys.exit(supervise({"server": partial(_server, settings), "worker": work}))


def refuse_taken(host: str, port: int) -> None:
    """Raise ClickException where something listens at this address already, or it cannot be used.

    The web workers share their port (`SO_REUSEPORT`), so a second server would not fail by itself: it
    would take every other request into another database. This asks without sharing, and lets go again.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # right after a stop is no hindrance
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} of {host} is in use already, perhaps by another Pitchfest. Stop that one, or set "
            "PITCHFEST_PORT to another number."
            if error.errno == errno.EADDRINUSE
            else f"Nothing can listen at port {port} of {host}: {error.strerror}. "
            "Set PITCHFEST_HOST and PITCHFEST_PORT to an address of this machine."
        ) from None


def prepare(settings: Settings) -> bool:
    """Migrate, after a copy of a database that has something to lose; whether it was new.

    Raises ClickException for a database that is newer than this code, or was closed.
    """
    standing, present = migrations.standing(), migrations.present()
    if standing == migrations.Standing.OK:
        return False
    if (standing == migrations.Standing.AHEAD or is_closed()) and (sentence := fitness.refusal()):
        raise click.ClickException(sentence)
    if present is not None:
        keep_copy(settings, present)
    migrations.upgrade()
    return present is None


def refuse_unfit() -> None:
    """Raise ClickException, before anything is served, where settings and database do not go together."""
    if sentence := fitness.refusal():
        raise click.ClickException(sentence)
    current_app.config[fitness.FIT] = True  # the web workers are forked from here and need not ask again


def offer_set_up(settings: Settings) -> None:
    """Where nobody administers the installation yet, print the code that lets somebody."""
    if accounts.has_administrator():
        return
    with transaction():
        code = account_operations.make_set_up_code(now=clock().now())
    click.echo(f"Nobody administers this installation yet. Open {settings.url}/admin/set-up and enter")
    click.echo(f"this code, which works once, for 14 days, until the next start:\n\n  {code}\n")


def give_demo_password(path: Path) -> None:
    """Make a password in the instance folder and give it to every invented person."""
    password = "-".join(speakable_code(4).lower() for _ in range(4))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(password + "\n")
    hashed = account_operations.hash_password(password)
    with transaction():
        for person in accounts.everyone():
            account_operations.set_password(person.id, password_hash=hashed)


def greet(settings: Settings) -> None:
    """Say where the site is and, in the demo, who to sign in as."""
    click.echo(f"\nPitchfest is at {settings.url}\n")
    password = settings.instance / DEMO_PASSWORD
    if not settings.demo or not password.exists():
        return
    click.echo("Sign in with one click on the sign-in page, or with an address and this password:")
    click.echo(f"  {password.read_text().strip()}\n")
    for role, name in ROLE_NAMES.items():
        for person in accounts.staff(role, now=clock().now())[:1]:
            click.echo(f"  {name:<24} {person.name:<20} {person.email}")
    for heading, people in judging.demo_judges(clock().now()):
        for name, email, note in people[:2]:
            click.echo(f"  {heading:<24} {name:<20} {email}  ({note})")
    for _, people in accounts.demo_people()[-1:]:
        for name, email, note in people[:2]:
            click.echo(f"  {'Supplier':<24} {name:<20} {email}  ({note})")
    click.echo("")


def keep_copy(settings: Settings, revision: str) -> Path:
    """Write the database out before a migration; `flask restore` with the older code goes back to it.

    The uploaded files are not in it: they stay where they are, and a migration never touches them.
    """
    name = f"before-{migrations.newest()}-from-{revision}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    target = settings.instance / BACKUPS / name
    with sentences():
        make_backup(target, files=None)
    click.echo(f"A copy of the database from before the migration is in {target}.")
    return target


def _server(settings: Settings) -> None:
    """Serve until a signal comes. What is imported already is shared with every web worker."""
    Granian(
        "wsgi:served",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.web_workers,
        backpressure=4096,
        workers_kill_timeout=8,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()


def work(*, once: bool = False) -> None:
    """Do what is due, again and again, until a signal comes."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_jobs(current_app.extensions["pitchfest.work"], clock().now, stop, once=once)


def supervise(parts: dict[str, Callable[[], None]]) -> int:
    """Run each part in a process of its own until a signal comes; restart what dies; the exit code.

    The processes are forked, so that nothing is imported twice: the first answer comes in half the
    time. On SIGTERM or SIGINT each is told once and has nine seconds to finish what runs.
    """
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    children = {name: _forked(part) for name, part in parts.items()}
    while not stopping:
        time.sleep(0.2)
        for name, child in children.items():
            if not child.is_alive() and not stopping:
                click.echo(f"The {name} stopped ({child.exitcode}) and is started again.", err=True)
                time.sleep(RESTART_PAUSE)
                children[name] = _forked(parts[name])
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + GRACE
    for child in children.values():
        child.join(max(0.1, deadline - time.monotonic()))
        if child.is_alive():
            child.kill()
    return 0


def _forked(part: Callable[[], None]) -> BaseProcess:
    def run() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        part()

    child = get_context("fork").Process(target=run)
    child.start()
    return child
