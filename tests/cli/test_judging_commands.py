"""The judging engine's commands as someone types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.cli.test_commands import run

DATA = Path(__file__).resolve().parents[1] / "data"
ASSIGNMENT = DATA / "assignment-40x8.json"
RATINGS = "item,rater,y\nA,x,1\nA,y,2\nB,x,3\nB,y,5\n"
PAIRS = "judge,a,b,result,count\n,B,A,1,3\n,A,B,1,1\n"


@pytest.mark.parametrize(
    ("floor", "total"), [("best", "optimum_total_above_floor"), ("none", "optimum_total")]
)
def test_assign_prints_the_proven_optimum_as_json(bare_app: Flask, floor: str, total: str) -> None:
    code, out, err = run(bare_app, "judging", "assign", str(ASSIGNMENT), "--floor", floor, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    reference = json.loads((DATA / "assignment-40x8.reference.json").read_text())
    assert list(found) == ["pairs", "total", "floor", "loads", "components", "unmet"]
    assert found["total"] == reference[total]
    assert (found["floor"] == reference["bottleneck_floor"]) == (floor == "best")
    assert set(found["loads"].values()) == {15}
    assert (len(found["pairs"]), found["components"], found["unmet"]) == (120, 1, [])


def test_assign_says_on_standard_error_what_it_did_not_use(bare_app: Flask, scratch: Path) -> None:
    file = scratch / "round.json"
    entry = {"reviews_per_pitch": 1, "pitches": ["P"], "judges": ["J"], "gain": [[4]], "conflicts": []}
    file.write_text(json.dumps({**entry, "conflict": []}))
    code, out, err = run(bare_app, "judging", "assign", str(file))
    assert (code, err) == (0, "Not used: conflict.\n")
    assert out == "P: J\nTotal gain 4, worst match 4, pieces 1\nPitches of each judge: J 1\n"


def test_reliability_prints_every_coefficient_and_null(bare_app: Flask, scratch: Path) -> None:
    file = scratch / "ratings.csv"
    file.write_text(RATINGS + "C,x,3\n")
    code, out, err = run(bare_app, "judging", "reliability", str(file), "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (len(found), found["icc1"], found["kendall_w"]) == (10, None, None)
    assert found["alpha_interval"] is not None
    file.write_text(RATINGS)
    lines = run(bare_app, "judging", "reliability", str(file))[1].splitlines()
    # MSB 6.25, MSE 0.25: (6.25 - 0.25) / (6.25 + 0.25).
    assert (len(lines), lines[2]) == (10, "icc3            0.9231")


def test_pairwise_prints_abilities(bare_app: Flask, scratch: Path) -> None:
    file = scratch / "pairs.csv"
    file.write_text(PAIRS)
    code, out, err = run(bare_app, "judging", "pairwise", str(file), "--prior", "none", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["reference"] == "A"
    assert json.loads(out)["abilities"][1]["ability"] == pytest.approx(1.0986122886681098)
    assert run(bare_app, "judging", "pairwise", str(file))[1].startswith("Item  Ability   s.e.\nB ")


@pytest.mark.parametrize(
    ("command", "text", "line"),
    [
        ("assign", '{"pitches":\n', 2),
        ("reliability", RATINGS + "B,y,5\n", 6),
        ("pairwise", PAIRS + ",C,D,1,1\n", 4),
    ],
)
def test_a_bad_file_gives_line_and_reason_and_no_result(
    bare_app: Flask, scratch: Path, command: str, text: str, line: int
) -> None:
    file = scratch / "file"
    file.write_text(text)
    options = ["--prior", "none"] if command == "pairwise" else []
    code, out, err = run(bare_app, "judging", command, str(file), "--json", *options)
    assert (code, out) == (2, "")
    assert err.startswith(f"{file}, line {line}: ")


def test_no_start_waits_for_numpy() -> None:
    script = (
        "import sys, pitchfest.app, pitchfest.cli.judging; print({'numpy', 'scipy'} & sys.modules.keys())"
    )
    root = Path(__file__).resolve().parents[2]
    out = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, check=True).stdout
    assert out == b"set()\n"
