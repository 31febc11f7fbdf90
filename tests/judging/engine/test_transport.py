import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from pitchfest.judging.rules.transport import Transport, flow, furthest, optimum, possible


def task(allowed, per_pitch, low, high):
    n_pitches, n_judges = allowed.shape
    need = np.full(n_pitches, per_pitch)
    return Transport(
        allowed, need, need, np.full(n_judges, low), np.full(n_judges, high), n_pitches * per_pitch
    )


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_the_optimum_is_that_of_the_assignment_problem(seed):
    """With one review a pitch, a judge is as many columns as pitches they read."""
    chance = np.random.default_rng(seed)
    n_judges, load = int(chance.integers(8, 16)), int(chance.integers(1, 5))
    weights = chance.lognormal(0, 3, (n_judges * load, n_judges)).round() + chance.integers(0, 50, n_judges)
    given = task(np.ones(weights.shape, dtype=np.bool_), 1, load, load)
    chosen = optimum(weights, given, flow(given))
    columns = np.repeat(weights, load, axis=1)
    assert weights[chosen].sum() == columns[linear_sum_assignment(columns, maximize=True)].sum()
    assert (chosen.sum(axis=0) == load).all()
    assert (chosen.sum(axis=1) == 1).all()


def test_a_pair_that_prices_left_out_comes_in():
    """Every pitch likes the same five judges, each of whom has room for few: the others must be priced in."""
    n_judges = 40
    weights = np.arange(n_judges, 0.0, -1) ** 3 + np.zeros((n_judges, 1))
    weights += np.random.default_rng(0).random(weights.shape)
    given = task(np.ones(weights.shape, dtype=np.bool_), 1, 1, 1)
    chosen = optimum(weights, given, np.eye(n_judges, dtype=np.bool_))
    assert weights[chosen].sum() == pytest.approx(
        weights[linear_sum_assignment(weights, maximize=True)].sum(), abs=1e-6
    )


def test_a_flow_is_short_where_bounds_cannot_be_met():
    allowed = np.array([[True, False], [True, False]])
    assert possible(task(allowed, 1, 0, 2))
    assert not possible(task(allowed, 1, 1, 1))
    assert not possible(task(allowed, 1, 0, 1))
    assert flow(task(allowed, 1, 0, 1)).sum() == 1
    # More is asked of the judges than there is to give.
    assert not possible(task(np.ones((2, 2), dtype=np.bool_), 1, 2, 2))


@pytest.mark.parametrize("last", range(6))
def test_the_furthest_that_fits(last):
    assert furthest(range(6), lambda at: at <= last) == last
