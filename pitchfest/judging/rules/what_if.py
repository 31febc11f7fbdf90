"""What would change the result: a judge fewer, or other weights. Raw totals are exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from pitchfest.judging.rules.calibration import Method, calibrate

#: By what part of itself a weight is raised and lowered.
STEP = Fraction(1, 10)

Number = TypeVar("Number", Fraction, float)
Card = Mapping[str, Fraction]
"""One judge's scores of one pitch: criterion → share of its full marks, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one change does to the best k: who comes in, who goes out, and who is left without any score.

    `what` is the judge who is left out, or the criterion whose weight is multiplied by `factor`.
    """

    what: str
    factor: Fraction
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    unscored: tuple[str, ...] = ()


def best(totals: Mapping[str, Number], k: int) -> frozenset[str]:
    """The best k: all pitches that fewer than k others beat, so that those equal to the last are in."""
    ordered = sorted(totals.values(), reverse=True)
    if k < 1 or not ordered:
        return frozenset()
    line = ordered[min(k, len(ordered)) - 1]
    return frozenset(pitch for pitch, total in totals.items() if total >= line)


def totals(
    cards: Mapping[str, Mapping[str, Card]], weights: Mapping[str, Fraction], fixed: Mapping[str, Card]
) -> dict[str, Fraction]:
    """Each pitch's weighted total: the mean of a criterion's scores times its weight, and what is fixed.

    `cards` are by pitch and judge; `fixed` has criteria that nobody judges, such as the price. A judge may
    leave a criterion out. A pitch without a score on a criterion that has a weight has no total.
    """
    found = {}
    for pitch, by_judge in cards.items():
        marks = {**_means(by_judge), **fixed.get(pitch, {})}
        if weights.keys() <= marks.keys():
            found[pitch] = sum((weight * marks[key] for key, weight in weights.items()), Fraction())
    return found


def without_each_judge(
    cards: Mapping[str, Mapping[str, Card]],
    weights: Mapping[str, Fraction],
    k: int,
    fixed: Mapping[str, Card] | None = None,
) -> list[Change]:
    """What the best k would be without each judge in turn, in order of names."""
    fixed = fixed or {}
    before = totals(cards, weights, fixed)

    def without(judge: str) -> dict[str, dict[str, Card]]:
        return {
            pitch: {name: card for name, card in by_judge.items() if name != judge}
            for pitch, by_judge in cards.items()
        }

    return [
        _change(judge, Fraction(0), before, totals(without(judge), weights, fixed), k)
        for judge in sorted({judge for by_judge in cards.values() for judge in by_judge})
    ]


def calibrated_without_each_judge(
    reviews: Iterable[tuple[str, str, float]],
    k: int,
    *,
    tracks: Mapping[str, str] | None = None,
    method: Method = "grid",
) -> list[Change]:
    """What the best k by calibrated score would be without each judge in turn. Raises as `calibrate`."""
    rows = list(reviews)

    def worth(of: Iterable[tuple[str, str, float]]) -> dict[str, float]:
        return {pitch.id: pitch.effect for pitch in calibrate(of, tracks=tracks, method=method).pitches}

    before = worth(rows)
    return [
        _change(judge, Fraction(0), before, worth(row for row in rows if row[1] != judge), k)
        for judge in sorted({row[1] for row in rows})
    ]


def with_other_weights(
    cards: Mapping[str, Mapping[str, Card]],
    weights: Mapping[str, Fraction],
    k: int,
    fixed: Mapping[str, Card] | None = None,
    step: Fraction = STEP,
) -> list[Change]:
    """What the best k would be with each weight lower, and higher, by a part of itself; in order of criteria.

    The other weights share what that takes or leaves in proportion, which changes no order: so only the one
    weight is multiplied.
    """
    fixed = fixed or {}
    before = totals(cards, weights, fixed)
    return [
        _change(key, factor, before, totals(cards, {**weights, key: weights[key] * factor}, fixed), k)
        for key in sorted(weights)
        for factor in (1 - step, 1 + step)
    ]


def _means(by_judge: Mapping[str, Card]) -> dict[str, Fraction]:
    scores: dict[str, list[Fraction]] = {}
    for card in by_judge.values():
        for key, share in card.items():
            scores.setdefault(key, []).append(share)
    return {key: sum(given, Fraction()) / len(given) for key, given in scores.items()}


def _change(
    what: str,
    factor: Fraction,
    before: Mapping[str, Number],
    after: Mapping[str, Number],
    k: int,
) -> Change:
    old, new = best(before, k), best(after, k)
    unscored = before.keys() - after.keys()
    return Change(what, factor, *(tuple(sorted(of)) for of in (new - old, old - new, unscored)))
