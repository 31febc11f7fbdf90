"""Ranking many stored totals at once, in whole numbers: exact, and quick for a page of hundreds.

A fraction is a pair (numerator, denominator) here, the denominator above zero.
"""

from __future__ import annotations

from collections.abc import Sequence

Ratio = tuple[int, int]


def add(first: Ratio, second: Ratio) -> Ratio:
    """The sum, not reduced."""
    return first[0] * second[1] + second[0] * first[1], first[1] * second[1]


def keys(ratios: Sequence[Ratio]) -> list[int]:
    """One whole number for each ratio: equal where they are equal, and in the same order.

    Two different fractions with denominators up to d are at least 1/d² apart, so that after
    scaling by d² their whole parts differ.
    """
    scale = max((den for _, den in ratios), default=1) ** 2
    return [num * scale // den for num, den in ratios]


def places(ordered_keys: Sequence[int]) -> list[tuple[int, bool]]:
    """Rank and whether tied, for keys that are already in order, best first: 1, 2, 2, 4."""
    ranks: list[int] = []
    for index, key in enumerate(ordered_keys):
        ranks.append(ranks[-1] if index and ordered_keys[index - 1] == key else index + 1)
    last = len(ranks) - 1
    return [
        (rank, (i > 0 and ranks[i - 1] == rank) or (i < last and ranks[i + 1] == rank))
        for i, rank in enumerate(ranks)
    ]


def two_places(ratio: Ratio) -> str:
    """The value, which is not below zero, as text with two decimal places, rounded half up."""
    num, den = ratio
    hundredths = (200 * num + den) // (2 * den)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def below(ratio: Ratio, hundredths: int) -> bool:
    """Whether the value is below a minimum given in hundredths; exactly at it is not below."""
    return ratio[0] * 100 < hundredths * ratio[1]
