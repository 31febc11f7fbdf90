"""What the plots of a round show: how scores spread, and what each judge gave each pitch. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from pitchfest.judging.rules.scoring import Criterion, points_text

Cards = Mapping[str, Mapping[str, Mapping[str, Fraction]]]
"""pitch → judge → criterion → the share of its full marks."""

#: A scale with more scores than this is shown in so many classes.
MOST_BARS, CLASSES = 11, 10
#: How many shades the map has.
SHADES = 5


class Bar(NamedTuple):
    """So many scores of this value, or between these two. `share` is of the longest bar, 0 to 100."""

    label: str
    given: int
    share: float


def distribution(criterion: Criterion, scores: Iterable[int]) -> list[Bar]:
    """How often each score of the scale was given, lowest first; scores in hundredths."""
    low, high, step = criterion.minimum, criterion.maximum, criterion.step
    levels = range(low, high + 1, step)
    if len(levels) <= MOST_BARS:
        labels = [points_text(level) for level in levels]
        at = [(score - low) // step for score in scores]
    else:
        edges = [low + (high - low) * n // CLASSES for n in range(CLASSES + 1)]
        labels = [f"{points_text(a)} to {points_text(b)}" for a, b in pairwise(edges)]
        at = [min(CLASSES - 1, (score - low) * CLASSES // (high - low)) for score in scores]
    counts = Counter(at)
    most = max(counts.values(), default=1)
    return [Bar(label, counts[n], 100 * counts[n] / most) for n, label in enumerate(labels)]


def review_points(
    cards: Cards, weights: Mapping[str, Fraction], prices: Mapping[str, Mapping[str, Fraction]]
) -> dict[tuple[str, str], Fraction]:
    """(pitch, judge) → what this judge alone would have given the pitch out of 100, with its price.

    What a judge left out counts as what they did judge does.
    """
    found = {}
    for pitch, by_judge in cards.items():
        price = prices.get(pitch, {})
        fixed = sum((weights[key] * share for key, share in price.items()), Fraction(0))
        judged = sum((weight for key, weight in weights.items() if key not in price), Fraction(0))
        for judge, card in by_judge.items():
            given = sum((weights[key] * share for key, share in card.items()), Fraction(0))
            found[pitch, judge] = given * judged / sum(weights[key] for key in card) + fixed
    return found


def shades(points: Collection[Fraction]) -> list[Fraction]:
    """The upper bounds of the classes of equal width between the lowest and the highest of these."""
    low, high = min(points), max(points)
    return [low + (high - low) * n / SHADES for n in range(1, SHADES + 1)]


def shade(points: Fraction, bounds: Sequence[Fraction]) -> int:
    """The class of some points, from 1; where all are the same, the middle one."""
    if bounds[0] == bounds[-1]:
        return (SHADES + 1) // 2
    return 1 + sum(points > bound for bound in bounds[:-1])
