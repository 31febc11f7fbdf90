"""How fast the judging engine is, each task beside its limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from bench import engine_assignment
from pitchfest.judging.rules.calibration import calibrate
from pitchfest.judging.rules.rank_draws import DRAWS, draw_ranks

Review = tuple[str, str, float]


class Task(NamedTuple):
    """Something to time: the seconds of its fastest run count, since whatever disturbs only adds to them."""

    name: str
    limit: float
    run: Callable[[], object]
    runs: int


def tasks(seed: int) -> Iterator[Task]:
    """Each task, made ready when it is its turn."""
    large = large_set(seed)
    pitches, judges = (len({row[column] for row in large}) for column in (0, 1))
    name = f"{len(large):,} ratings ({pitches:,} × {judges:,}): effects and sds"
    yield Task(name, 2.5, lambda: calibrate(large, method="reml"), 3)
    usual = balanced_set(seed, pitches=1_000, judges=60, each=4)
    yield Task("1,000 × 60, k = 4: effects and sds", 0.020, lambda: calibrate(usual, method="reml"), 30)
    found = calibrate(usual, method="reml")
    yield Task(f"1,000 × 60, k = 4: {DRAWS:,} rank draws", 0.5, lambda: draw_ranks(found, seed=seed), 10)
    yield Task(
        "1,000 × 60, k = 4: assignment", engine_assignment.LIMIT, engine_assignment.assignment(seed), 10
    )


def large_set(seed: int) -> list[Review]:
    """73,421 ratings of 1,128 by 2,972, some rated by hundreds and some by a few, each pair once."""
    chance = np.random.default_rng(seed)
    pitches, judges, n = 1_128, 2_972, 73_421
    everyone = np.arange(judges) % pitches * judges + np.arange(judges)  # each of both at least once
    weights = (chance.lognormal(0.0, 1.0, pitches), chance.lognormal(0.0, 0.5, judges))
    first, second = (chance.choice(len(of), 4 * n, p=of / of.sum()) for of in weights)
    others = chance.permutation(np.setdiff1d(first * judges + second, everyone))
    return _scored(chance, *np.divmod(np.concatenate([everyone, others[: n - judges]]), judges))


def balanced_set(seed: int, *, pitches: int, judges: int, each: int) -> list[Review]:
    """A round in which each pitch has as many reviews, dealt at random."""
    chance = np.random.default_rng(seed)
    dealt = np.concatenate([chance.permutation(judges)[:each] for _ in range(pitches)])
    return _scored(chance, np.repeat(np.arange(pitches), each), dealt)


def _scored(chance: np.random.Generator, pitch: np.ndarray, judge: np.ndarray) -> list[Review]:
    """Scores with variances much like those of real ratings of lectures."""
    worth, severity = chance.normal(0, 0.52, pitch.max() + 1), chance.normal(0, 0.33, judge.max() + 1)
    scores = 3.25 + worth[pitch] + severity[judge] + chance.normal(0, 1.18, len(pitch))
    rows = zip(pitch.tolist(), judge.tolist(), scores.tolist(), strict=True)
    return [(f"P{i:04}", f"J{j:04}", score) for i, j, score in rows]


def main(seed: int) -> None:
    """Print the table. A missed figure is printed, not an error."""
    print(f"\nThe judging engine (seed {seed}): the fastest of several runs, in milliseconds.\n")
    line = "{:<56}{:>10}{:>10}  {}"
    print(line.format("task", "time", "limit", ""))
    for task in tasks(seed):
        seconds = min(_seconds(task.run) for _ in range(task.runs))
        verdict = "OK" if seconds <= task.limit else "MISSED"
        print(line.format(task.name, f"{seconds * 1e3:.1f}", f"{task.limit * 1e3:.0f}", verdict), flush=True)


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
