"""`judging rank`, `calibrate` and `totals`: for people with a spreadsheet, and for checking."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

import click
from flask.cli import AppGroup, with_appcontext

from pitchfest.judging import queries
from pitchfest.judging.rules.csv_rows import BadFileError, decode
from pitchfest.judging.rules.rank_file import as_json, as_table, number, rank

judging = AppGroup("judging", help="Judging, and ranking a file of scores.")


@judging.command("rank", with_appcontext=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--scale-max", default="10", show_default=True, help="The highest score of the scale.")
@click.option("--json", "json_wanted", is_flag=True, help="For programs.")
def rank_file(file: Path, scale_max: str, json_wanted: bool) -> None:
    """Rank the pitches of FILE, with the columns pitch, judge, criterion, score and weight."""
    try:
        rows = rank(decode(file.read_bytes()), scale_max=number(scale_max))
    except BadFileError as error:
        click.echo(f"{file}, line {error.line}: {error.reason}", err=True)
        sys.exit(2)
    except ValueError as error:
        raise click.UsageError(f"--scale-max: {error}") from error
    click.echo(json.dumps(as_json(rows), ensure_ascii=False, indent=1) if json_wanted else as_table(rows))


@judging.command("calibrate", with_appcontext=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", type=click.Choice(["grid", "reml"]), default="grid", show_default=True, help="How.")
@click.option("--json", "json_wanted", is_flag=True, help="For programs.")
def calibrate_file(file: Path, method: Literal["grid", "reml"], json_wanted: bool) -> None:
    """Take judges' severity out of the scores of FILE: pitch, judge, score, or item, rater, y."""
    from pitchfest.judging.rules import calibrate_file as engine  # noqa: PLC0415 - it loads numpy and scipy

    try:
        found = engine.calibrate_file(decode(file.read_bytes()), method)
    except BadFileError as error:
        click.echo(f"{file}, line {error.line}: {error.reason}", err=True)
        sys.exit(2)
    shown = engine.as_json(found) if json_wanted else None
    click.echo(json.dumps(shown, ensure_ascii=False, indent=1) if shown else engine.as_table(found))


@judging.command("totals")
@click.option("--check", is_flag=True, required=True, help="Recompute each stored total and compare.")
@with_appcontext
def totals(check: bool) -> None:  # noqa: ARG001 - the one thing this command does
    """Recompute every stored total from the signed cards; exit 1 where one differs."""
    count, differences = queries.total_differences()
    for difference in differences:
        click.echo(difference, err=True)
    if differences:
        sys.exit(1)
    click.echo(f"{count} stored totals agree with the signed scorecards.")
