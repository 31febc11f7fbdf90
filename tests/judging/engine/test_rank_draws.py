import math

import numpy as np
import pytest

from pitchfest.judging.rules.calibration import calibrate
from pitchfest.judging.rules.rank_draws import RankDraws, draw_ranks

#: Three pitches in ten draws.
DRAWN = RankDraws(
    ("A", "B", "C"),
    np.array([[1] * 8 + [2] * 2, [2] * 5 + [3] * 3 + [1] * 2, [3] * 5 + [2] * 3 + [3] * 2]),
)


def test_what_is_counted_in_draws_by_hand():
    assert DRAWN.top(1) == {"A": 0.8, "B": 0.2, "C": 0.0}
    assert DRAWN.top(2) == {"A": 1.0, "B": 0.7, "C": 0.3}
    assert DRAWN.top(0) == dict.fromkeys("ABC", 0.0)
    assert DRAWN.beats("A", "B") == 0.8
    assert DRAWN.beats("B", "A") == pytest.approx(0.2)
    assert DRAWN.intervals(0.8) == {"A": (1, 2), "B": (1, 3), "C": (2, 3)}
    assert DRAWN.intervals(0.4) == {"A": (1, 1), "B": (2, 2), "C": (3, 3)}


def test_groups_overlap_and_part_who_can_be_told_apart():
    assert DRAWN.groups(0.9) == [("A", "B"), ("B", "C")]  # A beats C in every draw
    assert DRAWN.groups(0.8) == [("A",), ("B", "C")]
    assert DRAWN.groups(0.6) == [("A",), ("B",), ("C",)]


def test_draws_follow_what_is_known():
    scores = {"A": (5.0, 6.0, 5.0), "B": (4.9, 5.9, 5.2), "C": (7.0, 9.0, 8.1), "D": (3.0, 4.5, 3.6)}
    rows = [(pitch, judge, y) for pitch, row in scores.items() for judge, y in zip("xyz", row, strict=True)]
    found = draw_ranks(calibrate(rows, method="reml"), seed=1, draws=20_000)
    assert found.beats("C", "A") > 0.95
    assert 0.3 < found.beats("A", "B") < 0.7
    first, second, third = found.groups()
    assert (first, set(second), third) == (("C",), {"A", "B"}, ("D",))
    assert sum(found.top(1).values()) == pytest.approx(1)
    assert (np.sort(found.ranks, axis=0) == [[1], [2], [3], [4]]).all()


def test_the_seed_decides_and_nothing_else():
    rows = [(f"P{i}", f"J{j}", float((i * 7 + j * 3) % 5)) for i in range(8) for j in range(3)]
    first, again, other = (
        draw_ranks(calibrate(given), seed=seed) for given, seed in ((rows, 1), (rows[::-1], 1), (rows, 2))
    )
    assert (first.ranks == again.ranks).all()
    assert (first.ranks != other.ranks).any()


@pytest.mark.parametrize("scores", [(3.0, 3.0), (2.0, 4.0)])
def test_pitches_that_nothing_tells_apart_share_every_place(scores):
    """The same scores, or pitch means that are all equal, so that their variance is zero."""
    pairs = [zip("xy", scores[:: (-1) ** i], strict=True) for i in range(5)]
    rows = [(f"P{i}", judge, y) for i, pair in enumerate(pairs) for judge, y in pair]
    found = draw_ranks(calibrate(rows, method="reml"), seed=1)
    assert found.top(2) == pytest.approx(dict.fromkeys(found.pitches, 0.4), abs=0.04)
    assert found.groups() == [tuple(sorted(found.pitches, key=found.groups()[0].index))]
    assert set(found.intervals().values()) == {(1, 5)}


def test_no_pitches_have_no_ranks():
    found = draw_ranks(calibrate([]), seed=1)
    assert (found.top(1), found.intervals(), found.groups()) == ({}, {}, [])


def test_intervals_cover_the_true_rank_nine_times_in_ten():
    chance = np.random.default_rng(4)
    inside = []
    for _ in range(40):
        worth, generosity = chance.normal(size=15), chance.normal(size=5) * 0.7
        rows = [
            (f"P{i:02}", f"J{j}", float(worth[i] + generosity[j] + chance.normal()))
            for i in range(15)
            for j in chance.permutation(5)[:3]
        ]
        intervals = draw_ranks(calibrate(rows), seed=1, draws=500).intervals()
        true = np.argsort(np.argsort(-worth)) + 1
        inside += [low <= true[i] <= high for i, (low, high) in enumerate(intervals.values())]
    assert np.mean(inside) == pytest.approx(0.92, abs=2.5 * math.sqrt(0.09 / 40))
