import numpy as np
import pytest

from pitchfest.judging.rules.calibration import calibrate
from pitchfest.judging.rules.crossed_effects import design, moments, solve, turn
from pitchfest.judging.rules.next_reviews import next_reviews


def a_round(seed=1, pitches=16, judges=6, each=2):
    chance = np.random.default_rng(seed)
    worth, generosity = chance.normal(size=pitches) * 10, chance.normal(size=judges) * 5
    return [
        (f"P{i:02}", f"J{j}", float(50 + worth[i] + generosity[j] + chance.normal() * 5))
        for i in range(pitches)
        for j in ((i * each + k + i // 3) % judges for k in range(each))
    ]


ROWS = a_round()
FREE = {f"J{j}": 3 for j in range(6)}
SCORED = {(pitch, judge) for pitch, judge, _ in ROWS}


def suggested(rows=ROWS, k=4, budget=8, free=FREE, seed=1, method="reml", **more):
    return next_reviews(calibrate(rows, method=method), k=k, budget=budget, free=free, seed=seed, **more)


def test_limits_conflicts_and_reviews_that_are_there_hold():
    forbidden = {(f"P{i:02}", "J0") for i in range(16)}
    found = suggested(free={**FREE, "J1": 1}, forbidden=forbidden)
    assert 0 < len(found) <= 8
    pairs = {(one.pitch, one.judge) for one in found}
    assert not pairs & SCORED
    assert not pairs & forbidden
    assert len({pitch for pitch, _ in pairs}) == len(found)
    judges = [one.judge for one in found]
    assert judges.count("J1") <= 1
    assert all(judges.count(judge) <= 3 for judge in FREE)


def test_pitches_near_the_line_come_first():
    found = suggested()
    nearness = [one.p_top * (1 - one.p_top) for one in found]
    assert nearness == sorted(nearness, reverse=True)
    assert nearness[0] > 0.15


def test_what_a_review_leaves_unsure_is_what_a_refit_with_it_would_say():
    """The variance of intercept + effect, at the same ratios, does not depend on what the score will be."""
    of = calibrate(ROWS, method="reml")
    assert of.fit is not None
    best = of.fit.best
    ratios = turn(of.fit.design, (best.many_ratio, best.few_ratio))
    pitches, judges = sorted({row[0] for row in ROWS}), sorted({row[1] for row in ROWS})
    for one in suggested()[:3]:
        rows = [*ROWS, (one.pitch, one.judge, 50.0)]
        first = np.array([pitches.index(row[0]) for row in rows])
        second = np.array([judges.index(row[1]) for row in rows])
        more = design(np.array([row[2] for row in rows]), first, second, np.ones((len(pitches), 1)))
        at = solve(more, *ratios)
        variance = (
            moments(more, at).first[pitches.index(one.pitch)] / at.error_variance * of.variance.residual
        )
        assert one.sd_after**2 == pytest.approx(variance, rel=1e-6)
        assert one.sd_after < one.sd


def test_a_judge_who_scored_nothing_yet_may_be_asked():
    found = suggested(free={"new": 2})
    assert [one.judge for one in found] == ["new", "new"]
    assert all(one.sd_after < one.sd for one in found)


def test_loads_are_shared_by_judges_who_would_do_as_well():
    judges = [one.judge for one in suggested(free={"new": 8, "newer": 8})]
    assert judges.count("new") == judges.count("newer") == 4


def test_the_seed_and_the_reviews_decide_not_their_order():
    assert suggested() == suggested(rows=ROWS[::-1])
    assert suggested(method="grid") == suggested(rows=ROWS[::-1], method="grid")


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        ([], {}),
        ([("A", "x", 3.0), ("B", "x", 3.0)], {}),
        (ROWS, {"free": {}}),
        (ROWS, {"budget": 0}),
        (ROWS, {"k": 0}),
        (ROWS, {"k": 16}),
    ],
)
def test_where_nothing_is_to_be_decided_nothing_is_suggested(rows, options):
    assert suggested(rows=rows, **options) == []
