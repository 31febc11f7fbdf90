"""The commands of `flask --app wsgi …`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from pitchfest.accounts.operations import reopen_set_up
from pitchfest.audit.queries import chain
from pitchfest.audit.rules import first_break, parse_anchor
from pitchfest.cli.backup import backup, restore
from pitchfest.cli.data import data
from pitchfest.cli.judging import judging
from pitchfest.cli.people import people
from pitchfest.cli.privacy import privacy
from pitchfest.cli.region import load
from pitchfest.cli.serve import prepare, refuse_unfit, serve, work
from pitchfest.db import migrations, transaction
from pitchfest.kernel.errors import PitchfestError
from pitchfest.mail.transport import deliver_due
from pitchfest.web import fitness
from pitchfest.web.requests import clock

database = AppGroup("db", help="The database.")
jobs = AppGroup("jobs", help="The worker.")
audit = AppGroup("audit", help="The log.")
mail = AppGroup("mail", help="The outbox.")
region = AppGroup("region", help="The region of this installation.")
region.add_command(load)


#: Commands that make a database, bring one, or read a file instead.
_WITHOUT_DATABASE = frozenset({"serve", "restore", "upgrade", *(judging.commands.keys() - {"totals"})})


def _told_without_database(act: Callable[..., Any]) -> Callable[..., Any]:
    """The act; where it fails because there is no database yet, with a sentence that says what to do."""

    @wraps(act)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            return act(*args, **kwargs)
        except (OperationalError, ProgrammingError) as error:
            if migrations.present() is not None:
                raise
            raise click.ClickException(fitness.NO_DATABASE) from error

    return with_appcontext(told)


def init_app(app: Flask) -> None:
    """Add the commands."""
    for group in (database, jobs, mail, audit, region, people, judging, privacy, data):
        app.cli.add_command(group)
    for command in (serve, backup, restore):
        app.cli.add_command(command)


@database.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Bring the database to the newest revision, after a copy of what is there."""
    prepare(current_app.extensions["pitchfest.settings"])


@jobs.command("run")
@click.option("--once", is_flag=True, help="One round, then stop.")
@with_appcontext
def run(once: bool) -> None:
    """Do what is due, again and again, until a signal comes."""
    refuse_unfit()
    work(once=once)


@mail.command("deliver")
@with_appcontext
def deliver() -> None:
    """Send every message that is due, once; the worker does so by itself."""
    click.echo(f"{deliver_due(clock().now)} messages handled.")


@region.command("reopen")
@with_appcontext
def reopen() -> None:
    """Take back that setting up is finished, so that production starts and it can be put right."""
    try:
        with transaction():
            reopen_set_up(now=clock().now())
    except PitchfestError as error:
        raise click.ClickException(error.reason) from error
    click.echo("Setting up is open again. Start the server and finish at /admin/set-up.")


@audit.command("verify")
@click.option("--anchor", multiple=True, help="SEQ:HASH from a receipt or an opening record.")
@with_appcontext
def verify(anchor: tuple[str, ...]) -> None:
    """Check every link of the log; exit 1 at the first break."""
    try:
        anchors = [parse_anchor(text) for text in anchor]
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    count, broken = first_break(chain(), anchors)
    if broken:
        click.echo(f"The log is broken: {broken.reason}.", err=True)
        sys.exit(1)
    click.echo(f"The log holds: {count} entries.")


for _group in (database, jobs, mail, audit, region, people, judging, privacy, data):
    for _name, _command in _group.commands.items():
        if _name not in _WITHOUT_DATABASE and _command.callback is not None:
            _command.callback = _told_without_database(_command.callback)
