from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.rules.what_if import (
    Change,
    best,
    calibrated_without_each_judge,
    totals,
    with_other_weights,
    without_each_judge,
)

HALF = Fraction(1, 2)


def card(idea, plan):
    return {"idea": Fraction(idea, 10), "plan": Fraction(plan, 10)}


#: With weights 60 and 40: A 58, B 57, C 40.
CARDS = {
    "A": {"Ann": card(9, 2), "Bo": card(7, 3)},
    "B": {"Ann": card(4, 8), "Bo": card(5, 7)},
    "C": {"Bo": card(4, 4)},
}
WEIGHTS = {"idea": Fraction(60), "plan": Fraction(40)}


def test_totals_by_hand():
    assert totals(CARDS, WEIGHTS, {}) == {"A": 58, "B": 57, "C": 40}


def test_price_is_fixed_and_a_judge_may_leave_a_criterion_out():
    cards = {"A": {"Ann": {"idea": HALF}, "Bo": {"idea": Fraction(1), "plan": HALF}}}
    weights = {**WEIGHTS, "price": Fraction(20)}
    assert totals(cards, weights, {"A": {"price": HALF}}) == {"A": 45 + 20 + 10}
    assert totals(cards, weights, {}) == {}


def test_the_best_include_all_that_are_equal_to_the_last():
    points = {"A": Fraction(3), "B": Fraction(2), "C": Fraction(2), "D": Fraction(1)}
    assert [sorted(best(points, k)) for k in range(6)] == [
        [],
        ["A"],
        ["A", "B", "C"],
        ["A", "B", "C"],
        ["A", "B", "C", "D"],
        ["A", "B", "C", "D"],
    ]
    assert best({}, 3) == frozenset()


def test_without_each_judge():
    # Without Ann: A 54, B 58, C 40. Without Bo: A 62, B 56, and nobody has scored C.
    assert without_each_judge(CARDS, WEIGHTS, 1) == [
        Change("Ann", Fraction(0), ("B",), ("A",)),
        Change("Bo", Fraction(0), (), (), ("C",)),
    ]


def test_the_calibrated_best_without_each_judge():
    scores = {"A": (5.0, 6.0, 9.0), "B": (6.0, 7.0, 6.0), "C": (3.0, 4.0, 2.0), "D": (4.0, 4.0, 4.0)}
    rows = [(pitch, judge, y) for pitch, row in scores.items() for judge, y in zip("xyz", row, strict=True)]
    assert calibrated_without_each_judge(rows, 1) == [
        Change("x", Fraction(0), (), ()),
        Change("y", Fraction(0), (), ()),
        Change("z", Fraction(0), ("B",), ("A",)),
    ]


def test_with_each_weight_ten_percent_lower_and_higher():
    # idea 54: A 53.2, B 54.3; plan 44: A 59, B 60.
    low, high = Fraction(9, 10), Fraction(11, 10)
    assert with_other_weights(CARDS, WEIGHTS, 1) == [
        Change("idea", low, ("B",), ("A",)),
        Change("idea", high, (), ()),
        Change("plan", low, (), ()),
        Change("plan", high, ("B",), ("A",)),
    ]


def test_one_hundredth_more_of_a_weight_can_make_a_tie_exactly():
    """A leads by 1 of 100; plan's weight up by a quarter of a tenth is just enough for B to catch up."""
    [*_, change] = with_other_weights(CARDS, WEIGHTS, 1, step=Fraction(1, 20))
    assert change == Change("plan", Fraction(21, 20), ("B",), ())  # 58 + 0.5 x 2 = 57 + 0.75 x 2 … exactly


shares = st.integers(0, 10).map(lambda tenths: Fraction(tenths, 10))


@given(st.lists(st.lists(shares, min_size=4, max_size=4), min_size=1, max_size=5), st.integers(1, 3))
def test_whoever_leaves_was_in_and_whoever_enters_was_not(rows, k):
    cards = {
        f"P{i}": {judge: {"idea": row[2 * j], "plan": row[2 * j + 1]} for j, judge in enumerate("xy")}
        for i, row in enumerate(rows)
    }
    before = best(totals(cards, WEIGHTS, {}), k)
    changes = [*without_each_judge(cards, WEIGHTS, k), *with_other_weights(cards, WEIGHTS, k)]
    for change, pitch in product(changes, cards):
        assert not (pitch in change.entering and pitch in before)
        assert not (pitch in change.leaving and pitch not in before)
