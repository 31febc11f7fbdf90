"""`people invite`, `people list` and `people reset-two-step`."""

from __future__ import annotations

import json

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries
from pitchfest.db import transaction
from pitchfest.judging import queries as judging
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import PitchfestError
from pitchfest.web.requests import clock

people = AppGroup("people", help="People and their roles.")


@people.command("invite")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@with_appcontext
def invite(email: str, role: str) -> None:
    """Ask someone in with a role; prints a link that works once."""
    try:
        with transaction():
            path = accounts.invite_by_command(email, role=Role(role), now=clock().now())
    except PitchfestError as error:
        raise click.ClickException(error.reason) from error
    click.echo(f"{current_app.config['PITCHFEST_URL']}{path}")


@people.command("reset-two-step")
@click.argument("email")
@with_appcontext
def reset_two_step(email: str) -> None:
    """Take the second step of signing in away from someone who lost phone and codes."""
    try:
        with transaction():
            accounts.reset_by_command(email, now=clock().now())
    except PitchfestError as error:
        raise click.ClickException(error.reason) from error
    click.echo("Their two-step sign-in is gone, and they are signed out everywhere.")


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def list_people(as_json: bool) -> None:
    """Everyone with an account, and what they may do."""
    panels = judging.panels_of_everyone()
    rows = [
        {
            "email": person.email,
            "name": person.name,
            "roles": sorted(str(role) for role in person.roles),
            "organisations": sorted(person.organisations),
            "judge_of": [reference for reference, _ in panels.get(person.id, [])],
            "chair_of": [reference for reference, is_chair in panels.get(person.id, []) if is_chair],
        }
        for person in queries.everyone()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        parts = [*row["roles"], *(f"judge of {r}" for r in row["judge_of"]), *row["organisations"]]
        click.echo(f"{row['email']:<44} {row['name']:<24} {', '.join(parts)}")
