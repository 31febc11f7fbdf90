from dataclasses import asdict, fields
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.rules.reliability import Reliability, reliability
from pitchfest.judging.rules.review_file import Review

UNDEFINED = Reliability(*[None] * 10)
# Shrout and Fleiss, 1979, table 2: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# Krippendorff, 2011, section C: four observers, twelve units, some missing.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, None],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def reviews(table):
    """From rows of pitches, None for no review."""
    return [
        Review(f"P{p}", f"J{j}", float(score))
        for p, row in enumerate(table)
        for j, score in enumerate(row)
        if score is not None
    ]


def alpha_by_hand(values, distance, correction=1.0):
    """Krippendorff's definition, pair by pair: the values of each unit, and a squared distance."""
    units = [unit for unit in values if len(unit) > 1]
    every = [value for unit in units for value in unit]
    observed = sum(
        sum(distance(a, b, every) for a, b in product(unit, unit)) / (len(unit) - 1) for unit in units
    )
    expected = sum(distance(a, b, every) for a, b in product(every, every))
    return 1 - (len(every) - correction) * observed / expected


DISTANCES = {
    "alpha_nominal": lambda a, b, _: float(a != b),
    "alpha_ordinal": lambda a, b, every: (
        (sum(min(a, b) <= x <= max(a, b) for x in every) - (every.count(a) + every.count(b)) / 2) ** 2
    ),
    "alpha_interval": lambda a, b, _: (a - b) ** 2,
}


def test_the_figures_of_irr_and_psych():
    """What irr 0.84.1 and psych 2.2.9 for R give for Shrout and Fleiss's table."""
    assert asdict(reliability(reviews(SHROUT_FLEISS))) == pytest.approx(
        {
            "icc1": 0.1657417684055,
            "icc2": 0.2897637795276,
            "icc3": 0.7148407148407,
            "icc1k": 0.4427971336793,
            "icc2k": 0.620050547599,
            "icc3k": 0.9093155423771,
            "alpha_nominal": -0.09567901234568,
            "alpha_ordinal": 0.08323504840533,
            "alpha_interval": 0.122592135909,
            "kendall_w": 0.887037037037,
        },
        abs=1e-9,
    )


def test_krippendorffs_own_example_with_missing_scores():
    found = asdict(reliability(reviews(zip(*OBSERVERS, strict=True))))
    assert {name: value for name, value in found.items() if value is not None} == pytest.approx(
        {
            "alpha_nominal": 0.7434210526316,
            "alpha_ordinal": 0.8153875037549,
            "alpha_interval": 0.8491071428571,
        },
        abs=1e-9,
    )


cells = st.one_of(st.none(), st.integers(0, 4))
tables = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(cells, min_size=k, max_size=k), min_size=2, max_size=6)
)


@given(tables)
def test_alpha_by_its_definition(table):
    given = reviews(table)
    values = [[score for score in row if score is not None] for row in table]
    n, k = len({review.pitch for review in given}), len({review.judge for review in given})
    correction = 1 / (k - 1) if k > 1 and len(given) == n * k else 1.0
    differ = len({value for unit in values if len(unit) > 1 for value in unit}) > 1
    for name, distance in DISTANCES.items():
        found = getattr(reliability(given), name)
        if differ:
            assert found == pytest.approx(alpha_by_hand(values, distance, correction), abs=1e-9)
        else:
            assert found is None


@given(
    st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=2, max_size=6),
    st.randoms(use_true_random=False),
    st.integers(-1000, 1000),
)
def test_neither_order_nor_origin_matter(table, random, more):
    given = reviews(table)
    moved = [review._replace(score=review.score / 4 + more) for review in given]
    random.shuffle(moved)
    first, second = asdict(reliability(given)), asdict(reliability(moved))
    assert {name for name in first if first[name] is None} == {
        name for name in second if second[name] is None
    }
    assert second == pytest.approx(first, abs=1e-9)


def test_a_harsh_judge_lowers_agreement_but_not_consistency():
    quality = [3, 5, 6, 9]
    found = reliability(reviews([[q, q - 2, q + 0.1] for q in quality]))
    assert found.icc3 == pytest.approx(1)
    assert found.icc3k == pytest.approx(1)
    assert found.kendall_w == pytest.approx(1)
    assert found.icc2 is not None
    assert found.icc2 < 0.95


def test_ranks_with_ties_by_hand():
    # Ranks 1.5 1.5 3 and 1 2.5 2.5: rank sums 2.5 4 5.5, S = 4.5, W = 12 · 4.5 / (4 · 24 - 2 · 12).
    assert reliability(reviews([[1, 1], [1, 2], [2, 2]])).kendall_w == pytest.approx(54 / 72)


@pytest.mark.parametrize(
    "table",
    [
        [],
        [[7]],
        [[7], [8]],
        [[7, 8]],
        [[0.1, 0.1], [0.1, 0.1], [0.1, 0.1]],
        [[1, None], [None, 2]],
    ],
)
def test_what_is_not_defined_is_none(table):
    found = reliability(reviews(table))
    undefined = [field.name for field in fields(found) if getattr(found, field.name) is None]
    if table == [[7, 8]]:
        assert set(asdict(found)) - set(undefined) == set(DISTANCES)
    else:
        assert found == UNDEFINED


def test_judges_who_only_differ_in_severity():
    found = reliability(reviews([[0.1, 0.2, 0.7]] * 4))
    assert (found.icc2, found.icc2k) == (0, 0)
    assert (found.icc3, found.icc3k, found.icc1k, found.kendall_w) == (None, None, None, None)


@pytest.mark.parametrize("table", [np.array(SHROUT_FLEISS) / 64 + 1e6, np.array(SHROUT_FLEISS) * 1e306])
def test_large_values_lose_no_digits(table):
    assert asdict(reliability(reviews(table.tolist()))) == pytest.approx(
        asdict(reliability(reviews(SHROUT_FLEISS))), abs=1e-9
    )


def test_a_judge_who_scores_a_pitch_twice_is_refused():
    with pytest.raises(ValueError, match="once"):
        reliability([Review("P", "J", 1.0), Review("P", "J", 2.0)])
