import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchfest.judging.rules.pairwise import (
    PRIOR_VARIANCE,
    Comparison,
    UndeterminedError,
    fit,
    next_pair,
    split_half,
)

# Agresti, "Categorical Data Analysis" (2nd edition, 2002), table 10.10: games of the American League in 1987,
# won by the team of the row against the team of the column.
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
WON = [
    [0, 7, 9, 7, 7, 9, 11],
    [6, 0, 7, 5, 11, 9, 9],
    [4, 6, 0, 7, 7, 8, 12],
    [6, 8, 6, 0, 6, 7, 10],
    [6, 2, 6, 7, 0, 7, 12],
    [4, 4, 5, 6, 6, 0, 6],
    [2, 4, 1, 3, 1, 7, 0],
]
BASEBALL = [
    Comparison("", a, b, 1, WON[i][j]) for i, a in enumerate(TEAMS) for j, b in enumerate(TEAMS) if WON[i][j]
]


def won(a, b, times=1, judge=""):
    return Comparison(judge, a, b, 1, times)


def simulated(n_items, n_comparisons, seed, judges=8):
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=n_items)
    made = []
    for at in range(n_comparisons):
        a, b = chance.choice(n_items, 2, replace=False)
        p = 1 / (1 + np.exp(ability[b] - ability[a]))
        result = 0.5 if chance.random() < 0.1 else float(chance.random() < p)
        made.append(Comparison(f"J{at % judges}", f"P{a:02}", f"P{b:02}", result))
    return ability, made


def test_the_published_abilities_of_a_league():
    found = fit(BASEBALL, prior_variance=None)
    assert found.reference == "Baltimore"
    printed = dict(zip(found.items, found.ability.round(2).tolist(), strict=True))
    assert printed == {
        "Milwaukee": 1.58,
        "Detroit": 1.44,
        "Toronto": 1.29,
        "New York": 1.25,
        "Boston": 1.11,
        "Cleveland": 0.68,
        "Baltimore": 0.0,
    }
    assert found.se[0] == 0


def test_two_items_by_hand():
    found = fit([won("b", "a", 3), won("a", "b", 1)], prior_variance=None)
    assert found.items == ("a", "b")
    assert found.ability == pytest.approx([0, np.log(3)], abs=1e-12)
    assert found.se == pytest.approx([0, np.sqrt(1 + 1 / 3)], abs=1e-12)


