"""What does not fit, from the fit of a calibration: reviews, judges and pitches. A hint, never a reason."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, ndtr

from pitchfest.judging.rules.calibration import Calibration, Fit, typical
from pitchfest.judging.rules.crossed_effects import Floats, moments, turn

#: A residual of so many standard deviations is far.
FAR = 3.0
#: Among what is named surprising, this share may be chance (Benjamini and Hochberg 1995).
FALSE_DISCOVERIES = 0.05
#: A variance below this, of the error or of what it leaves in a residual, is rounding only.
FREE = 1e-9


class ReviewFit(NamedTuple):
    """One review beside what pitch and judge would lead one to expect, in points.

    `residual` is in standard deviations of what is left to chance, `p` how likely one is that far or further.
    `far` is the rule of three standard deviations; `surprising` allows for the number of reviews.
    """

    pitch: str
    judge: str
    score: float
    expected: float
    residual: float
    p: float
    far: bool
    surprising: bool


class JudgeFit(NamedTuple):
    """A judge: generosity with its 95% interval, in points; the standard deviation of their scores; the fit.

    `infit` is the mean square of their residuals: 0.5 to 1.5 is usual, more is erratic, less is too even.
    """

    judge: str
    reviews: int
    generosity: float
    low: float
    high: float
    spread: float
    infit: float


class PitchSplit(NamedTuple):
    """How judges differ on a pitch when their generosity is taken out, and how likely by chance so much is.

    `variance` is in points squared, `ratio` its ratio to the residual variance of the round.
    """

    pitch: str
    reviews: int
    variance: float
    ratio: float
    p: float
    split: bool


def review_fits(of: Calibration) -> list[ReviewFit]:
    """Every review, in order of pitch and judge. A round without a fit has none that stand out."""
    if of.fit is None:
        return []
    found = of.fit
    expected, residuals = _residuals(of, found)
    p = 2 * ndtr(-np.abs(residuals))
    columns = (found.scores, expected, residuals, p, np.abs(residuals) > FAR, _surprising(p))
    rows = zip(found.pitch, found.judge, *(column.tolist() for column in columns), strict=True)
    return [ReviewFit(of.pitches[pitch].id, of.judges[judge].id, *row) for pitch, judge, *row in rows]


def judge_fits(of: Calibration) -> list[JudgeFit]:
    """Every judge, in order of names."""
    if of.fit is None:
        return [JudgeFit(judge.id, judge.n, 0.0, 0.0, 0.0, 0.0, 0.0) for judge in of.judges]
    found = of.fit
    counts = np.bincount(found.judge)
    deviation = found.scores - (np.bincount(found.judge, found.scores) / counts)[found.judge]
    spread = np.sqrt(np.bincount(found.judge, deviation**2) / np.maximum(counts - 1, 1))
    infit = np.bincount(found.judge, _residuals(of, found)[1] ** 2) / counts
    return [
        JudgeFit(id_, n, effect, effect - 1.96 * sd, effect + 1.96 * sd, own_spread, own_infit)
        for (id_, effect, sd, n), own_spread, own_infit in zip(
            of.judges, spread.tolist(), infit.tolist(), strict=True
        )
    ]


def pitch_splits(of: Calibration) -> list[PitchSplit]:
    """Every pitch with two reviews or more, in order of names."""
    if of.fit is None:
        return []
    found, at = of.fit, typical(of)
    levelled = found.scores - found.unit * turn(found.design, at.effects)[1][found.judge]
    counts = np.bincount(found.pitch)
    means = np.bincount(found.pitch, levelled) / counts
    squares = np.bincount(found.pitch, (levelled - means[found.pitch]) ** 2)
    freedom = np.maximum(counts - 1, 1)
    residual = of.variance.residual
    ratio = squares / freedom / residual if residual > 0 else np.zeros(len(counts))
    p = chdtrc(freedom, ratio * freedom)
    twice = np.flatnonzero(counts > 1)
    return [
        PitchSplit(of.pitches[index].id, int(counts[index]), float(squares[index] / freedom[index]), *row)
        for index, *row in zip(
            twice.tolist(),
            ratio[twice].tolist(),
            p[twice].tolist(),
            _surprising(p[twice]).tolist(),
            strict=True,
        )
    ]


def _residuals(of: Calibration, found: Fit) -> tuple[Floats, Floats]:
    """For each review what was expected, in points, and its residual in standard deviations of its own.

    A residual has 1 - h of the error's variance, h being the diagonal of the hat matrix: the variance of
    what is missed of pitch and judge together.
    """
    at = typical(of)
    design, variance = found.design, at.error_variance
    pitch_effects, judge_effects = turn(design, at.effects)
    expected = design.columns[:, :-1] @ at.fixed + pitch_effects[found.pitch] + judge_effects[found.judge]
    missed = moments(design, at)
    leverage = missed.first[found.pitch] + missed.second[found.judge]
    leverage += 2 * missed.both[found.pitch, found.judge]
    left = np.maximum(1 - leverage / variance, 0)
    errors = design.columns[:, -1] - expected
    scale = np.sqrt(variance * left)
    residuals = np.divide(
        errors, scale, out=np.zeros_like(errors), where=(left > FREE) & (variance > FREE**2)
    )
    return found.centre + found.unit * expected, residuals


def _surprising(p: Floats) -> Floats:
    """Benjamini and Hochberg's step-up: the largest number of smallest p that chance does not explain."""
    order = np.argsort(p, kind="stable")
    within = np.flatnonzero(p[order] <= FALSE_DISCOVERIES * np.arange(1, len(p) + 1) / len(p))
    named = np.zeros(len(p), dtype=bool)
    named[order[: within[-1] + 1 if len(within) else 0]] = True
    return named
