"""What the plots of a round show."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from pitchfest.judging.rules.plots import distribution, review_points, shade, shades
from pitchfest.judging.rules.scoring import Criterion

FIVE = Criterion("fit", 40, 0, 500, 100, None)


def test_every_score_of_the_scale_has_its_bar():
    bars = distribution(FIVE, [300, 300, 500])
    assert [(bar.label, bar.given, bar.share) for bar in bars] == [
        ("0", 0, 0),
        ("1", 0, 0),
        ("2", 0, 0),
        ("3", 2, 100),
        ("4", 0, 0),
        ("5", 1, 50),
    ]


def test_a_long_scale_is_shown_in_ten_classes_and_loses_nothing():
    bars = distribution(replace(FIVE, maximum=10_000), range(0, 10_001, 100))
    assert [bar.label for bar in bars][:2] == ["0 to 10", "10 to 20"]
    assert len(bars) == 10
    assert sum(bar.given for bar in bars) == 101


def test_nothing_scored_is_no_crash():
    assert {bar.given for bar in distribution(FIVE, [])} == {0}


def test_a_review_is_what_its_judge_alone_would_have_given_with_the_price():
    cards = {"A": {"j": {"fit": Fraction(1, 2)}}}
    weights = {"fit": Fraction(80), "price": Fraction(20)}
    assert review_points(cards, weights, {"A": {"price": Fraction(1)}}) == {("A", "j"): 60}


def test_shades_are_of_equal_width_and_the_same_points_have_the_same():
    bounds = shades([Fraction(n) for n in (0, 40, 100)])
    assert bounds == [20, 40, 60, 80, 100]
    assert [shade(Fraction(n), bounds) for n in (0, 20, 21, 80, 100)] == [1, 1, 2, 4, 5]
    assert shade(Fraction(7), shades([Fraction(7)])) == 3
