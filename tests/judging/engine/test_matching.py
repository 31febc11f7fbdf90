import json
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchfest.judging.rules.linking import contrast_variance
from pitchfest.judging.rules.matching import LARGEST_GAIN, Panel, match
from pitchfest.judging.rules.matching_file import read

DATA = Path(__file__).parents[2] / "data"
REFERENCES = ["assignment-40x8", "assignment-300x25"]


def panel(gain, per_pitch, **options):
    gain = np.array(gain, dtype=np.int64)
    pitches = tuple(f"P{at}" for at in range(gain.shape[0]))
    judges = tuple(f"J{at}" for at in range(gain.shape[1]))
    return Panel(pitches, judges, gain, dict.fromkeys(pitches, per_pitch), **options)


def cramped(seed, *, levels=60, conflicts=(0, 0.2, 0.4)):
    """A small round with conflicts and limits, so that a careless choice early cannot be undone."""
    random = Random(seed)
    n_pitches, n_judges = random.randint(2, 4), random.randint(2, 4)
    share = random.choice(conflicts)
    made = panel(
        [[random.randint(0, levels) for _ in range(n_judges)] for _ in range(n_pitches)],
        random.randint(1, 2),
        forbidden=frozenset(
            (f"J{j}", f"P{p}") for p in range(n_pitches) for j in range(n_judges) if random.random() < share
        ),
        limits={f"J{j}": random.randint(1, 4) for j in range(n_judges) if random.random() < share},
    )
    return replace(made, load=random.choice([None, None, (0, 3), (1, 2)]))


def every_choice(given, *, full=False):
    """Every way to assign each pitch as many judges as it should have, or fewer, within what is forbidden."""
    able = {
        pitch: [judge for judge in given.judges if (judge, pitch) not in given.forbidden]
        for pitch in given.pitches
    }
    limits = {judge: given.limits.get(judge, 99) for judge in given.judges}
    if given.load:
        limits = {judge: min(limit, given.load[1]) for judge, limit in limits.items()}
    ways = [
        [
            chosen
            for size in range(given.reviews[pitch] * full, given.reviews[pitch] + 1)
            for chosen in combinations(able[pitch], size)
        ]
        for pitch in given.pitches
    ]
    for way in product(*ways):
        pairs = frozenset(
            (judge, pitch) for pitch, chosen in zip(given.pitches, way, strict=True) for judge in chosen
        )
        if all(load <= limits[judge] for judge, load in loads(given, pairs).items()):
            yield pairs


def loads(given, pairs):
    return {judge: sum(reader == judge for reader, _ in pairs) for judge in given.judges}


def gains(given, pairs):
    at_pitch, at_judge = (
        {name: at for at, name in enumerate(names)} for names in (given.pitches, given.judges)
    )
    return [int(given.gain[at_pitch[pitch], at_judge[judge]]) for judge, pitch in pairs]


def shortest(given, pairs):
    return max(given.reviews[p] - sum(read == p for _, read in pairs) for p in given.pitches)


def pieces(pairs):
    groups: list[set[str]] = []
    for pair in pairs:
        joined = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in joined] + [set(pair).union(*joined)]
    return len(groups)


def admissible(given):
    """The choices that steps 1 to 3 leave, by trying everything."""
    choices = list(every_choice(given))
    most = max(map(len, choices))
    choices = [pairs for pairs in choices if len(pairs) == most]
    least_short = min(shortest(given, pairs) for pairs in choices)
    choices = [pairs for pairs in choices if shortest(given, pairs) == least_short]
    caps = {
        judge: min(
            given.limits.get(judge, 99), sum((judge, pitch) not in given.forbidden for pitch in given.pitches)
        )
        for judge in given.judges
    }
    heaviest = given.load[1] if given.load else min(max(loads(given, pairs).values()) for pairs in choices)
    choices = [pairs for pairs in choices if max(loads(given, pairs).values()) <= heaviest]

    def level(pairs):
        held = loads(given, pairs)
        wanted = given.load[0] if given.load else heaviest
        return max(t for t in range(wanted + 1) if all(held[j] >= min(t, cap) for j, cap in caps.items()))

    lightest = max(map(level, choices))
    return [pairs for pairs in choices if level(pairs) == lightest]


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("best_floor", [True, False])
def test_the_proven_optimum_and_floor(name, best_floor):
    given = read((DATA / f"{name}.json").read_text()).panel
    reference = json.loads((DATA / f"{name}.reference.json").read_text())
    found = match(given, best_floor=best_floor, one_piece=best_floor)
    if best_floor:
        assert (found.total, found.floor) == (
            reference["optimum_total_above_floor"],
            reference["bottleneck_floor"],
        )
    else:
        assert found.total == reference["optimum_total"]
    assert given.load
    assert given.load[0] <= min(found.loads.values()) <= max(found.loads.values()) <= given.load[1]
    assert not found.pairs & given.forbidden
    assert shortest(given, found.pairs) == 0
    assert len(found.pairs) == sum(given.reviews.values())
    assert (found.components, found.unmet, found.notes) == (1, (), ())


