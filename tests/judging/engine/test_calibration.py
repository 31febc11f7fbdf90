import json
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchfest.cli.judging import judging
from pitchfest.judging.rules import crossed_effects as engine
from pitchfest.judging.rules.calibrate_file import as_json, as_table
from pitchfest.judging.rules.calibration import advice, calibrate, severity
from pitchfest.judging.rules.review_file import reviews

DATA = Path(__file__).parents[2] / "data"


def effects(entries):
    return {entry.id: entry.effect for entry in entries}


def a_round(seed=1, pitches=12, judges=5, each=3, severity=1.0):
    """Reviews of a balanced round; worth and generosity have variance 1 and `severity`, chance 0.25."""
    chance = np.random.default_rng(seed)
    worth, generosity = chance.normal(size=pitches), math.sqrt(severity) * chance.normal(size=judges)
    pairs = [(i, (i * each + j) % judges) for i in range(pitches) for j in range(each)]
    scores = [float(5 + worth[i] + generosity[j] + chance.normal() / 2) for i, j in pairs]
    return [(f"P{i:02}", f"J{j}", score) for (i, j), score in zip(pairs, scores, strict=True)]


def panel(**scores):
    """Reviews by judges "x", "y" and "z" of each pitch, None for one that is missing."""
    return [
        (pitch, judge, float(score))
        for pitch, row in scores.items()
        for judge, score in zip("xyz", row, strict=False)
        if score is not None
    ]


# Against lme4


@pytest.mark.parametrize("name", ["shroutfleiss", "skating"])
def test_reml_agrees_with_lme4(name):
    expected = json.loads((DATA / f"lmm_{name}.json").read_text())
    found = calibrate(reviews((DATA / f"{name}.csv").read_text()), method="reml")
    assert found.n == expected["n"]
    assert found.intercept == pytest.approx(expected["intercept"], abs=1e-6)
    variances = [expected[f"var_{part}"] for part in ("item", "rater", "residual")]
    assert found.variance == pytest.approx(variances, rel=1e-6)
    assert found.reml_criterion == pytest.approx(expected["reml_criterion"], abs=1e-6)
    for entries, levels in ((found.pitches, expected["item"]), (found.judges, expected["rater"])):
        by_id = {level["id"]: level for level in levels}
        assert {entry.id for entry in entries} == by_id.keys()
        for entry in entries:
            assert entry.effect == pytest.approx(by_id[entry.id]["blup"], abs=1e-6)
            assert entry.sd == pytest.approx(by_id[entry.id]["condsd"], abs=1e-6)


def test_a_variance_of_nothing_is_zero_exactly_and_so_are_its_effects():
    found = calibrate(panel(A=(1, 3), B=(2, 0), C=(3, 2)), method="reml")
    assert found.variance.judge == 0
    assert [(judge.effect, judge.sd) for judge in found.judges] == [(0, 0), (0, 0)]


def test_of_two_valleys_the_deeper_one_is_found():
    """A search that begins in the middle ends where pitches do not differ, with a criterion of 31.19."""
    found = calibrate(panel(A=(3, 9, 0), B=(8,), C=(5, 8, 0)), method="reml")
    assert found.reml_criterion == pytest.approx(30.98927, abs=1e-4)
    assert found.variance.pitch > 3


def test_the_generous_judge_has_the_positive_effect():
    rows = [(f"P{i}", judge, float(i + more)) for i in range(6) for judge, more in (("kind", 2), ("mean", 0))]
    for method in ("reml", "grid"):
        found = effects(calibrate(rows, method=method).judges)
        assert found["kind"] == pytest.approx(1, abs=0.2)
        assert found["mean"] == pytest.approx(-1, abs=0.2)


# Invariance


@given(st.permutations(a_round(pitches=6)), st.sampled_from(["grid", "reml"]))
@settings(deadline=None, max_examples=15)
def test_the_order_of_the_reviews_changes_nothing_at_all(rows, method):
    assert as_json(calibrate(rows, method=method)) == as_json(calibrate(sorted(rows), method=method))


@given(st.floats(-1e3, 1e3), st.floats(0.01, 100), st.sampled_from(["grid", "reml"]))
@settings(deadline=None, max_examples=20)
def test_adding_a_constant_moves_the_intercept_and_a_factor_scales_all(more, factor, method):
    plain, moved = (
        calibrate([(i, j, y * by + add) for i, j, y in a_round()], method=method)
        for by, add in ((1.0, 0.0), (factor, more))
    )
    assert moved.intercept == pytest.approx(plain.intercept * factor + more)
    assert moved.variance == pytest.approx([part * factor**2 for part in plain.variance], rel=1e-4)
    scaled = {name: effect * factor for name, effect in effects(plain.pitches).items()}
    assert effects(moved.pitches) == pytest.approx(scaled, rel=1e-4, abs=1e-6)


