"""How sure a ranking is: what the engine knows of one round, gathered for the page that says so.

A review counts as what the judge alone would have given the pitch out of 100: their own total, weighed as the
judged criteria are, and the points for the price. The mean of a pitch's reviews is its total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from pitchfest.judging.rules import calibration, outliers
from pitchfest.judging.rules.rank_draws import draw_ranks
from pitchfest.judging.rules.ranking import keys, places
from pitchfest.judging.rules.scoring import Criterion, Kind, Tally, judged_points

#: By so much of itself each weight is made larger and smaller.
SWING = Fraction(1, 10)


class Review(NamedTuple):
    """A pitch, a judge, and what the judge alone would have given it, exact, out of 100."""

    pitch: str
    judge: str
    points: Fraction


class Place(NamedTuple):
    """One pitch: its rank by the plain mean, and beside it what calibration says. Figures in points.

    `low` to `high` are the ranks that hold 90 % of the time, `p_top` how likely it is among the best k.
    """

    pitch: str
    reviews: int
    mean: Fraction
    rank: int
    tied: bool
    calibrated: float
    low: int
    high: int
    p_top: float


class Agreement(NamedTuple):
    """How much of the difference between scores is the pitches': of one review, and of their usual number.

    `needed` is how many reviews a pitch would need for 0.8; None where no number is enough.
    """

    single: float
    usual: float
    needed: int | None


class Change(NamedTuple):
    """What would change among the best k: the pitches that would come in and go out, by name."""

    into: tuple[str, ...]
    out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Certainty:
    """Everything that the page says. Places are by rank, judges and splits by name."""

    k: int
    advice: str
    warnings: tuple[str, ...]
    places: tuple[Place, ...]
    groups: tuple[tuple[str, ...], ...]
    judges: tuple[outliers.JudgeFit, ...]
    far: tuple[outliers.ReviewFit, ...]
    splits: tuple[outliers.PitchSplit, ...]
    agreement: Agreement | None
    #: By judge without whom the best k would be others.
    without: dict[str, Change]
    #: By criterion and whether its weight is made larger, where the best k would be others.
    reweighed: dict[tuple[str, bool], Change]


def certainty(
    reviews: Sequence[Review],
    tallies: Mapping[str, Mapping[str, Tally]],
    criteria: Sequence[Criterion],
    prices: Mapping[str, Fraction],
    k: int,
) -> Certainty:
    """What can be said of the best `k` of the pitches that were reviewed, from 1 to all of them.

    `tallies` are the sums behind each pitch's judged criteria, by the criterion's key; `prices` the points of
    each pitch's price. The same reviews give the same answer, in whatever order. Raises ValueError for no
    reviews.
    """
    if not reviews:
        raise ValueError("nothing was reviewed")
    means = _means(reviews)
    k = max(1, min(k, len(means)))
    found = calibration.calibrate([(r.pitch, r.judge, float(r.points)) for r in reviews])
    draws = draw_ranks(found, seed=_seed(reviews))
    return Certainty(
        k=k,
        advice=calibration.advice(found),
        warnings=found.warnings,
        places=_places(reviews, means, found, draws.intervals(), draws.top(k)),
        groups=tuple(group for group in draws.groups() if len(group) > 1),
        judges=tuple(outliers.judge_fits(found)),
        far=tuple(fit for fit in outliers.review_fits(found) if fit.far),
        splits=tuple(split for split in outliers.pitch_splits(found) if split.split),
        agreement=_agreement(found, len(reviews) / len(means)),
        without=_without_each_judge(reviews, means, k),
        reweighed=_reweighed(tallies, criteria, prices, k),
    )


def _means(reviews: Sequence[Review]) -> dict[str, Fraction]:
    """pitch → the mean of its reviews, in order of names."""
    ordered = sorted(reviews)
    groups = ((pitch, [r.points for r in of]) for pitch, of in groupby(ordered, key=lambda r: r.pitch))
    return {pitch: sum(points, Fraction(0)) / len(points) for pitch, points in groups}


def _seed(reviews: Sequence[Review]) -> int:
    """From the reviews alone, so that a page that is read twice says the same twice."""
    text = ";".join(f"{r.pitch},{r.judge},{r.points}" for r in sorted(reviews))
    return int.from_bytes(sha256(text.encode()).digest()[:8])


def _places(
    reviews: Sequence[Review],
    means: Mapping[str, Fraction],
    found: calibration.Calibration,
    intervals: Mapping[str, tuple[int, int]],
    top: Mapping[str, float],
) -> tuple[Place, ...]:
    order = sorted(means, key=lambda pitch: (-means[pitch], pitch))
    effects = {pitch.id: pitch for pitch in found.pitches}
    ranks = places(keys([means[pitch].as_integer_ratio() for pitch in order]))
    return tuple(
        Place(
            pitch,
            sum(review.pitch == pitch for review in reviews),
            means[pitch],
            rank,
            tied,
            found.intercept + effects[pitch].effect,
            *intervals[pitch],
            top[pitch],
        )
        for pitch, (rank, tied) in zip(order, ranks, strict=True)
    )


def _agreement(found: calibration.Calibration, usual: float) -> Agreement | None:
    """From the variances of the fit, for incomplete panels too (judging by one review is k = 1)."""
    pitch, judge, residual = found.variance
    other = judge + residual
    if found.fit is None or pitch + other <= 0:
        return None
    needed = 4 * other / pitch if pitch > 0 else None
    return Agreement(
        pitch / (pitch + other),
        pitch / (pitch + other / usual),
        None if needed is None else max(1, int(-(-needed // 1))),
    )


def _without_each_judge(
    reviews: Sequence[Review], means: Mapping[str, Fraction], k: int
) -> dict[str, Change]:
    """Each judge without whom the best k would be others; pitches nobody else read are left out of it."""
    before, changes = _best(means, k), {}
    for judge in sorted({review.judge for review in reviews}):
        left = _means([review for review in reviews if review.judge != judge])
        changes[judge] = _change({pitch for pitch in before if pitch in left}, _best(left, k))
    return {judge: change for judge, change in changes.items() if change.into or change.out}


def _reweighed(
    tallies: Mapping[str, Mapping[str, Tally]],
    criteria: Sequence[Criterion],
    prices: Mapping[str, Fraction],
    k: int,
) -> dict[tuple[str, bool], Change]:
    """Each weight that changes the best k when it is a tenth larger or smaller, the others in proportion."""
    judged = [criterion for criterion in criteria if criterion.kind == Kind.JUDGED]
    parts = {
        pitch: {c.key: judged_points({c.key: of[c.key]}, [c]) for c in judged}
        for pitch, of in tallies.items()
    }
    before = _best({pitch: sum(part.values(), prices[pitch]) for pitch, part in parts.items()}, k)
    changes = {}
    for criterion in judged:
        for larger, by in ((True, SWING), (False, -SWING)):
            totals = {
                pitch: sum(part.values(), prices[pitch]) + by * part[criterion.key]
                for pitch, part in parts.items()
            }
            changes[criterion.key, larger] = _change(before, _best(totals, k))
    return {which: change for which, change in changes.items() if change.into or change.out}


def _best(means: Mapping[str, Fraction], k: int) -> set[str]:
    """The best k, and whatever ties with the last of them."""
    if not means:
        return set()
    last = sorted(means.values(), reverse=True)[min(k, len(means)) - 1]
    return {pitch for pitch, mean in means.items() if mean >= last}


def _change(before: set[str], after: set[str]) -> Change:
    return Change(tuple(sorted(after - before)), tuple(sorted(before - after)))
