import subprocess
import sys
from collections import Counter
from itertools import combinations, product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.rules.assignment import Assignment, Unmet, assign, default_per_pitch

JUDGES = ("ann", "bob", "cat", "dev", "eve")
PITCHES = ("P1", "P2", "P3", "P4", "P5", "P6")
every_pair = st.sampled_from([(judge, pitch) for judge in JUDGES for pitch in PITCHES])


def loads(result, judges=JUDGES):
    counted = Counter(judge for judge, _ in result.pairs)
    return [counted[judge] for judge in judges]


def readers(result, pitch):
    return sorted(judge for judge, read in result.pairs if read == pitch)


def unevenness(values):
    return sum(value * value for value in values)


def best_by_trying_everything(pitches, judges, forbidden, per_pitch, kept):
    """The smallest unevenness over every way to hand the pitches out: all reachable loads, pitch by pitch."""
    reachable = {(0,) * len(judges)}
    for pitch in pitches:
        able = [judge for judge in judges if (judge, pitch) not in forbidden]
        held = {judge for judge in able if (judge, pitch) in kept}
        size = max(len(held), min(per_pitch, len(able)))
        reachable = {
            tuple(load + (judge in chosen) for judge, load in zip(judges, before, strict=True))
            for chosen in combinations(able, size)
            if held <= set(chosen)
            for before in reachable
        }
    return min(unevenness(after) for after in reachable)


def small_round(seed):
    """A cramped round: many conflicts and kept pairs, so that a careless choice early cannot be undone."""
    random = Random(seed)
    pitches, judges = PITCHES[: random.randint(1, 6)], JUDGES[: random.randint(1, 5)]
    conflicts, kept = random.choice([0, 0.3, 0.5]), random.choice([0, 0, 0.15])
    pairs = list(product(judges, pitches))
    forbidden = {pair for pair in pairs if random.random() < conflicts}
    return pitches, judges, forbidden, random.randint(1, 3), {p for p in pairs if random.random() < kept}


def test_no_other_assignment_is_more_even():
    for seed in range(1500):
        pitches, judges, forbidden, per_pitch, existing = small_round(seed)
        result = assign(pitches, judges, forbidden, per_pitch, existing)
        best = best_by_trying_everything(pitches, judges, forbidden, per_pitch, existing)
        assert unevenness(loads(result, judges)) == best, seed


