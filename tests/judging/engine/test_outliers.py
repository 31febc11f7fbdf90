import numpy as np
import pytest

from pitchfest.judging.rules.calibration import calibrate, typical
from pitchfest.judging.rules.outliers import judge_fits, pitch_splits, review_fits


def a_round(seed=1, pitches=20, judges=6, each=3):
    chance = np.random.default_rng(seed)
    worth, generosity = chance.normal(size=pitches) * 10, chance.normal(size=judges) * 5
    return [
        (f"P{i:02}", f"J{j}", float(50 + worth[i] + generosity[j] + chance.normal() * 5))
        for i in range(pitches)
        for j in ((i * each + k + i // 2) % judges for k in range(each))
    ]


def dense(rows, of):
    """Residuals over the standard deviation that the model gives them: those of P y and P's diagonal."""
    pitches, judges = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
    rows = sorted(rows)
    u = np.array([[row[0] == name for name in pitches] for row in rows], dtype=float)
    v = np.array([[row[1] == name for name in judges] for row in rows], dtype=float)
    residual = typical(of).error_variance * of.fit.unit**2  # of the grid's mean ratios, not the mean variance
    pitch, judge = (residual * part / of.variance.residual for part in of.variance[:2])
    spread = residual * np.eye(len(rows)) + pitch * u @ u.T + judge * v @ v.T
    inverse, one = np.linalg.inv(spread), np.ones((len(rows), 1))
    p = inverse - inverse @ one @ one.T @ inverse / (one.T @ inverse @ one)
    scores = np.array([row[2] for row in rows])
    return scores - residual * p @ scores, p @ scores / np.sqrt(np.diag(p))


@pytest.mark.parametrize("method", ["grid", "reml"])
def test_residuals_are_those_of_the_definition(method):
    rows = a_round()
    of = calibrate(rows, method=method)
    expected, residuals = dense(rows, of)
    found = review_fits(of)
    assert [row[:3] for row in found] == sorted(rows)
    assert [row.expected for row in found] == pytest.approx(expected)
    assert [row.residual for row in found] == pytest.approx(residuals)


def test_a_review_gone_wrong_stands_out_and_no_other():
    rows = a_round()
    pitch, judge, score = rows[17]
    rows[17] = (pitch, judge, score - 45)
    found = review_fits(calibrate(rows))
    assert [(row.pitch, row.judge) for row in found if row.surprising] == [(pitch, judge)]
    worst = max(found, key=lambda row: abs(row.residual))
    assert (worst.pitch, worst.judge, worst.far) == (pitch, judge, True)
    assert worst.residual < -3
    assert worst.p < 0.003
    assert [(row.pitch, row.split) for row in pitch_splits(calibrate(rows)) if row.split] == [(pitch, True)]


def test_chance_alone_is_rarely_surprising():
    rounds = [review_fits(calibrate(a_round(seed), method="reml")) for seed in range(60)]
    assert sum(any(row.surprising for row in found) for found in rounds) <= 8  # 5 % of rounds, with some luck
    residuals = np.array([row.residual for found in rounds for row in found])
    assert np.mean(residuals**2) == pytest.approx(1, abs=0.06)


def test_each_judge_by_hand():
    scores = {"A": (5.0, 7.0), "B": (2.0, 4.0), "C": (4.0, 5.0), "D": (8.0, 9.5)}
    rows = [(pitch, judge, y) for pitch, row in scores.items() for judge, y in zip("xy", row, strict=True)]
    of = calibrate(rows, method="reml")
    first, second = judge_fits(of)
    assert (first.judge, first.reviews, second.judge) == ("x", 4, "y")
    assert first.generosity == pytest.approx(-second.generosity)
    assert first.generosity < 0
    assert first.spread == pytest.approx(np.std([5, 2, 4, 8], ddof=1))
    assert first.high - first.low == pytest.approx(2 * 1.96 * of.judges[0].sd)
    by_judge = [row.residual for row in review_fits(of) if row.judge == "x"]
    assert first.infit == pytest.approx(np.mean(np.square(by_judge)))


def test_an_erratic_judge_has_the_largest_infit():
    chance = np.random.default_rng(5)
    rows = [(i, j, y + 20 * float(chance.normal()) * (j == "J3")) for i, j, y in a_round()]
    found = {row.judge: row.infit for row in judge_fits(calibrate(rows))}
    assert max(found, key=lambda judge: found[judge]) == "J3"


def test_splits_by_hand_where_judges_do_not_differ():
    """With no severity the variance of a pitch's scores stands against the residual variance."""
    scores = {"A": (5.0, 5.0, 5.0), "B": (1.0, 9.0, 5.0), "C": (8.0, 8.0, 8.0), "D": (2.0, 2.0, 2.0)}
    rows = [(pitch, judge, y) for pitch, row in scores.items() for judge, y in zip("xyz", row, strict=True)]
    of = calibrate(rows, method="reml")
    assert of.variance.judge == pytest.approx(0, abs=1e-6)
    found = {row.pitch: row for row in pitch_splits(of)}
    assert found["B"].variance == pytest.approx(16, rel=1e-3)
    assert found["B"].ratio == pytest.approx(16 / of.variance.residual, rel=1e-3)
    assert found["B"].p == pytest.approx(np.exp(-found["B"].ratio))  # chi-square with two degrees of freedom
    assert found["A"].variance == pytest.approx(0, abs=1e-3)
    assert max(found.values(), key=lambda row: row.ratio).pitch == "B"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("A", "x", 3.0)],
        [("A", "x", 3.0), ("B", "x", 3.0)],
        [("A", "x", 1.0), ("B", "x", 2.0), ("C", "x", 5.0)],
        [("A", "x", 1.0), ("A", "y", 2.0), ("B", "x", 4.0), ("B", "y", 5.0)],
    ],
)
@pytest.mark.parametrize("method", ["grid", "reml"])
def test_data_that_says_little_has_nothing_that_stands_out(rows, method):
    of = calibrate(rows, method=method)
    assert not any(row.far or row.surprising for row in review_fits(of))
    assert not any(row.split for row in pitch_splits(of))
    assert [row.judge for row in judge_fits(of)] == sorted({judge for _, judge, _ in rows})
    figures = [*review_fits(of), *pitch_splits(of), *judge_fits(of)]
    assert all(np.isfinite(value) for row in figures for value in row if isinstance(value, float))
