"""`python -m bench`: every figure beside its reference, measured in the same run."""

from __future__ import annotations

import argparse
import secrets
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench import data, load, postgres, reference, report, rush, search, start, statements
from bench.load import Aim, Run
from bench.targets import Stage, Target, targets
from tests.support.serving import serving


def main() -> None:
    """Measure everything and print it. A missed figure is printed, not an error."""
    asked = _asked()
    if asked.command:
        asked.run(asked)
        return
    load.ensure()
    made = asked.data or data.prepared()
    with _copied(made) as instance:
        started = [] if asked.only else start.first_answer(instance)
        with reference.running() as bare, serving(instance, PITCHFEST_WEB_WORKERS="2") as site:
            stage = Stage.of(site.url, instance)
            wanted = [t for t in targets(stage) if asked.only in t.name]
            runs = _rounds(bare, stage, wanted, asked.rounds, asked.seconds)
            app = statements.application(instance)
            report.heading(asked.rounds, asked.seconds)
            for target in wanted:
                cookie = target.aim.headers.get("Cookie", "")
                number = statements.count(app, cookie, target.path, _form(target.aim))
                report.target(target, runs[target.name], number)
            if asked.only:
                return
            pages = statements.other_pages(stage)
            report.pages([(path, statements.count(app, cookie, path)) for cookie, path in pages])
            rate = statistics.median(run.bare.rate for of_one in runs.values() for run in of_one)
            report.first_answer(started, rate)
            drafts = stage.drafts()
        with postgres.server():
            _search(rate)
            _rushes(made, drafts, asked.rush, rate)


def _search(rate: float) -> None:
    """2,000 challenges on both databases."""
    with tempfile.TemporaryDirectory(prefix="pitchfest-bench-") as folder:
        report.search("SQLite", search.run(Path(folder)), rate)
        url = postgres.created("bench_search")
        report.search("PostgreSQL", search.run(Path(folder) / "pg", DATABASE_URL=url), rate)


def _rushes(made: Path, drafts: dict[str, str], within: int, rate: float) -> None:
    """Every shape of a rush on both databases, each on a copy of its own."""
    report.rushes(within)
    for number, shape in enumerate(rush.SHAPES):
        for name in ("SQLite", "PostgreSQL"):
            with _copied(made) as instance:
                on = {} if name == "SQLite" else {"DATABASE_URL": postgres.copied(instance, f"rush_{number}")}
                report.rush(name, rush.run(shape, instance, drafts, within, **on), rate)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each target is measured (3)")
    parser.add_argument("--seconds", type=int, default=4, help="how long each time (4)")
    parser.add_argument("--rush", type=int, default=60, help="seconds over which 500 people arrive (60)")
    parser.add_argument("--only", default="", help="only targets with this in their name, and nothing else")
    parser.add_argument("--data", type=Path, help="an instance folder to copy, made by an earlier run")
    commands = parser.add_subparsers(dest="command", help="one part alone, without the site:")
    quality = commands.add_parser("judging-quality", help="how well the judging engine decides")
    quality.add_argument("--rounds", type=int, default=300, help="simulated rounds of each design (300)")
    quality.set_defaults(run=_judging_quality)
    speed = commands.add_parser("judging-speed", help="how fast the judging engine is")
    speed.set_defaults(run=_judging_speed)
    for command in (quality, speed):
        command.add_argument("--seed", type=int, default=1, help="of all chance in it (1)")
    return parser.parse_args()


def _judging_quality(asked: argparse.Namespace) -> None:
    from bench import judging_quality  # noqa: PLC0415 - numpy and scipy, which nothing else here needs

    judging_quality.main(asked.seed, asked.rounds)


def _judging_speed(asked: argparse.Namespace) -> None:
    from bench import judging_speed  # noqa: PLC0415 - as above

    judging_speed.main(asked.seed)


@contextmanager
def _copied(made: Path) -> Iterator[Path]:
    """A copy of the data that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pitchfest-bench-") as folder:
        instance = Path(folder) / "instance"
        shutil.copytree(made, instance)
        yield instance


def _rounds(bare: str, stage: Stage, wanted: list[Target], rounds: int, seconds: int) -> dict[str, list[Run]]:
    """Every target in turn, as often as there are rounds."""
    runs: dict[str, list[Run]] = {target.name: [] for target in wanted}
    for number in range(rounds):
        for target in wanted:
            print(f"  round {number + 1} of {rounds}: {target.name} …", file=sys.stderr, flush=True)
            runs[target.name].append(_measure(bare, stage, target, seconds))
    return runs


def _measure(bare: str, stage: Stage, target: Target, seconds: int) -> Run:
    """Warm both up, then the reference, then the target. A save counts when it is in the database."""
    load.fire(_fresh(target.aim), 3)  # the first of each page loads what that page alone needs
    load.fire(Aim(bare), 1)
    table = load.fire(Aim(bare), max(2, seconds // 2))
    before = stage.saved()
    ours = load.fire(_fresh(target.aim), seconds)
    if target.aim.form:
        rows = len(target.aim.form.get("BENCH_CRITERIA", "1").split())
        saved = (stage.saved() - before) // rows
        if saved < ours.requests:
            raise RuntimeError(f"{ours.requests} saves were acknowledged, {saved} are in the database")
    return Run(table, ours)


def _fresh(aim: Aim) -> Aim:
    """The same aim with tokens and words that no run had before."""
    if not aim.form:
        return aim
    beside = tuple(_fresh(one) for one in aim.beside)
    return replace(aim, form={**aim.form, **aim.renew(), "BENCH_RUN": secrets.token_hex(4)}, beside=beside)


def _form(aim: Aim) -> dict[str, str] | None:
    """What the script sends, once."""
    if not aim.form:
        return None
    mark = secrets.token_hex(4)
    if "BENCH_PARENT" in aim.form:
        shown = aim.renew()["BENCH_PARENT"]
        words = {"answer": f"Six weeks with the crews, {mark}", "parent": shown}
        return {**words, "csrf_token": aim.form["BENCH_CSRF"], "form_token": mark}
    fields = {"keep": "1", "csrf_token": aim.form["BENCH_CSRF"], "form_token": mark}
    for criterion in aim.form["BENCH_CRITERIA"].split():
        fields |= {f"score-{criterion}": "3", f"reason-{criterion}": f"Six weeks with the crews, {mark}"}
    return fields


if __name__ == "__main__":
    main()
