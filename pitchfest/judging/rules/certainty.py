"""How sure a ranking is: what the engine knows of one round, gathered for the page that says so.

A review counts as what its judge alone would have given the pitch out of 100: their scores by the weights,
and the points for the price. The mean of a pitch's reviews is its total.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

from pitchfest.judging.rules import calibration, outliers, what_if
from pitchfest.judging.rules.next_reviews import NextReview, next_reviews
from pitchfest.judging.rules.plots import review_points
from pitchfest.judging.rules.rank_draws import draw_ranks
from pitchfest.judging.rules.ranking import keys, places
from pitchfest.judging.rules.reliability import Reliability, reliability
from pitchfest.judging.rules.review_file import Review
from pitchfest.kernel.text import plural

Cards = Mapping[str, Mapping[str, what_if.Card]]
"""pitch → judge → criterion → the share of its full marks."""


#: So many further reviews are named, and so many at most for one judge.
FURTHER, EACH = 5, 2

#: The share of what sets the means of pitches apart that has to be the pitches', and the most reviews of each
#: that are worth naming for it.
ENOUGH, MOST_REVIEWS = 0.8, 99


class Place(NamedTuple):
    """One pitch: its rank by the plain mean, and beside it what calibration says. Figures in points.

    `low` to `high` are the ranks that hold 90% of the time, `p_top` how likely it is among the best k.
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
    """How much of what sets the means of pitches apart is the pitches', with so many `reviews` of each, on
    average.

    `needed` is how many reviews a pitch would need for `ENOUGH`; None where no number is enough.
    """

    reviews: float
    share: float
    needed: int | None

    @property
    def enough(self) -> bool:
        """Whether there are as many reviews as it takes."""
        return self.share >= ENOUGH

    @property
    def says(self) -> str:
        """In plain words, whether as many judges read each pitch as it takes."""
        whole, tenth = divmod(int(10 * self.reviews), 10)
        read = f"{plural(whole, 'judge')} read each pitch."
        if tenth:
            read = f"{whole}.{tenth} judges read each pitch on average."
        if self.enough:
            verdict = "That is enough to go by."
        elif self.needed is None or self.needed > MOST_REVIEWS:
            verdict = "What they gave hardly tells the pitches apart, and more judges would hardly help."
        else:
            verdict = f"That is too few to be sure of the ranking: about {self.needed} would be enough."
        return (
            f"{read} {verdict} Of what sets the totals apart, {int(100 * self.share)}% is the pitches, and"
            f" the rest is who read them, and chance; {100 * ENOUGH:.0f}% is taken for enough."
        )


@dataclass(frozen=True, slots=True)
class Certainty:
    """Everything that the page says. Places are by rank, judges and splits by name; of what would change the
    best k, only what would.
    """

    k: int
    advice: str
    warnings: tuple[str, ...]
    places: tuple[Place, ...]
    groups: tuple[tuple[str, ...], ...]
    judges: tuple[outliers.JudgeFit, ...]
    far: tuple[outliers.ReviewFit, ...]
    splits: tuple[outliers.PitchSplit, ...]
    agreement: Agreement | None
    reliability: Reliability
    without: tuple[what_if.Change, ...]
    reweighed: tuple[what_if.Change, ...]

    @property
    def worth(self) -> bool:
        """Whether the calibrated scores are worth a look."""
        return self.advice == calibration.DIFFER

    @property
    def complete(self) -> bool:
        """Whether every judge scored every pitch."""
        return self.advice == calibration.COMPLETE


def certainty(
    cards: Cards, weights: Mapping[str, Fraction], prices: Mapping[str, what_if.Card], k: int
) -> Certainty:
    """What can be said of the best `k` of the pitches that were reviewed, from 1 to all of them.

    `weights` are points by criterion; `prices` the share of its marks that each pitch has for its price,
    where that counts. The same cards give the same answer, in whatever order. Raises ValueError for no cards.
    """
    reviews = review_points(cards, weights, prices)
    if not reviews:
        raise ValueError("nothing was reviewed")
    means = what_if.totals(cards, weights, prices)
    k = max(1, min(k, len(means)))
    found = calibration.calibrate([(*pair, float(points)) for pair, points in reviews.items()])
    draws = draw_ranks(found, seed=_seed(reviews))
    changes = (
        what_if.without_each_judge(cards, weights, k, prices),
        what_if.with_other_weights(cards, weights, k, prices),
    )
    without, reweighed = (tuple(c for c in of if c.entering or c.leaving) for of in changes)
    return Certainty(
        k=k,
        advice=calibration.advice(found),
        warnings=found.warnings,
        places=_places(cards, means, found, draws.intervals(), draws.top(k)),
        groups=tuple(group for group in draws.groups() if len(group) > 1),
        judges=tuple(outliers.judge_fits(found)),
        far=tuple(fit for fit in outliers.review_fits(found) if fit.far),
        splits=tuple(split for split in outliers.pitch_splits(found) if split.split),
        agreement=_agreement(found, len(reviews) / len(means)),
        reliability=reliability([Review(*pair, float(points)) for pair, points in reviews.items()]),
        without=without,
        reweighed=reweighed,
    )


def further_reviews(
    cards: Cards,
    weights: Mapping[str, Fraction],
    prices: Mapping[str, what_if.Card],
    k: int,
    *,
    judges: Collection[str],
    forbidden: Collection[tuple[str, str]],
) -> list[NextReview]:
    """The few further reviews that would tell most about the best `k`, by judges who may give them.

    `forbidden` are the pairs (pitch, judge) that must not be: a conflict, or nothing declared.
    """
    reviews = review_points(cards, weights, prices)
    return next_reviews(
        calibration.calibrate([(*pair, float(points)) for pair, points in reviews.items()]),
        k=max(1, min(k, len(cards))),
        budget=FURTHER,
        free=dict.fromkeys(judges, EACH),
        seed=_seed(reviews),
        forbidden=forbidden,
    )


def _seed(reviews: Mapping[tuple[str, str], Fraction]) -> int:
    """From the reviews alone, so that a page that is read twice says the same twice."""
    text = ";".join(f"{pitch},{judge},{points}" for (pitch, judge), points in sorted(reviews.items()))
    return int.from_bytes(sha256(text.encode()).digest()[:8])


def _places(
    cards: Cards,
    means: Mapping[str, Fraction],
    found: calibration.Calibration,
    intervals: Mapping[str, tuple[int, int]],
    top: Mapping[str, float],
) -> tuple[Place, ...]:
    order = sorted(means, key=lambda pitch: (-means[pitch], pitch))
    effects = {pitch.id: pitch.effect for pitch in found.pitches}
    ranks = places(keys([means[pitch].as_integer_ratio() for pitch in order]))
    return tuple(
        Place(
            pitch,
            len(cards[pitch]),
            means[pitch],
            rank,
            tied,
            found.intercept + effects[pitch],
            *intervals[pitch],
            top[pitch],
        )
        for pitch, (rank, tied) in zip(order, ranks, strict=True)
    )


def _agreement(found: calibration.Calibration, usual: float) -> Agreement | None:
    """From the variances of the fit, for incomplete panels too: ICC(2,k) of Shrout and Fleiss."""
    pitch, judge, residual = found.variance
    other = judge + residual
    if found.fit is None or pitch + other <= 0:
        return None
    needed = max(1, math.ceil(4 * other / pitch)) if pitch > 0 else None  # 4 is 0.8 over the 0.2 that is left
    return Agreement(usual, pitch / (pitch + other / usual), needed)
