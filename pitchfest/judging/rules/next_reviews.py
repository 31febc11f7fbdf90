"""Which further reviews, by whom, would do most for the decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np

from pitchfest.judging.rules.calibration import Calibration, typical
from pitchfest.judging.rules.crossed_effects import Floats, moments
from pitchfest.judging.rules.rank_draws import DRAWS, draw_ranks

#: What a judge's next review costs for each that they have been given here, to the pitch's whole variance.
LOAD_PRICE = 0.01


class NextReview(NamedTuple):
    """One more review of a pitch by a judge.

    `p_top` is the probability that the pitch is among the best k as things stand; `sd` how unsure its worth
    is in points, and `sd_after` how unsure it would then be.
    """

    pitch: str
    judge: str
    p_top: float
    sd: float
    sd_after: float


def next_reviews(
    of: Calibration,
    *,
    k: int,
    budget: int,
    free: Mapping[str, int],
    seed: int,
    forbidden: Collection[tuple[str, str]] = frozenset(),
    draws: int = DRAWS,
) -> list[NextReview]:
    """Up to `budget` further reviews, one for each pitch, for a decision on the best k, most useful first.

    A pitch counts by p (1 - p), with p its probability to be among the best k. Its judge is the one whose
    review would lower the variance of its worth most, less a small price for each further review that they
    are given. `free` says how many each judge may take; judges who scored nothing yet may be among them. No
    pair is one that was scored, nor in `forbidden` (pitch, judge). Pitches whose place is settled are left
    out, and those that nobody may take.
    """
    if of.fit is None:
        return []
    chances = draw_ranks(of, seed=seed, draws=draws).top(k)
    judges = sorted(free)
    variances, drops = _drops(of, judges)
    scored = {(of.pitches[i].id, of.judges[j].id) for i, j in zip(of.fit.pitch, of.fit.judge, strict=True)}
    left = dict(free)
    given = np.zeros(len(judges))
    rows = {pitch.id: row for row, pitch in enumerate(of.pitches)}
    found: list[NextReview] = []
    for pitch in sorted(chances, key=lambda name: (-chances[name] * (1 - chances[name]), name)):
        may = [
            index
            for index, judge in enumerate(judges)
            if left[judge] > 0 and (pitch, judge) not in scored and (pitch, judge) not in forbidden
        ]
        if len(found) == budget or not 0 < chances[pitch] < 1:
            break
        if may:
            row = rows[pitch]
            worth = drops[row, may] - LOAD_PRICE * variances[row] * given[may]
            best = may[int(np.argmax(worth))]
            given[best] += 1
            left[judges[best]] -= 1
            before, after = variances[row], max(variances[row] - drops[row, best], 0.0)
            found.append(
                NextReview(pitch, judges[best], chances[pitch], float(before**0.5), float(after**0.5))
            )
    return found


def _drops(of: Calibration, judges: list[str]) -> tuple[Floats, Floats]:
    """The variance of each pitch's worth, and by how much a review of each judge would lower it.

    A rank-one update: with s2 the error's variance, cov(worth, score)^2 / var(score). A judge who scored
    nothing yet may be as generous as any.
    """
    assert of.fit is not None
    found = of.fit
    at = typical(of)
    missed = moments(found.design, at)
    known = {judge.id: column for column, judge in enumerate(of.judges)}
    columns = [known.get(judge, -1) for judge in judges]
    new = found.unit**-2 * of.variance.judge
    own = np.append(missed.second, new)[columns]
    both = np.hstack([missed.both, np.zeros((len(missed.first), 1))])[:, columns]
    score = missed.first[:, None] + own + 2 * both + at.error_variance
    drops = (missed.first[:, None] + both) ** 2 / score
    return found.unit**2 * missed.first, found.unit**2 * drops
