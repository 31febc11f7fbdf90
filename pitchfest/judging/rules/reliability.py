"""How far judges agree: intraclass correlations, Krippendorff's alpha and Kendall's W.

With MSB, MSJ, MSE and MSW the mean squares between pitches, between judges, of the residual and within
pitches, for n pitches that each of k judges scored once (Shrout and Fleiss, 1979; average forms after McGraw
and Wong, 1996):

    ICC1 = (MSB - MSW) / (MSB + (k-1) MSW)                      ICC1k = (MSB - MSW) / MSB
    ICC2 = (MSB - MSE) / (MSB + (k-1) MSE + k (MSJ - MSE) / n)  ICC2k = (MSB - MSE) / (MSB + (MSJ - MSE) / n)
    ICC3 = (MSB - MSE) / (MSB + (k-1) MSE)                      ICC3k = (MSB - MSE) / MSB

ICC1 is for judges who differ from pitch to pitch, ICC2 for a panel drawn from many, ICC3 for these judges
only; k stands for the mean of all k.

Krippendorff's alpha is 1 - (n - c) Σ_pitch (distances between its m scores / (m - 1)) / Σ (distances between
all n scores), over pitches with m > 1 (Krippendorff, "Computing Krippendorff's alpha-reliability", 2011),
where c is 1. The reference implementation, irr 0.84.1 for R, takes c = 1/(k - 1) where no score is missing;
so does this module, to agree with it there. The difference is (1 - alpha)(1 - c)/(n - c), and vanishes with
more scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pitchfest.judging.rules.review_file import Review

Vector = NDArray[np.float64]
# A sum of squares this small beside the sum of all is what rounding leaves of zero.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Reliability:
    """Each coefficient, or None where it is not defined.

    The ICCs and Kendall's W need at least 2 pitches and 2 judges, each of whom scored every pitch, and scores
    that differ. Alpha needs pitches with at least 2 scores, and among those scores that differ.
    """

    icc1: float | None
    icc2: float | None
    icc3: float | None
    icc1k: float | None
    icc2k: float | None
    icc3k: float | None
    alpha_nominal: float | None
    alpha_ordinal: float | None
    alpha_interval: float | None
    kendall_w: float | None


class _MeanSquares(NamedTuple):
    pitches: float
    judges: float
    residual: float
    within: float


def reliability(reviews: Sequence[Review]) -> Reliability:
    """Every coefficient of a set of reviews, in any order.

    Raises ValueError where a judge scores the same pitch twice.
    """
    if len({review[:2] for review in reviews}) < len(reviews):
        raise ValueError("a judge scores a pitch once")
    ordered = sorted(reviews)
    pitches, pitch = np.unique([review.pitch for review in ordered], return_inverse=True)
    judges, judge = np.unique([review.judge for review in ordered], return_inverse=True)
    score = _near_zero(np.array([review.score for review in ordered], dtype=float))
    n, k = len(pitches), len(judges)
    correction = 1 / (k - 1) if k > 1 and len(ordered) == n * k else 1.0
    found = _pairable(pitch, score, correction)
    table = np.zeros((n, k))
    table[pitch, judge] = score
    complete = len(ordered) == n * k and min(n, k) > 1
    icc = _intraclass(table) if complete else dict.fromkeys(_intraclass(np.zeros((2, 2))))
    return Reliability(
        **icc,
        alpha_nominal=_nominal_alpha(found),
        alpha_ordinal=_ordinal_alpha(found),
        alpha_interval=_interval_alpha(found),
        kendall_w=_kendall_w(table) if complete else None,
    )


def _near_zero(score: Vector) -> Vector:
    """The scores in a unit and from an origin that change no coefficient, but keep squares from overflowing
    and make constant scores exactly zero.
    """
    _, exponent = np.frexp(np.abs(score).max(initial=0))
    scaled = np.ldexp(score, -exponent)
    return np.asarray(scaled - scaled[:1])


def _intraclass(table: Vector) -> dict[str, float | None]:
    """The six forms, from a complete table of pitch × judge."""
    n, k = table.shape
    b, j, e, w = _mean_squares(table)
    return {
        "icc1": _ratio(b - w, b + (k - 1) * w),
        "icc2": _ratio(b - e, b + (k - 1) * e + k * (j - e) / n),
        "icc3": _ratio(b - e, b + (k - 1) * e),
        "icc1k": _ratio(b - w, b),
        "icc2k": _ratio(b - e, b + (j - e) / n),
        "icc3k": _ratio(b - e, b),
    }


def _mean_squares(table: Vector) -> _MeanSquares:
    n, k = table.shape
    centred = table - table.mean()
    of_pitch, of_judge = centred.mean(axis=1, keepdims=True), centred.mean(axis=0, keepdims=True)
    total = float((centred**2).sum())

    def mean_square(deviations: Vector, repeats: int, freedom: int) -> float:
        squares = repeats * float((deviations**2).sum())
        return squares / freedom if squares > _ROUNDING * total else 0.0

    return _MeanSquares(
        mean_square(of_pitch, k, n - 1),
        mean_square(of_judge, n, k - 1),
        mean_square(centred - of_pitch - of_judge, 1, (n - 1) * (k - 1)),
        mean_square(centred - of_pitch, 1, n * (k - 1)),
    )


def _ratio(above: float, below: float) -> float | None:
    return above / below if below else None


class _Pairable(NamedTuple):
    """The scores of pitches that have at least two: which pitch each is of, numbered from 0, and the values.

    `correction` is what is taken off their number to correct for a small sample.
    """

    unit: NDArray[np.int64]
    values: Vector
    correction: float


def _pairable(pitch: NDArray[np.int64], score: Vector, correction: float) -> _Pairable:
    kept = np.bincount(pitch)[pitch] > 1 if len(pitch) else np.zeros(0, dtype=np.bool_)
    _, unit = np.unique(pitch[kept], return_inverse=True)
    return _Pairable(unit, score[kept], correction)


def _alpha(found: _Pairable, observed: float, expected: float) -> float | None:
    """From the sums of distances: within pitches (each over its number of scores less one), and of all."""
    return 1 - (len(found.values) - found.correction) * observed / expected if expected else None


def _interval_alpha(found: _Pairable) -> float | None:
    """Alpha for squared distances: those between all pairs of m scores add up to 2 m sums of squares."""
    unit, values, _ = found
    count = np.bincount(unit)
    within = values - (np.bincount(unit, values) / count)[unit]
    observed = 2 * float((count * np.bincount(unit, within**2) / (count - 1)).sum())
    differ = bool(len(values)) and bool(np.ptp(values))
    return _alpha(
        found, observed, 2 * len(values) * float(((values - values.mean()) ** 2).sum()) if differ else 0
    )


def _ordinal_alpha(found: _Pairable) -> float | None:
    """Alpha for ordered values: what lies between two, ends counted half, is how far midranks differ."""
    return _interval_alpha(found._replace(values=_midranks(found.values)))


def _nominal_alpha(found: _Pairable) -> float | None:
    """Alpha for values that are equal or not: two unequal ones are 1 apart."""
    unit, values, _ = found
    count = np.bincount(unit)
    _, value = np.unique(values, return_inverse=True)
    cells, together = np.unique(np.column_stack([unit, value]), axis=0, return_counts=True)
    equal = np.bincount(cells[:, 0], together**2)
    observed = float(((count**2 - equal) / (count - 1)).sum())
    return _alpha(found, observed, float(len(values) ** 2 - (np.bincount(value) ** 2).sum()))


def _kendall_w(table: Vector) -> float | None:
    """Kendall's coefficient of concordance, corrected for ties (Kendall and Gibbons, 1990, chapter 6).

    None where every judge gave everyone the same score.
    """
    n, k = table.shape
    ranks = np.column_stack([_midranks(column) for column in table.T])
    ties = sum(int((counts**3 - counts).sum()) for counts in map(_tie_counts, table.T))
    sums = ranks.sum(axis=1)
    spread = float(((sums - sums.mean()) ** 2).sum())
    return _ratio(12 * spread, k**2 * (n**3 - n) - k * ties)


def _midranks(values: Vector) -> Vector:
    """The rank of each value from 1; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])


def _tie_counts(values: Vector) -> NDArray[np.int64]:
    return np.unique(values, return_counts=True)[1]