def test_every_run_of_the_program_gives_the_same_answer():
    """Python shuffles sets of text differently in each process; that must not reach the panel."""
    script = (
        "from tests.judging.rules.test_assignment import assign, small_round\n"
        "for seed in range(3000):\n"
        "    print(sorted(assign(*small_round(seed)).pairs))\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1


@given(
    st.one_of(st.none(), st.integers(1, 6)),
    st.frozensets(every_pair),
    st.frozensets(every_pair),
)
def test_what_always_holds(per_pitch, forbidden, existing):
    result = assign(PITCHES, JUDGES, forbidden, per_pitch, existing)
    assert not result.pairs & forbidden
    assert existing - forbidden <= result.pairs
    lacking = {unmet.pitch: unmet.missing for unmet in result.unmet}
    for pitch in PITCHES:
        able = sum((judge, pitch) not in forbidden for judge in JUDGES)
        kept = sum(read == pitch for _, read in existing - forbidden)
        asked = len(JUDGES) if per_pitch is None else per_pitch
        assert len(readers(result, pitch)) == max(kept, min(asked, able))
        assert lacking.get(pitch, 0) == max(0, (1 if per_pitch is None else per_pitch) - able)


@given(
    st.randoms(use_true_random=False),
    st.frozensets(every_pair, max_size=12),
    st.frozensets(every_pair, max_size=4),
)
def test_the_order_given_changes_nothing(random, forbidden, existing):
    pitches, judges = list(PITCHES), list(JUDGES)
    random.shuffle(pitches)
    random.shuffle(judges)
    again = assign(pitches, judges, sorted(forbidden, reverse=True), 3, sorted(existing))
    assert again == assign(PITCHES, JUDGES, forbidden, 3, existing)


@given(st.integers(0, 40), st.integers(1, 9), st.integers(1, 9))
def test_without_conflicts_loads_differ_by_one_at_most(n_pitches, n_judges, per_pitch):
    judges = [f"judge {n}" for n in range(n_judges)]
    result = assign([f"PF-{n}" for n in range(n_pitches)], judges, per_pitch=per_pitch)
    assert max(loads(result, judges)) - min(loads(result, judges)) <= 1


def test_a_big_round_with_conflicts_is_even_and_complete():
    random = Random(7)
    judges, pitches = [f"judge {n:02}" for n in range(25)], [f"PF-{n:03}" for n in range(300)]
    forbidden = {(judge, pitch) for judge in judges for pitch in pitches if random.random() < 0.05}
    result = assign(pitches, judges, forbidden, 3)
    assert loads(result, judges) == [36] * 25
    assert result.unmet == ()
    assert not result.pairs & forbidden


def test_everybody_reads_everything_but_their_conflicts():
    result = assign(["P1", "P2"], ["ann", "bob"], {("ann", "P2")}, None)
    assert result == Assignment(frozenset({("ann", "P1"), ("bob", "P1"), ("bob", "P2")}), ())


def test_the_same_three_do_not_sit_together_on_every_pitch():
    result = assign([f"PF-{n}" for n in range(20)], ["a", "b", "c", "d", "e", "f"], per_pitch=3)
    tables = {tuple(readers(result, f"PF-{n}")) for n in range(20)}
    assert len(tables) > 5


def test_a_judge_who_comes_late_takes_the_new_pitches_first():
    first = assign(["P1", "P2", "P3"], ["ann", "bob"], per_pitch=1)
    later = assign(PITCHES, ["ann", "bob", "cat"], per_pitch=1, existing=first.pairs)
    assert first.pairs <= later.pairs
    assert loads(later, ("ann", "bob", "cat")) == [2, 2, 2]


def test_kept_pairs_go_when_the_judge_or_the_pitch_has_gone():
    existing = {("ann", "P1"), ("zed", "P1"), ("ann", "P9")}
    assert assign(["P1"], ["ann", "bob"], (), 1, existing).pairs == {("ann", "P1")}


@pytest.mark.parametrize(
    ("judges", "forbidden", "per_pitch", "unmet"),
    [
        ((), (), None, Unmet("P1", 1, "Has 0 of 1 judge: there is nobody on the panel.")),
        ((), (), 3, Unmet("P1", 3, "Has 0 of 3 judges: there is nobody on the panel.")),
        (("ann",), (), 3, Unmet("P1", 2, "Has 1 of 3 judges: there is only 1 on the panel.")),
        (("ann", "bob"), (), 3, Unmet("P1", 1, "Has 2 of 3 judges: there are only 2 on the panel.")),
        (
            ("ann", "bob", "cat", "dev"),
            {("ann", "P1"), ("bob", "P1")},
            3,
            Unmet("P1", 1, "Has 2 of 3 judges: 2 of the 4 on the panel cannot read it."),
        ),
        (
            ("ann",),
            {("ann", "P1")},
            None,
            Unmet("P1", 1, "Has 0 of 1 judge: 1 of the 1 on the panel cannot read it."),
        ),
    ],
)
def test_a_pitch_that_lacks_readers_says_why(judges, forbidden, per_pitch, unmet):
    assert assign(["P1"], judges, forbidden, per_pitch).unmet == (unmet,)


def test_no_pitches_need_no_judges():
    assert assign([], JUDGES, per_pitch=3) == Assignment(frozenset(), ())


@pytest.mark.parametrize("per_pitch", [0, -1])
def test_asking_for_no_judges_is_refused(per_pitch):
    with pytest.raises(ValueError, match="at least one judge"):
        assign(PITCHES, JUDGES, per_pitch=per_pitch)


def test_all_read_everything_up_to_eight_pitches_and_three_read_each_above():
    assert [default_per_pitch(n, 5) for n in (0, 1, 8, 9, 300)] == [None, None, None, 3, 3]
    assert [default_per_pitch(20, n) for n in (0, 1, 2, 3, 4)] == [None, None, None, 3, 3]
