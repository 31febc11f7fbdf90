"""Judges' severity taken out of the scores of a round, with how sure that is.

A score is intercept + track + pitch + judge + error, pitches and judges crossed random effects; the variances
by restricted maximum likelihood (`crossed_effects`), or the effects averaged over what the variances may be.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from pitchfest.judging.rules.crossed_effects import (
    Design,
    Floats,
    Integers,
    Solution,
    conditional_variances,
    design,
    fit,
    solve,
    turn,
)

Method = Literal["grid", "reml"]

#: The grid of ratios of standard deviations: so many on each axis, evenly in the logarithm, up to so many
#: times the best ratio and down to as small a part of it. A best ratio near zero is taken for the smallest.
GRID, GRID_SPAN, GRID_SMALLEST = 9, 4.0, 0.2

#: Calibrated scores are worth a look when severity is no accident and has this share of the variance.
SIGNIFICANT, MATERIAL = 0.05, 0.05

#: What is said of a round in which calibration is worth a look, and where it cannot change anything.
DIFFER = "Judges differ in severity: look at the calibrated scores beside the plain mean."
COMPLETE = "Every judge scored every pitch, so severity changes nothing: use the plain mean."

#: Points of the grid with less of the weight than this, to the likeliest, are left out.
NEGLIGIBLE = 1e-6
#: An error variance, to the largest deviation squared, that only the bound on the ratios keeps above zero.
PERFECT = 1e-6


class Variance(NamedTuple):
    """Variances in points squared."""

    pitch: float
    judge: float
    residual: float


class Effect(NamedTuple):
    """A pitch's worth or a judge's generosity, in points around the intercept, and the reviews behind it."""

    id: str
    effect: float
    sd: float
    n: int


class Point(NamedTuple):
    """Variance ratios to the residual's, and how likely they are among others."""

    weight: float
    pitch_ratio: float
    judge_ratio: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What a calibration rests on: the reviews, sorted, and the variance ratios that it averages over.

    The design's ratings are (score - centre) / unit; pitches are its first factor, judges its second.
    """

    design: Design
    points: tuple[Point, ...]
    best: Solution  # where the REML criterion is smallest
    given: tuple[float | None, float | None]  # the ratios of pitch and judge that could not be estimated
    centre: float
    unit: float
    pitch: Integers  # of each review
    judge: Integers
    scores: Floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibrated scores of a round. `fit` and `reml_criterion` are None where there is nothing to fit.

    With tracks a pitch's effect has its track's in it, and the intercept is the mean of the tracks.
    `components` is the number of pieces into which the panel falls that share neither judge nor pitch.
    """

    n: int
    intercept: float
    variance: Variance
    reml_criterion: float | None
    pitches: tuple[Effect, ...]
    judges: tuple[Effect, ...]
    components: int
    warnings: tuple[str, ...]
    fit: Fit | None


@dataclass(frozen=True, slots=True)
class Severity:
    """The share of the variance that is the judges', and how likely so much is when they do not differ."""

    share: float
    p: float

    @property
    def material(self) -> bool:
        """Whether calibrated scores are worth a look."""
        return self.p < SIGNIFICANT and self.share >= MATERIAL


class _Table(NamedTuple):
    """Reviews sorted by pitch, judge and score, with numbers in place of names."""

    pitches: list[str]
    judges: list[str]
    pitch: Integers
    judge: Integers
    scores: Floats


def calibrate(
    reviews: Iterable[tuple[str, str, float]],
    *,
    tracks: Mapping[str, str] | None = None,
    method: Method = "grid",
) -> Calibration:
    """Estimate each pitch's worth and each judge's generosity from reviews (pitch, judge, points).

    With "reml" variances, effects and conditional standard deviations are those of lme4's `y ~ 1 + (1|pitch)
    + (1|judge)`. With "grid", better for small rounds, they are means over the variances' posterior
    distribution: flat for the mean, 1/s2 for the error, half-Cauchy for the ratios of standard deviations
    (Gelman 2006). `tracks` names the track of each pitch, a fixed effect. The order of the reviews does not
    matter. What cannot be estimated is left out or assumed, and said in `warnings`. Raises ValueError for a
    score that is not finite, and for a pitch without a track where others have one.
    """
    table = _table(reviews)
    n = len(table.scores)
    components = _components(table)
    fixed, warnings = _fixed_columns(table, tracks)
    given, assumed = _given(table, components)
    warnings += assumed
    if components > 1:
        warnings.append(f"The panel falls into {components} groups: no judge and no pitch is in two of them.")
    if n <= fixed.shape[1] or table.scores.min() == table.scores.max():
        few = n <= fixed.shape[1]
        warnings.append("There are too few reviews to compare." if few else "All scores are the same.")
        return _flat(table, components, warnings)

    centre = float(table.scores.mean())
    unit = float(np.abs(table.scores - centre).max())
    of = design((table.scores - centre) / unit, table.pitch, table.judge, fixed)
    best = fit(of, *given)
    points = _grid(of, best, given) if method == "grid" else (_point(of, best),)
    found = Fit(of, points, best, given, centre, unit, table.pitch, table.judge, table.scores)
    if best.error_variance < PERFECT:
        warnings.append("Pitch and judge explain every score: chance has no part in it.")
    return _averaged(table, found, components, warnings)


