"""Calibrate the reviews of a CSV file, for people with a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pitchfest.judging.rules.calibration import Calibration, Method, advice, calibrate
from pitchfest.judging.rules.csv_rows import printable
from pitchfest.judging.rules.rank_draws import draw_ranks
from pitchfest.judging.rules.review_file import reviews

#: The same file gives the same intervals of ranks, every time.
SEED = 0
#: Effects that differ by less than this part of the largest are equal, so that rounding ranks nobody.
EQUAL = 1e-9


def calibrate_file(text: str, method: Method) -> Calibration:
    """Calibrate a CSV text as `review_file` reads it. Raises BadFileError for a line that makes no sense."""
    return calibrate(reviews(text, repeats=True), method=method)


def as_json(of: Calibration) -> dict[str, Any]:
    """The calibration as values for JSON; pitches and judges are in order of their names."""
    intervals = draw_ranks(of, seed=SEED).intervals()
    ranks = _ranks([pitch.effect for pitch in of.pitches])
    return {
        "n": of.n,
        "intercept": of.intercept,
        "variance": of.variance._asdict(),
        "reml_criterion": of.reml_criterion,
        "pitches": [
            {
                "id": pitch.id,
                "effect": pitch.effect,
                "sd": pitch.sd,
                "rank": rank,
                "rank_low": min(rank, intervals[pitch.id][0]),
                "rank_high": max(rank, intervals[pitch.id][1]),
            }
            for pitch, rank in zip(of.pitches, ranks, strict=True)
        ],
        "judges": [
            {"id": judge.id, "effect": judge.effect, "sd": judge.sd, "n": judge.n} for judge in of.judges
        ],
        "components": of.components,
        "warnings": list(of.warnings),
    }


def as_table(of: Calibration) -> str:
    """The calibration as lines of text: the advice, the pitches, best first, and the judges."""
    found = as_json(of)
    pitches = sorted(found["pitches"], key=lambda pitch: (pitch["rank"], pitch["id"]))
    lines = [
        *found["warnings"],
        *([] if of.fit is None else [advice(of)]),
        f"Scores are {found['intercept']:.2f} on average; effects are in points around that.",
        "",
        *_columns(
            ("Rank", "90% interval", "Pitch", "Effect", "sd"),
            (
                (
                    str(pitch["rank"]),
                    f"{pitch['rank_low']}–{pitch['rank_high']}",
                    pitch["id"],
                    f"{pitch['effect']:+.2f}",
                    f"{pitch['sd']:.2f}",
                )
                for pitch in pitches
            ),
        ),
        "",
        *_columns(
            ("Judge", "Generosity", "sd", "Reviews"),
            (
                (judge["id"], f"{judge['effect']:+.2f}", f"{judge['sd']:.2f}", str(judge["n"]))
                for judge in found["judges"]
            ),
        ),
    ]
    return "\n".join(lines)


def _ranks(effects: list[float]) -> list[int]:
    """Competition ranks (1, 2, 2, 4) by falling effect."""
    unit = max(map(abs, effects), default=0.0) * EQUAL or 1.0
    steps = [round(effect / unit) for effect in effects]
    falling = sorted(steps, reverse=True)
    first: dict[int, int] = {}
    for place, step in enumerate(falling, start=1):
        first.setdefault(step, place)
    return [first[step] for step in steps]


def _columns(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Lines of text with the columns under one another."""
    table = [head, *(tuple(map(printable, row)) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