@pytest.mark.parametrize("best_floor", [True, False])
def test_nothing_better_is_found_by_trying_everything(best_floor):
    for seed in range(80):
        given = cramped(seed)
        found = match(given, best_floor=best_floor, one_piece=False)
        choices = admissible(given)
        assert found.pairs in choices, seed
        # Which of equally short pitches goes short is settled before gains count.
        same = [
            pairs for pairs in choices if sorted(p for _, p in pairs) == sorted(p for _, p in found.pairs)
        ]
        if best_floor and found.pairs:
            assert found.floor == max(min(gains(given, pairs)) for pairs in same), seed
            same = [pairs for pairs in same if min(gains(given, pairs)) == found.floor]
        assert found.total == max(sum(gains(given, pairs)) for pairs in same), seed


def two_subjects(seed):
    """Five pitches and four judges of two subjects, with so many conflicts that few exchanges are left."""
    random = Random(seed)
    share = random.choice([0.1, 0.25, 0.4])
    across = [(p, j) for p in range(5) for j in range(4) if p % 2 != j % 2]
    return panel(
        [[random.randint(0, 3) + 6 * (p % 2 == j % 2) for j in range(4)] for p in range(5)],
        2,
        forbidden=frozenset((f"J{j}", f"P{p}") for p, j in across if random.random() < share),
        load=random.choice([(2, 3), None]),
    )


def test_one_piece_wherever_there_is_one():
    # The last few leave no exchange: four can be joined all the same, one cannot be at all.
    for seed in (*range(40), 131, 195, 252, 268, 751):
        given = two_subjects(seed)
        found = match(given)
        assert not found.pairs & given.forbidden
        assert shortest(given, found.pairs) == 0
        assert sorted(found.loads.values()) == [2, 2, 3, 3]
        assert found.components == pieces(found.pairs)
        if found.components > 1:
            assert found.notes[0].startswith("Pitches and judges are in 2 pieces and cannot be joined: ")
            choices = (
                c for c in every_choice(given, full=True) if sorted(loads(given, c).values()) == [2, 2, 3, 3]
            )
            assert 1 not in map(pieces, choices), seed


def islands(n_pitches, n_judges, per_pitch, seed=1, conflicts=0.03, **options):
    """Three subjects: a judge is good for a third of the pitches, and poor for the others."""
    chance = np.random.default_rng(seed)
    home = chance.permutation(n_pitches)[:, None] % 3 == chance.permutation(n_judges) % 3
    gain = np.where(home, chance.integers(500, 1000, home.shape), chance.integers(50, 300, home.shape))
    forbidden = frozenset((f"J{j}", f"P{p}") for p, j in np.argwhere(chance.random(home.shape) < conflicts))
    return panel(gain, per_pitch, forbidden=forbidden, **options)


