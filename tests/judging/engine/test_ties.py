import hashlib
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.rules.scoring import Criterion, Kind
from pitchfest.judging.rules.ties import Contender, Place, Step, break_ties, lot, published_order, seed_sha256

SEED = bytes(range(32))
ORDER = ("quality", "value")


def receipt(reference):
    return hashlib.sha256(reference.encode()).hexdigest()


def contender(reference, total, quality=3, value=3):
    marks = {"quality": Fraction(quality), "value": Fraction(value)}
    return Contender(reference, Fraction(total), marks, receipt(reference))


def hmac_by_its_definition(key, message):
    """RFC 2104, section 2, for a key no longer than a block of 64 bytes."""
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    return hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).hexdigest()


def test_each_step_decides_what_the_one_before_leaves():
    found = break_ties(
        [
            contender("E", 70, quality=3, value=4),
            contender("A", 80, quality=1),
            contender("D", 70, quality=3, value=4),
            contender("B", 70, quality=4, value=1),
            contender("C", 70, quality=3, value=5),
        ],
        ORDER,
        SEED,
    )
    last = sorted("DE", key=lambda reference: lot(SEED, receipt(reference)))
    assert found == [
        Place(1, "A"),
        Place(2, "B"),
        Place(3, "C", Step.CRITERION, "quality"),
        Place(4, last[0], Step.CRITERION, "value"),
        Place(5, last[1], Step.LOT),
    ]


def test_the_chair_decides_only_where_all_that_tie_were_put_in_order():
    tied = [contender("A", 50), contender("B", 50), contender("C", 50)]
    assert break_ties(tied, ORDER, SEED, casting=["C", "A", "B"]) == [
        Place(1, "C"),
        Place(2, "A", Step.CASTING),
        Place(3, "B", Step.CASTING),
    ]
    assert break_ties(tied, ORDER, SEED, casting=["C", "A"]) == break_ties(tied, ORDER, SEED)


def test_the_lot_can_be_drawn_again_by_anyone():
    assert lot(SEED, receipt("A")) == hmac_by_its_definition(SEED, receipt("A").encode())
    assert seed_sha256(SEED) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"


def test_another_seed_draws_another_order():
    tied = [contender(f"P{n}", 50) for n in range(8)]
    orders = {tuple(place.reference for place in break_ties(tied, ORDER, bytes([n]) * 32)) for n in range(20)}
    assert len(orders) > 15


@given(
    st.randoms(use_true_random=False), st.lists(st.tuples(st.integers(1, 2), st.integers(1, 2)), max_size=7)
)
def test_the_order_given_changes_nothing_and_everyone_has_a_place(random, figures):
    every = [contender(f"P{n}", total, quality) for n, (total, quality) in enumerate(figures)]
    first = break_ties(every, ORDER, SEED)
    random.shuffle(every)
    assert break_ties(every, ORDER, SEED) == first
    assert [place.place for place in first] == list(range(1, len(every) + 1))
    totals = {each.reference: each.total for each in every}
    for above, below in pairwise(first):
        assert totals[above.reference] >= totals[below.reference]
        assert (below.step is None) == (totals[above.reference] > totals[below.reference])


def test_criteria_go_by_weight_and_then_as_published():
    criteria = [
        Criterion("a", 20),
        Criterion("b", 30),
        Criterion("price", 30, kind=Kind.PRICE),
        Criterion("c", 20),
    ]
    assert published_order(criteria) == ("b", "price", "a", "c")


def test_what_makes_no_lot_is_refused():
    with pytest.raises(ValueError, match="256 bits"):
        break_ties([], ORDER, b"short")
    same = [contender("A", 1), contender("A", 2)]
    with pytest.raises(ValueError, match="its own"):
        break_ties(same, ORDER, SEED)
    with pytest.raises(ValueError, match="its own"):
        break_ties([contender("A", 1), Contender("B", Fraction(1), {}, receipt("A"))], ORDER, SEED)
