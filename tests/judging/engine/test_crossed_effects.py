"""The sums against the definition, written out with dense matrices over all ratings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchfest.judging.rules import crossed_effects as engine


@st.composite
def panels(draw):
    """Ratings of up to 6 x 5 levels, some cells empty, some twice, and up to two fixed effects."""
    chance = np.random.default_rng(draw(st.integers(0, 10**6)))
    rows, columns = draw(st.integers(2, 6)), draw(st.integers(2, 5))
    cells = [(i, j) for i in range(rows) for j in range(columns) for _ in range(chance.integers(0, 3))]
    cells += [(i, i % columns) for i in range(rows)] + [(j % rows, j) for j in range(columns)]
    first, second = np.array(cells).T
    fixed = np.ones((rows, 1))
    if rows > 3 and draw(st.booleans()):
        fixed = np.column_stack([fixed, np.arange(rows) % 2])
    levels = chance.normal(size=rows)[first] + chance.normal(size=columns)[second]
    return levels + chance.normal(size=len(cells)), first, second, fixed


def dense(panel, first_ratio, second_ratio):
    """V, X and P of Henderson's model, P = V^-1 less the part of the fixed effects."""
    ratings, first, second, fixed = panel
    of_first, of_second = np.eye(first.max() + 1)[first], np.eye(second.max() + 1)[second]
    spread = (
        np.eye(len(ratings)) + first_ratio * of_first @ of_first.T + second_ratio * of_second @ of_second.T
    )
    x, inverse = fixed[first], np.linalg.inv(spread)
    p = inverse - inverse @ x @ np.linalg.inv(x.T @ inverse @ x) @ x.T @ inverse
    return spread, x, p, of_first, of_second


ratios = st.sampled_from([0.0, 0.01, 0.7, 12.0])


@given(panels(), ratios, ratios)
@settings(deadline=None, max_examples=60)
def test_criterion_predictions_and_variances_are_those_of_the_definition(panel, first_ratio, second_ratio):
    ratings, _, second, fixed = panel
    of = engine.design(*panel)
    at = engine.solve(of, first_ratio, second_ratio)
    spread, x, p, of_first, of_second = dense(panel, first_ratio, second_ratio)

    freedom = len(ratings) - x.shape[1]
    squares = ratings @ p @ ratings
    determinants = np.linalg.slogdet(spread)[1] + np.linalg.slogdet(x.T @ np.linalg.solve(spread, x))[1]
    assert at.criterion == pytest.approx(determinants + freedom * (1 + np.log(2 * np.pi * squares / freedom)))
    assert at.error_variance == pytest.approx(squares / freedom)

    first_effects, second_effects = engine.turn(of, at.effects)
    assert first_effects == pytest.approx(first_ratio * of_first.T @ p @ ratings, abs=1e-9)
    assert second_effects == pytest.approx(second_ratio * of_second.T @ p @ ratings, abs=1e-9)

    # What is missed of Lu = (worth, v): its covariance is that of the model, given the ratings.
    levels = len(fixed)
    wanted = np.hstack([first_ratio * of_first, second_ratio * of_second])  # cov(y, (u, v))
    prior = np.diag([first_ratio] * levels + [second_ratio] * (second.max() + 1))
    conditional = prior - wanted.T @ np.linalg.solve(spread, wanted)
    own_first, own_second = engine.conditional_variances(of, at)
    assert own_first == pytest.approx(at.error_variance * np.diag(conditional)[:levels], abs=1e-9)
    assert own_second == pytest.approx(at.error_variance * np.diag(conditional)[levels:], abs=1e-9)
    given_fixed = np.vstack([fixed, np.zeros((second.max() + 1, x.shape[1]))])
    given_fixed = given_fixed - wanted.T @ np.linalg.solve(spread, x)
    loose = np.linalg.inv(x.T @ np.linalg.solve(spread, x))
    whole = at.error_variance * (conditional + given_fixed @ loose @ given_fixed.T)
    missed = engine.moments(of, at)
    assert missed.first == pytest.approx(np.diag(whole)[:levels], abs=1e-9)
    assert missed.second == pytest.approx(np.diag(whole)[levels:], abs=1e-9)
    assert missed.both == pytest.approx(whole[:levels, levels:], abs=1e-9)


@given(panels(), ratios, ratios)
@settings(deadline=None, max_examples=60)
def test_the_gradient_is_the_criterions_also_where_a_ratio_is_zero(panel, first_ratio, second_ratio):
    of = engine.design(*panel)
    slopes = engine.gradient(of, engine.solve(of, first_ratio, second_ratio))
    _, x, p, of_first, of_second = dense(panel, first_ratio, second_ratio)
    ratings, freedom = panel[0], len(panel[0]) - x.shape[1]
    for slope, levels in zip(slopes, (of_first, of_second), strict=True):
        rest = levels.T @ p @ ratings
        expected = np.trace(levels.T @ p @ levels) - freedom * (rest @ rest) / (ratings @ p @ ratings)
        assert slope == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(panels())
@settings(deadline=None, max_examples=40)
def test_no_ratios_on_a_wide_grid_have_a_smaller_criterion(panel):
    of = engine.design(*panel)
    best = engine.fit(of)
    places = [0.0, *np.exp(np.linspace(-6, 13, 20))]
    assert best.criterion <= min(engine.solve(of, a, b).criterion for a in places for b in places) + 1e-6


def test_a_ratio_that_is_given_is_kept():
    of = engine.design(
        np.array([1.0, 2, 2, 4, 3, 7]), np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1] * 3), np.ones((3, 1))
    )
    at = engine.fit(of, second_ratio=0.0)
    assert engine.turn(of, (at.many_ratio, at.few_ratio))[1] == 0
    assert engine.gradient(of, at)[0] == pytest.approx(0, abs=1e-5)
    both = engine.fit(of, first_ratio=2.0, second_ratio=0.5)
    assert engine.turn(of, (both.many_ratio, both.few_ratio)) == (2.0, 0.5)


@pytest.mark.parametrize("turned", [False, True])
def test_draws_have_the_mean_and_the_covariance_of_what_is_missed(turned):
    chance = np.random.default_rng(7)
    first, second = np.divmod(np.arange(30), 3 if not turned else 10)
    fixed = np.column_stack([np.ones(first.max() + 1), np.arange(first.max() + 1) % 2])
    panel = (chance.normal(size=30) + first % 4, first, second, fixed)
    of = engine.design(*panel)
    assert of.turned is turned
    at = engine.solve(of, 0.8, 0.3)
    draws = engine.draw(of, at, 40_000, np.random.default_rng(1))
    worth = fixed @ at.fixed + engine.turn(of, at.effects)[0]
    assert draws.mean(axis=1) == pytest.approx(worth, abs=0.03)

    spread, x, _, of_first, _ = dense(panel, 0.8, 0.3)
    wanted = 0.8 * of_first
    given_fixed = fixed - wanted.T @ np.linalg.solve(spread, x)
    covariance = 0.8 * np.eye(len(fixed)) - wanted.T @ np.linalg.solve(spread, wanted)
    covariance += given_fixed @ np.linalg.inv(x.T @ np.linalg.solve(spread, x)) @ given_fixed.T
    freedom = 30 - 2
    expected = at.error_variance * freedom / (freedom - 2) * covariance
    assert np.cov(draws) == pytest.approx(expected, abs=0.05 * expected.max())
