"""`privacy purge`: removing what is past its time."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from pitchfest.kernel.actor import SYSTEM
from pitchfest.kernel.clock import say_day
from pitchfest.kernel.privacy import Privacy
from pitchfest.privacy import operations, queries
from pitchfest.privacy.rules import TABLE, Category, say_period
from pitchfest.web.requests import clock

EXTENSION = "pitchfest.privacy"

privacy = AppGroup("privacy", help="How long things are kept.")


@privacy.command("purge")
@click.option("--dry-run/--yes", default=True, help="Say what would go (the default), or remove it.")
@with_appcontext
def purge(dry_run: bool) -> None:
    """Remove what is past its time; without --yes only say how much that is."""
    parts, now = current_app.extensions[EXTENSION], clock().now()
    assert isinstance(parts, Privacy)
    if dry_run:
        keeps = {row.line.category: row.keeps for row in queries.periods()}
        for category, due in queries.due(parts, now).items():
            oldest = f", the oldest since {say_day(due.oldest)}" if due.oldest else ""
            click.echo(f"{due.count:>6}  {TABLE[category].what} ({say_period(keeps[category])}{oldest})")
        click.echo("Nothing was removed. Say --yes to remove it.")
        return
    for name, count in operations.purge(SYSTEM, parts=parts, now=now).items():
        click.echo(f"{count:>6}  {TABLE[Category(name)].what}")