def solution(of: Fit, point: Point) -> Solution:
    """The predictions at one point; those at the best one are there already."""
    if point == _point(of.design, of.best):
        return of.best
    return solve(of.design, point.pitch_ratio, point.judge_ratio)


def typical(of: Calibration) -> Solution:
    """The predictions at the variances that a calibration with a fit reports: the best ones with "reml"."""
    assert of.fit is not None
    if len(of.fit.points) == 1:
        return solution(of.fit, of.fit.points[0])
    pitch, judge, residual = of.variance
    return solve(of.fit.design, pitch / residual, judge / residual)


def severity(of: Calibration) -> Severity:
    """Whether judges differ: a likelihood-ratio test of their variance, which cannot be below zero.

    Under no difference the ratio is 0 or chi-square with one degree of freedom, each half the time (Self and
    Liang 1987).
    """
    found = of.fit
    if found is None or found.given[1] is not None:
        return Severity(0.0, 1.0)
    without = fit(found.design, found.given[0], 0.0)
    ratio = without.criterion - found.best.criterion
    p = 0.5 * math.erfc(math.sqrt(ratio / 2)) if ratio > 1e-8 else 1.0
    return Severity(of.variance.judge / sum(of.variance), p)


def advice(of: Calibration) -> str:
    """One plain sentence on what to make of the calibrated scores."""
    if of.fit is None:
        return of.warnings[-1]
    if len(of.judges) == 1:
        return "One judge gave every score, so severity cannot be told from worth: use the plain mean."
    if of.components > 1:
        return "Judges of different groups scored no pitch in common, so nothing tells severity from worth."
    if of.n == len(of.pitches) * len(of.judges):
        return COMPLETE
    if severity(of).material:
        return DIFFER
    return "Judges differ little in severity: use the plain mean."


def _table(reviews: Iterable[tuple[str, str, float]]) -> _Table:
    rows = list(reviews)
    pitches, judges = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
    pitch_at = {name: index for index, name in enumerate(pitches)}
    judge_at = {name: index for index, name in enumerate(judges)}
    pitch = np.array([pitch_at[row[0]] for row in rows], dtype=np.intp)
    judge = np.array([judge_at[row[1]] for row in rows], dtype=np.intp)
    scores = np.array([row[2] for row in rows], dtype=np.float64)
    if not np.isfinite(scores).all():
        raise ValueError("a score is not a finite number")
    order = np.lexsort((scores, judge, pitch))
    return _Table(pitches, judges, pitch[order], judge[order], scores[order])


def _components(table: _Table) -> int:
    nodes = len(table.pitches) + len(table.judges)
    links = (np.ones(len(table.scores)), (table.pitch, len(table.pitches) + table.judge))
    return (
        int(connected_components(csr_array(links, shape=(nodes, nodes)), directed=False)[0]) if nodes else 0
    )


def _fixed_columns(table: _Table, tracks: Mapping[str, str] | None) -> tuple[Floats, list[str]]:
    """The intercept, and tracks coded so that their effects add up to zero."""
    intercept = np.ones((len(table.pitches), 1))
    if tracks is None:
        return intercept, []
    missing = [pitch for pitch in table.pitches if pitch not in tracks]
    if missing:
        raise ValueError(f"no track is given for {missing[0]}")
    names = sorted({tracks[pitch] for pitch in table.pitches})
    if len(names) == len(table.pitches) > 1:
        return intercept, ["Every pitch has a track of its own: tracks are left out."]
    own = np.array([[float(tracks[pitch] == name) for name in names] for pitch in table.pitches])
    return np.hstack([intercept, own[:, 1:] - own[:, :1]]), []


