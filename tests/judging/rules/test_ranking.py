"""Ranking stored totals in whole numbers says the same as the exact fractions."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.rules import ranking, scoring

ratios = st.tuples(st.integers(0, 10**9), st.integers(1, 10**7))


@given(st.lists(ratios, min_size=1, max_size=30))
def test_keys_order_and_tie_exactly_as_the_fractions_do(found: list[tuple[int, int]]) -> None:
    keys = ranking.keys(found)
    for (one, key), (other, other_key) in zip(
        zip(found, keys, strict=True), reversed(list(zip(found, keys, strict=True))), strict=True
    ):
        assert (key == other_key) == (Fraction(*one) == Fraction(*other))
        assert (key < other_key) == (Fraction(*one) < Fraction(*other))


@given(st.lists(st.sampled_from([(1, 2), (2, 4), (1, 3), (3, 4), (6, 8)]), max_size=12))
def test_places_are_those_of_the_ranking(found: list[tuple[int, int]]) -> None:
    totals = {f"PF-{i:03}": Fraction(*ratio) for i, ratio in enumerate(found)}
    ordered = sorted(ranking.keys(found), reverse=True)
    assert ranking.places(ordered) == [(rank, tied) for rank, tied, _ in scoring.ranked(totals)]


@given(ratios)
def test_two_places_round_half_up(ratio: tuple[int, int]) -> None:
    assert ranking.two_places(ratio) == scoring.round_half_up(Fraction(*ratio))


@given(ratios, ratios)
def test_adding(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert Fraction(*ranking.add(one, other)) == Fraction(*one) + Fraction(*other)


@given(st.integers(0, 10_000), st.integers(1, 500), st.integers(0, 10_000))
def test_below_is_exact(num: int, den: int, hundredths: int) -> None:
    assert ranking.below((num, den), hundredths) == (Fraction(num, den) < Fraction(hundredths, 100))
