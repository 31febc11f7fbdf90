"""The judging rules for people with a spreadsheet, and checks.

The engine's modules are imported where they run: with numpy and scipy they would slow every start.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import inspect

from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import PitchTotal
from pitchfest.judging.rules.csv_rows import BadFileError, decode
from pitchfest.judging.rules.rank_file import as_json, as_table, number, rank

judging = AppGroup("judging", help="Judging, and ranking a file of scores.")

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_json = click.option("--json", "json_wanted", is_flag=True, help="For programs.")


@judging.command("rank", with_appcontext=False)
@_file
@click.option("--scale-max", default="10", show_default=True, help="The highest score of the scale.")
@_json
def rank_file(file: Path, scale_max: str, json_wanted: bool) -> None:
    """Rank the pitches of FILE, with the columns pitch, judge, criterion, score and weight."""
    try:
        with _reasons(file):
            rows = rank(decode(file.read_bytes()), scale_max=number(scale_max))
    except ValueError as error:
        raise click.UsageError(f"--scale-max: {error}") from error
    _show(as_json(rows) if json_wanted else as_table(rows))


@judging.command("calibrate", with_appcontext=False)
@_file
@click.option("--method", type=click.Choice(["grid", "reml"]), default="grid", show_default=True, help="How.")
@_json
def calibrate_file(file: Path, method: Literal["grid", "reml"], json_wanted: bool) -> None:
    """Take judges' severity out of the scores of FILE: pitch, judge, score, or item, rater, y."""
    from pitchfest.judging.rules import calibrate_file as engine  # noqa: PLC0415

    with _reasons(file):
        found = engine.calibrate_file(decode(file.read_bytes()), method)
    _show(engine.as_json(found) if json_wanted else engine.as_table(found))


@judging.command("totals")
@click.option("--check", is_flag=True, required=True, help="Recompute each stored total and compare.")
@with_appcontext
def totals(check: bool) -> None:  # noqa: ARG001 - the one thing this command does
    """Recompute every stored total from the signed cards; exit 1 where one differs, 2 without a database."""
    if not inspect(db.engine).has_table(PitchTotal.__tablename__):
        click.echo("The database is empty: nothing was ever started on it. Start the site first.", err=True)
        sys.exit(2)
    count, differences = queries.total_differences()
    for difference in differences:
        click.echo(difference, err=True)
    if differences:
        sys.exit(1)
    click.echo(f"{count} stored totals agree with the signed scorecards.")


@judging.command("assign", with_appcontext=False)
@_file
@click.option("--floor", type=click.Choice(["best", "none"]), default="best", show_default=True)
@_json
def assign(file: Path, floor: str, json_wanted: bool) -> None:
    """Assign the judges of FILE, a JSON file, to its pitches.

    With --floor best the worst match is as good as can be, then the sum of all, and then pitches and judges
    are joined in one piece. With --floor none only the sum counts.
    """
    from pitchfest.judging.rules import matching_file  # noqa: PLC0415
    from pitchfest.judging.rules.matching import match  # noqa: PLC0415

    with _reasons(file):
        panel, unused = matching_file.read(decode(file.read_bytes()))
    found = match(panel, best_floor=floor == "best", one_piece=floor == "best")
    for note in (*(f"Not used: {name}." for name in unused), *found.notes):
        click.echo(note, err=True)
    _show(matching_file.as_json(found) if json_wanted else matching_file.as_table(found))


@judging.command("reliability", with_appcontext=False)
@_file
@_json
def reliability(file: Path, json_wanted: bool) -> None:
    """Say how far judges agree in FILE, with the columns item, rater and y (or pitch, judge and score)."""
    from pitchfest.judging.rules import reliability as rules  # noqa: PLC0415
    from pitchfest.judging.rules.review_file import reviews  # noqa: PLC0415

    with _reasons(file):
        found = asdict(rules.reliability(reviews(decode(file.read_bytes()))))
    lines = [
        f"{name:14} {'not defined' if value is None else f'{value:7.4f}'}" for name, value in found.items()
    ]
    _show(found if json_wanted else "\n".join(lines))


@judging.command("pairwise", with_appcontext=False)
@_file
@click.option("--prior", type=click.Choice(["none", "normal"]), default="normal", show_default=True)
@click.option("--reference", help="The item held at 0 without a prior, if not the first by alphabet.")
@_json
def pairwise(file: Path, prior: str, reference: str | None, json_wanted: bool) -> None:
    """Rank the items that FILE compares two at a time, with the columns judge, a, b, result and count.

    Without a prior the first item in alphabetical order is the reference, held at 0. Abilities from a tool
    that takes another reference differ by a constant; --reference chooses it.
    """
    from pitchfest.judging.rules import pairwise_file  # noqa: PLC0415

    with _reasons(file):
        text = decode(file.read_bytes())
        found = pairwise_file.abilities(text, prior=prior == "normal", reference=reference)
    _show(pairwise_file.as_json(found) if json_wanted else pairwise_file.as_table(found))


@contextmanager
def _reasons(file: Path) -> Iterator[None]:
    """End the command with line and reason where the file makes no sense."""
    try:
        yield
    except BadFileError as error:
        click.echo(f"{file}, line {error.line}: {error.reason}", err=True)
        sys.exit(2)


def _show(answer: dict[str, Any] | str) -> None:
    """Print JSON for programs or lines of text."""
    click.echo(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, indent=1))