def _given(table: _Table, components: int) -> tuple[tuple[float | None, float | None], list[str]]:
    """The variance ratios that these reviews say nothing about, with a sentence for each."""
    n, pitches, judges = len(table.scores), len(table.pitches), len(table.judges)
    pitch: float | None = None
    judge: float | None = None
    warnings: list[str] = []
    if pitches == 1:
        pitch = 0.0
        warnings.append("There is one pitch only.")
    elif n == pitches:
        pitch = 1.0
        warnings.append("No pitch has two reviews: half of what judges do not explain is taken for chance.")
    if judges == 1:
        judge = 0.0
        warnings.append("There is one judge only: severity cannot be told from worth.")
    elif n == judges or components == pitches == judges:
        judge = 0.0
        warnings.append("No two pitches have a judge in common: severity cannot be told from worth.")
    return (pitch, judge), warnings


def _grid(of: Design, best: Solution, given: tuple[float | None, float | None]) -> tuple[Point, ...]:
    """The ratios that matter around the best ones, weighted by how likely they are."""
    steps = GRID_SPAN ** np.linspace(-1, 1, GRID)
    axes = [
        np.array([math.sqrt(fixed)]) if fixed is not None else max(math.sqrt(ratio), GRID_SMALLEST) * steps
        for fixed, ratio in zip(given, turn(of, (best.many_ratio, best.few_ratio)), strict=True)
    ]

    def prior(axis: int, deviation: float) -> float:
        """Half-Cauchy, times the deviation since steps are even in its logarithm."""
        return math.log(deviation / (1 + deviation**2)) if given[axis] is None else 0.0

    found = []
    for pitch in axes[0].tolist():
        for judge in axes[1].tolist():
            fitted = -solve(of, pitch**2, judge**2).criterion / 2
            found.append(Point(fitted + prior(0, pitch) + prior(1, judge), pitch**2, judge**2))
    top = max(point.weight for point in found)
    likely = [point._replace(weight=math.exp(point.weight - top)) for point in found]
    likely = [point for point in likely if point.weight > NEGLIGIBLE]
    total = sum(point.weight for point in likely)
    return tuple(point._replace(weight=point.weight / total) for point in likely)


def _point(of: Design, at: Solution) -> Point:
    return Point(1.0, *turn(of, (at.many_ratio, at.few_ratio)))


def _averaged(table: _Table, found: Fit, components: int, warnings: list[str]) -> Calibration:
    """Means over the points, and the spread within them and between them."""
    of, unit = found.design, found.unit
    weights = np.array([point.weight for point in found.points])
    solutions = [solution(found, point) for point in found.points]
    variance = sum(
        weight * at.error_variance * np.array([point.pitch_ratio, point.judge_ratio, 1.0])
        for weight, point, at in zip(weights, found.points, solutions, strict=True)
    )
    tracks = np.stack([of.fixed[:, 1:] @ at.fixed[1:] for at in solutions])
    effects = [turn(of, at.effects) for at in solutions]
    spreads = [conditional_variances(of, at) for at in solutions]

    def entries(ids: list[str], values: Floats, variances: Floats, counts: Integers) -> tuple[Effect, ...]:
        means = weights @ values
        sds = np.sqrt(weights @ (variances + (values - means) ** 2))
        rows = zip(ids, (unit * means).tolist(), (unit * sds).tolist(), counts.tolist(), strict=True)
        return tuple(Effect(*row) for row in rows)

    pitch_effects = np.stack([pitch for pitch, _ in effects]) + tracks
    judge_effects = np.stack([judge for _, judge in effects])
    pitch_spread, judge_spread = (np.stack([pair[factor] for pair in spreads]) for factor in (0, 1))
    freedom = len(table.scores) - of.fixed.shape[1]
    return Calibration(
        n=len(table.scores),
        intercept=found.centre + unit * float(weights @ [at.fixed[0] for at in solutions]),
        variance=Variance(*(unit**2 * variance).tolist()),
        reml_criterion=found.best.criterion + 2 * freedom * math.log(unit),
        pitches=entries(table.pitches, pitch_effects, pitch_spread, np.bincount(table.pitch)),
        judges=entries(table.judges, judge_effects, judge_spread, np.bincount(table.judge)),
        components=components,
        warnings=tuple(warnings),
        fit=found,
    )


def _flat(table: _Table, components: int, warnings: list[str]) -> Calibration:
    """Where scores do not differ, or are too few: nothing differs."""
    intercept = float(table.scores.mean()) if len(table.scores) else 0.0
    pitches, judges = (
        tuple(Effect(name, 0.0, 0.0, n) for name, n in zip(names, np.bincount(index).tolist(), strict=True))
        for names, index in ((table.pitches, table.pitch), (table.judges, table.judge))
    )
    flat = Variance(0.0, 0.0, 0.0)
    n = len(table.scores)
    return Calibration(n, intercept, flat, None, pitches, judges, components, tuple(warnings), None)