def test_islands_are_joined_by_a_tenth_of_the_reviews():
    given = islands(90, 12, 3)
    apart, found = match(given, one_piece=False), match(given)
    assert (apart.components, found.components) == (3, 1)
    assert apart.contrast_variance is None
    assert sorted(apart.loads.values()) == sorted(found.loads.values())
    crossing = [gain for gain in gains(given, found.pairs) if gain < 300]
    assert 27 <= len(crossing) <= 28
    assert not found.pairs & given.forbidden
    assert shortest(given, found.pairs) == 0
    assert len(found.pairs) == 270
    assert found.total > 0.94 * apart.total
    # A design that knows nothing of subjects compares judges hardly better.
    random = match(replace(given, gain=np.zeros_like(given.gain)))
    assert found.contrast_variance is not None
    assert random.contrast_variance is not None
    assert found.contrast_variance < 1.5 * random.contrast_variance
    (note,) = found.notes
    assert note.startswith("The best match was in 3 pieces. 27 of 270 reviews now join them, for ")
    assert note.endswith(f"The worst match fell from {apart.floor} to {found.floor}.")


def test_the_floor_is_kept_where_pieces_can_be_joined_above_it():
    gain = [[9, 9, 8, 8], [9, 9, 8, 8], [9, 9, 8, 8], [8, 8, 9, 9], [8, 8, 9, 9], [8, 1, 9, 9], [9, 9, 1, 8]]
    found = match(panel(gain, 2))
    assert found.components == 1
    assert found.floor == 8


def test_a_dearer_exchange_above_the_floor_goes_before_a_cheaper_one_below():
    gain = np.zeros((5, 4))
    gain[:2, :2] = gain[2:4, 2:] = 9
    gain[4, :2] = 6
    gain[0, 2] = gain[2, 0] = 6
    gain[1, 3], gain[3, 1] = 8, 5
    given = panel(gain, 2, fixed=frozenset({("J3", "P2")}))
    found = match(given)
    assert (found.floor, found.components) == (6, 1)
    assert {("J2", "P0"), ("J0", "P2")} <= found.pairs
    assert found.total == match(given, one_piece=False).total - 6


def test_an_exchange_never_takes_the_only_tie_on_both_sides():
    gain = np.zeros((7, 4))
    for pitch, judges in enumerate([(0, 1), (0,), (1,), (2, 3), (2, 3), (2, 3), (2,)]):
        gain[pitch, list(judges)] = 9
    gain[1, 2] = gain[6, 0] = 8  # Two reviews that each hold a pitch to its piece: the cheapest exchange.
    given = panel(gain, 2, load=(2, 4))
    given = replace(given, reviews={**given.reviews, "P1": 1, "P2": 1, "P6": 1})
    assert match(given, one_piece=False).components == 2
    assert match(given).components == 1


@pytest.mark.parametrize("seed", [81, 289])
def test_an_exchange_needs_both_ways_open(seed):
    given = cramped(seed, levels=9, conflicts=(0.1, 0.3))
    assert match(given).pairs in admissible(given)


def test_pieces_that_cannot_be_joined_are_said():
    apart = frozenset({("J0", "P2"), ("J0", "P3"), ("J1", "P2"), ("J1", "P3")})
    apart |= {(f"J{j}", f"P{p}") for j in (2, 3) for p in (0, 1)}
    found = match(panel(np.ones((4, 4)), 2, forbidden=apart))
    assert found.components == 2
    (note,) = found.notes
    assert note == (
        "Pitches and judges are in 2 pieces and cannot be joined: "
        "scores of different pieces cannot be calibrated against each other."
    )
    unused = replace(panel(np.ones((3, 4)), 2, forbidden=apart | {("J3", "P2")}), limits={"J3": 0})
    assert match(unused).notes[0].startswith("Pitches and judges are in 2 pieces and cannot be joined")
    assert match(panel(np.ones((4, 4)), 1)).notes == (
        "4 reviews are too few to join all pitches and judges.",
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False), st.booleans())
def test_the_order_given_changes_nothing(seed, random, best_floor):
    given = cramped(seed, levels=3)
    rows, columns = list(range(len(given.pitches))), list(range(len(given.judges)))
    random.shuffle(rows)
    random.shuffle(columns)
    shuffled = replace(
        given,
        pitches=tuple(given.pitches[at] for at in rows),
        judges=tuple(given.judges[at] for at in columns),
        gain=given.gain[np.ix_(rows, columns)],
        reviews=dict(reversed(given.reviews.items())),
    )
    assert match(shuffled, best_floor=best_floor) == match(given, best_floor=best_floor)


