"""The command `region load FILE [--as-of DATE]`."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from pitchfest.accounts import queries as accounts
from pitchfest.cli.region import challenges, judges, people, questions, rounds
from pitchfest.cli.region.calendar import Calendar
from pitchfest.cli.region.story import BadRegionError, Story
from pitchfest.db import transaction
from pitchfest.kernel.clock import LONDON
from pitchfest.mail.operations import keep_all
from pitchfest.web.requests import clock

SAMPLE = Path(__file__).resolve().parent.parent.parent / "sample" / "region.yaml"


@click.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as-of", type=click.DateTime(formats=["%Y-%m-%d"]), help="The day on which the story is told."
)
@with_appcontext
def load(file: Path, as_of: datetime | None) -> None:
    """Play a region in from FILE into an empty installation."""
    try:
        steps = load_file(file, as_of.date() if as_of else None)
    except BadRegionError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(2)
    click.echo(f"{accounts.region().name} is loaded: {steps} steps.")


def load_file(file: Path, as_of: date | None = None) -> int:
    """Play the file in, as of a day (today when none is given); the number of steps.

    Raises BadRegionError when the file is not a region or a step is refused; what was played
    before it stays.
    """
    if not current_app.config["PITCHFEST_DEMO"]:
        raise BadRegionError("a region with invented people can be loaded into a demo only")
    if accounts.region_is_set_up():
        raise BadRegionError("this installation already has a region")
    now = clock().now()
    story = Story(read(file), Calendar(as_of or now.astimezone(LONDON).date()))
    try:
        people.plan(story)
        challenges.plan(story)
        judges.plan(story)
        questions.plan(story)
        rounds.plan(story)
        played = story.play(until=now)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadRegionError(f"the file lacks or misplaces {error}") from error
    with transaction():
        keep_all(now)
    return played


#: Keys whose lists a region's file may keep in files beside it: key → folder.
_BESIDE = ("pitches", "questions", "judging", "letters")


def read(file: Path) -> dict[str, Any]:
    """The file's content, with what stands in the folders beside it."""
    content = _yaml(file)
    if "region" not in content:
        raise BadRegionError("there is no entry `region`")
    for key in _BESIDE:
        found = list(content.get(key) or [])
        for part in sorted((file.parent / key).glob("*.yaml")) if (file.parent / key).is_dir() else ():
            one = _yaml(part)
            if key == "pitches":
                found += [{"challenge": one["challenge"], **pitch} for pitch in one["pitches"]]
            else:
                found.append(one)
        content[key] = found
    return content


def _yaml(file: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - here only, so that the server starts without it

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadRegionError(f"{file.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise BadRegionError(f"{file.name} is not a list of named entries")
    return content