def test_pitches_and_judges_are_treated_alike():
    rows = a_round()
    found, turned = (calibrate(given, method="reml") for given in (rows, [(j, i, y) for i, j, y in rows]))
    assert effects(found.pitches) == pytest.approx(effects(turned.judges), abs=1e-6)
    assert effects(found.judges) == pytest.approx(effects(turned.pitches), abs=1e-6)
    assert found.reml_criterion == pytest.approx(turned.reml_criterion)


def test_scores_of_any_size_give_finite_figures():
    for size in (1e-100, 1e100):
        found = calibrate([(i, j, y * size) for i, j, y in a_round()], method="reml")
        json.dumps(as_json(found), allow_nan=False)
        assert found.variance.pitch > 0


# The grid, and tracks


def test_the_grid_is_the_posterior_mean():
    """Effects by plain integration over a much finer and wider grid."""
    found = calibrate(a_round(seed=3))
    assert found.fit is not None
    of, unit = found.fit.design, found.fit.unit
    thetas = np.exp(np.linspace(-4, 4, 60))
    places = [(a, b) for a in thetas for b in thetas]
    solutions = [engine.solve(of, a**2, b**2) for a, b in places]
    logs = np.array([-at.criterion / 2 for at in solutions])
    logs += [math.log(a / (1 + a * a) * b / (1 + b * b)) for a, b in places]
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    means = unit * sum(w * engine.turn(of, at.effects)[0] for w, at in zip(weights, solutions, strict=True))
    assert [pitch.effect for pitch in found.pitches] == pytest.approx(means, abs=0.02 * found.pitches[0].sd)


def test_a_known_track_is_a_fixed_effect():
    """Two tracks, 10 points apart, with judges of their own, of whom one crosses: not taken for severity."""
    rows, tracks = [], {}
    for track, more in (("x", 0), ("y", 10)):
        for pitch, judge, score in a_round(seed=more, severity=0.1):
            rows.append((f"{track}{pitch}", f"{track}{judge}", score + more))
            tracks[f"{track}{pitch}"] = track
    rows.append(("xP00", "yJ0", 5.0))
    found = calibrate(rows, tracks=tracks, method="reml")
    worth = effects(found.pitches)
    means = [np.mean([worth[name] for name in worth if tracks[name] == track]) for track in "xy"]
    assert means[1] - means[0] == pytest.approx(10, abs=2)
    assert found.intercept == pytest.approx(10, abs=1)
    with pytest.raises(ValueError, match="no track is given for xP00"):
        calibrate(rows, tracks={})


# What to make of it


def test_the_sentence_follows_the_test_and_the_share_of_severity():
    harsh = calibrate(a_round(severity=4))
    assert severity(harsh).material
    assert advice(harsh) == "Judges differ in severity: look at the calibrated scores beside the plain mean."
    even = calibrate(a_round(severity=0, seed=2))
    assert severity(even).p > 0.05
    assert advice(even) == "Judges differ little in severity: use the plain mean."


def test_the_test_of_severity_is_a_chi_square_half_the_time():
    """The quantile of chi-square with one degree of freedom is the square of the normal one."""
    found = calibrate(a_round(severity=0.05, seed=5), method="reml")
    assert found.fit is not None
    ratio = engine.fit(found.fit.design, None, 0.0).criterion - found.fit.best.criterion
    assert ratio > 0
    assert severity(found).p == pytest.approx(1 - NormalDist().cdf(math.sqrt(ratio)))