@given(st.integers(0, 10_000), st.integers(-500, 500))
@settings(max_examples=25, deadline=None)
def test_a_constant_more_for_every_pair_changes_nothing_but_the_figures(seed, more):
    given = cramped(seed)
    found, again = match(given), match(replace(given, gain=given.gain + more))
    assert again.pairs == found.pairs
    assert again.total == found.total + more * len(found.pairs)


def test_another_seed_draws_among_equals_and_never_below():
    given = islands(30, 6, 3, load=(15, 15))
    given = replace(given, gain=given.gain // 250)
    answers = [match(given, seed=seed) for seed in range(5)]
    assert len({answer.total for answer in answers}) == 1
    assert len({answer.pairs for answer in answers}) > 1
    assert match(given, seed=3) == answers[3]


def test_fixed_pairs_stay_and_count_but_not_across_a_conflict():
    gain = [[1, 5, 5], [1, 5, 5], [1, 5, 5]]
    fixed = frozenset({("J0", "P0"), ("J0", "P1"), ("J9", "P0"), ("J1", "P2")})
    found = match(panel(gain, 1, fixed=fixed, forbidden=frozenset({("J1", "P2")})))
    assert found.pairs == {("J0", "P0"), ("J0", "P1"), ("J2", "P2")}
    assert (found.total, found.floor) == (7, 5)
    assert (
        match(panel(gain, 1, fixed=frozenset({("J0", "P0"), ("J1", "P0"), ("J0", "P1"), ("J2", "P2")}))).floor
        is None
    )


def test_a_run_again_changes_as_little_as_possible():
    given = panel(np.random.default_rng(1).integers(0, 9, (20, 5)), 2)
    first = match(given)
    again = replace(given, previous=first.pairs)
    assert match(again, seed=7).pairs == first.pairs
    # A judge declares a conflict with two pitches: two reviews go to others, and loads stay even.
    late = frozenset(sorted(pair for pair in first.pairs if pair[0] == "J0")[:2])
    after = match(replace(again, forbidden=late))
    assert not after.pairs & late
    assert set(after.loads.values()) == {8}
    assert len(first.pairs - after.pairs) <= 4
    # A judge leaves: what the others read stays theirs.
    left = replace(again, judges=given.judges[:-1], gain=given.gain[:, :-1])
    stays = {pair for pair in first.pairs if pair[0] != "J4"}
    assert match(left).pairs >= stays


def test_of_equally_many_previous_pairs_those_of_more_gain_stay():
    gain = [[2, 9], [7, 9], [4, 9]]
    previous = frozenset(("J0", f"P{p}") for p in range(3))
    assert ("J0", "P1") in match(panel(gain, 1, load=(1, 2), limits={"J0": 1}, previous=previous)).pairs


def test_as_many_previous_pairs_stay_as_trying_everything_finds():
    for seed in range(60):
        given = cramped(seed)
        random = Random(seed)
        given = replace(
            given,
            previous=frozenset(
                (random.choice(given.judges), p) for p in given.pitches if random.random() < 0.8
            ),
        )
        found = match(given, one_piece=False)
        same = sorted(pitch for _, pitch in found.pairs)
        choices = [c for c in admissible(given) if sorted(p for _, p in c) == same]
        assert len(found.pairs & given.previous) == max(len(c & given.previous) for c in choices), seed


def test_a_limit_is_kept_and_the_others_share_the_rest():
    found = match(panel(np.full((20, 4), 5), 2, limits={"J1": 2}))
    assert found.loads["J1"] == 2
    assert sorted(found.loads.values()) == [2, 12, 13, 13]


def test_loads_that_cannot_be_as_asked_are_as_near_as_can_be_and_said():
    found = match(panel(np.ones((9, 3)), 1, load=(3, 3), limits={"J0": 1}, fixed=frozenset({("J1", "P0")})))
    assert found.loads == {"J0": 1, "J1": 3, "J2": 3}
    assert sum(unmet.missing for unmet in found.unmet) == 2
    assert found.notes[-1] == (
        "1 of 3 judges have fewer than 3 pitches: conflicts, limits or too few reviews leave no more."
    )
    fixed = frozenset(("J1", f"P{p}") for p in range(4))
    over = match(panel(np.ones((9, 3)), 1, load=(2, 3), fixed=fixed))
    assert sorted(over.loads.values()) == [2, 3, 4]
    assert over.notes[-1] == "1 of 3 judges have more than 3 pitches, because pairs are fixed."


def test_without_bounds_loads_differ_by_one_at_most():
    for n_pitches, n_judges, per_pitch in product((1, 5, 11), (1, 3, 7), (1, 2, 3)):
        found = match(panel(np.arange(n_pitches * n_judges).reshape(n_pitches, n_judges), per_pitch))
        assert max(found.loads.values()) - min(found.loads.values()) <= 1
        lacking = max(per_pitch - n_judges, 0)
        assert [unmet.missing for unmet in found.unmet] == [lacking] * n_pitches * bool(lacking)


def test_a_pitch_that_lacks_judges_says_why():
    banned = frozenset({("J0", "P0"), ("J1", "P0")})
    (unmet,) = match(panel(np.ones((2, 4)), 3, forbidden=banned)).unmet
    assert (unmet.pitch, unmet.missing) == ("P0", 1)
    assert unmet.why == "Has 2 of 3 judges: only 2 of the 4 on the panel may read it."
    full = match(
        panel(
            np.ones((4, 3)),
            1,
            limits={"J0": 1, "J1": 1, "J2": 9},
            forbidden=frozenset(("J2", f"P{p}") for p in range(3)),
        )
    )
    (unmet,) = full.unmet
    assert unmet.missing == 1
    assert unmet.why == (
        "Has 0 of 1 judge: nobody who may read it has room left. "
        "Judges concerned: 2. Their room: 2. Pitches that share it: 3."
    )


@pytest.mark.parametrize(("judges", "all_of_them"), [(3, "all 3"), (1, "the only judge")])
def test_where_all_may_read_a_pitch_the_panel_is_too_small(judges, all_of_them):
    (unmet,) = match(panel(np.ones((1, judges)), 4)).unmet
    assert unmet.why == f"Has {judges} of 4 judges: {all_of_them} may read it, and 4 are wanted."


def test_the_shortage_is_shared():
    found = match(panel(np.ones((4, 3)), 3, limits={"J0": 2, "J1": 3, "J2": 4}))
    assert [unmet.missing for unmet in found.unmet] == [1, 1, 1]


def test_degenerate_rounds():
    nothing = match(panel(np.zeros((0, 3)), 2))
    assert (nothing.pairs, nothing.total, nothing.floor, nothing.components) == (frozenset(), 0, None, 0)
    assert nothing.loads == {"J0": 0, "J1": 0, "J2": 0}
    nobody = match(panel(np.zeros((2, 0)), 1))
    assert [unmet.why for unmet in nobody.unmet] == [
        "Has 0 of 1 judge: none of the 0 on the panel may read it."
    ] * 2
    alone = match(panel(np.ones((3, 1)), 1))
    assert (alone.components, alone.contrast_variance, alone.loads) == (1, None, {"J0": 3})


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"gain": np.zeros((3, 3), dtype=np.int64)}, "a row for each pitch"),
        ({"gain": np.full((2, 3), LARGEST_GAIN + 1)}, "at most 1000000 either way"),
        ({"pitches": ("P0", "P0")}, "named once"),
        ({"judges": ("J0", "J1", "J1")}, "named once"),
        ({"limits": {"J0": -1}}, "not below zero"),
        ({"load": (-1, 2)}, "not below zero"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, reason):
    with pytest.raises(ValueError, match=reason):
        match(replace(panel(np.zeros((2, 3)), 1), **wrong))


def test_the_variance_of_a_contrast_in_a_balanced_design():
    # Every pair of 3 judges shares 2 of 6 pitches with 2 readers each: L has the eigenvalue 2 · 3 / 2 twice.
    design = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]] * 2, dtype=np.bool_)
    assert contrast_variance(design) == pytest.approx(2 / 3)