@given(st.integers(0, 1000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_expected_wins_equal_wins_and_the_error_is_the_curvature(seed, prior):
    _, made = simulated(6, 90, seed)
    try:
        found = fit(made, prior_variance=PRIOR_VARIANCE if prior else None)
    except UndeterminedError:
        assert not prior
        return
    at = {item: index for index, item in enumerate(found.items)}

    def slope(ability):
        total = -ability / PRIOR_VARIANCE if prior else np.zeros(len(ability))
        for _, a, b, result, times in made:
            p = 1 / (1 + np.exp(ability[at[b]] - ability[at[a]]))
            total[at[a]] += times * (result - p)
            total[at[b]] -= times * (result - p)
        return total

    assert np.abs(slope(found.ability.copy())).max() < 1e-8
    step = 1e-5 * np.eye(len(at))
    curvature = np.array([(slope(found.ability - h) - slope(found.ability + h)) / 2e-5 for h in step])
    free = slice(0 if prior else 1, None)
    errors = np.sqrt(np.diag(np.linalg.inv(curvature[free, free])))
    assert found.se[free] == pytest.approx(errors, rel=1e-5)
    if prior:
        assert found.reference is None
        assert found.ability.sum() == pytest.approx(0, abs=1e-9)


@given(st.integers(0, 1000), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_sides_and_repeats_say_the_same(seed, random):
    _, made = simulated(5, 40, seed)
    first = fit(made)
    again = [*made[:20], *(Comparison(j, b, a, 1 - result, times) for j, a, b, result, times in made[20:])]
    random.shuffle(again)
    second = fit(again)
    assert first.items == second.items
    assert second.ability == pytest.approx(first.ability, abs=1e-10)
    doubled = fit([each._replace(times=2) for each in made])
    assert doubled.ability == pytest.approx(fit([*made, *made]).ability, abs=1e-10)


def test_a_tie_is_half_a_win_for_each():
    ties = [Comparison("", "a", "b", 0.5, 4), won("a", "b", 2), won("b", "c"), won("c", "a")]
    halves = [won("a", "b", 2), won("b", "a", 2), *ties[1:]]
    assert fit(ties, prior_variance=None).ability == pytest.approx(fit(halves, prior_variance=None).ability)


def test_another_item_may_be_held_at_zero():
    first = fit(BASEBALL, prior_variance=None)
    other = fit(BASEBALL, prior_variance=None, reference="Detroit")
    at = first.items.index("Detroit")
    assert other.ability == pytest.approx(first.ability - first.ability[at])
    assert other.se[0] == pytest.approx(first.se[at])
    assert (other.se[at], other.reference) == (0, "Detroit")


@pytest.mark.parametrize(
    ("comparisons", "items", "reason"),
    [
        ([won("a", "b")], ("a",), "a won every comparison with the others."),
        (
            [won("a", "b"), won("b", "a"), won("a", "c"), won("b", "d"), won("c", "d"), won("d", "c")],
            ("a", "b"),
            "a, b won every comparison with the others.",
        ),
        (
            [Comparison("", "a", "b", 0.5), Comparison("", "c", "d", 0.5)],
            ("c", "d"),
            "No comparison, however indirect, joins c, d to a.",
        ),
        (
            [won("a", "b"), won("b", "a"), *(won(f"x{n}", f"x{n + 1}") for n in range(6))],
            tuple(f"x{n}" for n in range(7)),
            "No comparison, however indirect, joins x0, x1, x2, x3, x4 and 2 more to a.",
        ),
    ],
)
def test_without_a_finite_estimate_the_reason_is_said_and_a_prior_gives_one(comparisons, items, reason):
    with pytest.raises(UndeterminedError) as caught:
        fit(comparisons, prior_variance=None)
    assert (caught.value.items, str(caught.value)) == (items, reason)
    assert np.isfinite(fit(comparisons).ability).all()
    assert np.isfinite(fit(comparisons).se).all()


def test_nearly_separated_data_do_not_diverge():
    found = fit([won("a", "b", 10**6), won("b", "a")], prior_variance=None)
    assert found.ability == pytest.approx([0, -np.log(10**6)], rel=1e-9)


def test_a_lopsided_circle_converges():
    circle = [won("a", "b", 25), won("b", "c", 7_146_968), won("c", "a", 913), won("c", "b", 29)]
    found = fit(circle, prior_variance=None)
    wins = {"a": 25, "b": 7_146_968, "c": 942}
    games = {("a", "b"): 25, ("b", "c"): 7_146_997, ("a", "c"): 913}
    ability = dict(zip(found.items, found.ability, strict=True))
    for item, count in wins.items():
        expected = sum(
            times / (1 + np.exp(ability[b if item == a else a] - ability[item]))
            for (a, b), times in games.items()
            if item in (a, b)
        )
        assert expected == pytest.approx(count, rel=1e-9)


def test_nothing_compared_is_no_abilities():
    for prior in (None, PRIOR_VARIANCE):
        found = fit([], prior_variance=prior)
        assert (found.items, len(found.ability), found.reference) == ((), 0, None)
    assert split_half([]) is None
    assert next_pair(fit([])) is None


def test_items_not_yet_compared_stand_where_the_prior_puts_them():
    found = fit([won("a", "b")], items=["c", "a"])
    assert found.items == ("a", "b", "c")
    assert (found.ability[2], found.se[2]) == (0, pytest.approx(np.sqrt(PRIOR_VARIANCE)))


@pytest.mark.parametrize(
    ("comparison", "reason"),
    [
        (won("a", "a"), "compared with itself"),
        (Comparison("", "a", "b", 0.3), "0, 0.5 or 1"),
        (won("a", "b", 0), "at least once"),
    ],
)
def test_comparisons_that_make_no_sense_are_refused(comparison, reason):
    with pytest.raises(ValueError, match=reason):
        fit([comparison])
    with pytest.raises(ValueError, match="was not compared"):
        fit([won("a", "b")], reference="z")


def test_the_next_pair_is_unseen_and_tells_most():
    found = fit([won("a", "b", 9), won("b", "a", 9), won("a", "c", 9)], items="abcd")
    assert next_pair(found, current="a") == ("a", "d")
    assert next_pair(found, {"d"}, current="a") == ("a", "c")
    assert next_pair(found, {"b", "c", "d"}, current="a") is None
    assert next_pair(found, {"a", "b", "c"}) is None
    assert next_pair(fit([], items="cab")) == ("a", "b")
    pair = next_pair(found)
    assert pair is not None
    assert "d" in pair


def test_adaptive_walks_find_the_order_sooner_than_random_ones():
    """Ten judges walk past 24 pitches, 13 each; how well the abilities correlate with the truth."""

    def walked(seed, adaptive):
        chance = np.random.default_rng(seed)
        truth = dict(zip((f"P{n:02}" for n in range(24)), chance.normal(scale=1.5, size=24), strict=True))
        made: list[Comparison] = []
        for judge in range(10):
            seen = [str(chance.choice(sorted(truth)))]
            for _ in range(12):
                a = seen[-1]
                if adaptive:
                    pair = next_pair(fit(made, items=truth), seen, current=a)
                    assert pair is not None
                    b = pair[1]
                else:
                    b = str(chance.choice(sorted(truth.keys() - set(seen))))
                p = 1 / (1 + np.exp(truth[b] - truth[a]))
                made.append(Comparison(f"J{judge}", a, b, float(chance.random() < p)))
                seen.append(b)
        found = fit(made, items=truth)
        return np.corrcoef(found.ability, [truth[item] for item in found.items])[0, 1]

    better = [walked(seed, adaptive=True) - walked(seed, adaptive=False) for seed in range(12)]
    assert np.mean(better) > 0


def test_halves_of_good_judges_agree_and_of_guessing_ones_do_not():
    _, many = simulated(10, 1500, 1)
    guesses = [each._replace(result=float(at % 2)) for at, each in enumerate(many)]
    good, bad = split_half(many), split_half(guesses)
    assert good is not None
    assert bad is not None
    assert good > 0.9
    assert abs(bad) < 0.5
    assert split_half(list(reversed(many))) == pytest.approx(good, abs=1e-9)
    alone = split_half([each._replace(judge="J") for each in many])
    assert alone is not None
    assert alone > 0.9
    assert split_half([Comparison("J", "a", "b", 0.5, 6)]) is None