@pytest.mark.parametrize(
    ("rows", "sentence", "warning"),
    [
        ([], "There are too few reviews to compare.", "There are too few reviews to compare."),
        ([("A", "x", 3.0)], "There are too few reviews to compare.", "There is one pitch only."),
        (panel(A=(3,), B=(3,)), "All scores are the same.", "All scores are the same."),
        (
            panel(A=(3,), B=(4,), C=(7,)),
            "One judge gave every score, so severity cannot be told from worth: use the plain mean.",
            "There is one judge only: severity cannot be told from worth.",
        ),
        (
            panel(A=(3,), B=(4,), C=(None, 7), D=(None, 5)),
            "Judges of different groups scored no pitch in common, so nothing tells severity from worth.",
            "No pitch has two reviews: half of what judges do not explain is taken for chance.",
        ),
        (
            [("A", "x", 3.0), ("A", "y", 4.0), ("B", "z", 7.0), ("B", "w", 5.0)],
            "Judges of different groups scored no pitch in common, so nothing tells severity from worth.",
            "The panel falls into 2 groups: no judge and no pitch is in two of them.",
        ),
        (
            panel(A=(1, 2), B=(4, 6), C=(5, 5)),
            "Every judge scored every pitch, so severity changes nothing: use the plain mean.",
            None,
        ),
        (
            panel(A=(1, 2), B=(4, 5)),
            "Every judge scored every pitch, so severity changes nothing: use the plain mean.",
            "Pitch and judge explain every score: chance has no part in it.",
        ),
    ],
)
@pytest.mark.parametrize("method", ["grid", "reml"])
def test_data_that_says_little_gives_a_result_and_a_sentence(rows, sentence, warning, method):
    found = calibrate(rows, method=method)
    assert advice(found) == sentence
    assert found.warnings == () if warning is None else warning in found.warnings
    shown = as_json(found)
    json.dumps(shown, allow_nan=False)
    assert {pitch["id"] for pitch in shown["pitches"]} == {pitch for pitch, _, _ in rows}
    assert as_table(found).count("\n") >= len(rows) // 2


SOME = st.tuples(st.sampled_from("ABCD"), st.sampled_from("wxyz"), st.integers(0, 3).map(float))


@given(st.lists(SOME, max_size=12), st.sampled_from(["grid", "reml"]))
@settings(deadline=None, max_examples=60)
def test_no_set_of_scores_is_too_odd(rows, method):
    found = calibrate(rows, method=method)
    shown = as_json(found)
    json.dumps(shown, allow_nan=False)
    advice(found)
    count = len(shown["pitches"])
    assert all(1 <= p["rank_low"] <= p["rank"] <= p["rank_high"] <= count for p in shown["pitches"])


def test_when_nothing_tells_pitches_apart_all_are_first_and_anywhere():
    shown = as_json(calibrate([("A", "x", 3.0), ("B", "x", 3.0), ("C", "y", 3.0)]))
    assert [(p["rank"], p["rank_low"], p["rank_high"]) for p in shown["pitches"]] == [(1, 1, 3)] * 3


def test_an_interval_of_ranks_holds_the_rank_that_is_shared():
    """Pitch means are all equal, so that all are first; drawn apart, each is first once in forty."""
    rows = [
        (f"P{i:02}", judge, 3.0 + (-1) ** i * sign)
        for i in range(40)
        for judge, sign in (("x", 1), ("y", -1))
    ]
    shown = as_json(calibrate(rows, method="reml"))
    assert {(p["rank"], p["rank_low"]) for p in shown["pitches"]} == {(1, 1)}


@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_a_score_that_is_not_finite_is_refused(score):
    with pytest.raises(ValueError, match="not a finite number"):
        calibrate([("A", "x", score)])


# The command


def command(*words):
    result = CliRunner().invoke(judging, ["calibrate", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_prints_json_of_the_fixed_form():
    code, out, err = command(DATA / "shroutfleiss.csv", "--method", "reml", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert list(found) == [
        *("n", "intercept", "variance", "reml_criterion", "pitches", "judges", "components", "warnings")
    ]
    assert set(found["variance"]) == {"pitch", "judge", "residual"}
    assert set(found["pitches"][0]) == {"id", "effect", "sd", "rank", "rank_low", "rank_high"}
    assert set(found["judges"][0]) == {"id", "effect", "sd", "n"}
    assert sorted(pitch["rank"] for pitch in found["pitches"]) == [1, 2, 3, 4, 5, 6]
    assert max(found["pitches"], key=lambda pitch: pitch["effect"])["rank"] == 1


def test_the_command_prints_a_table():
    code, out, err = command(DATA / "shroutfleiss.csv")
    assert (code, err) == (0, "")
    assert out.startswith("Every judge scored every pitch")
    assert [line.split()[2] for line in out.splitlines()[4:10]] == ["S5", "S3", "S1", "S6", "S4", "S2"]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_refuses_a_bad_row_with_line_and_reason(options, tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text("item,rater,y\nA,x,1\nA,y,NA\n")
    assert command(file, *options) == (2, "", f'{file}, line 3: The y "NA" is not a number.\n')
