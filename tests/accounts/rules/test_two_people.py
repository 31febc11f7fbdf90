"""Which two people may act together: the whole matrix."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from pitchfest.accounts.rules import ONLY_TWO_STAFF, ActKind, TwoPeople, two_person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAIR = TwoPeople(kind=ActKind.RELEASE_LETTERS, proposer_id=1, confirmer_id=2, now=NOW)


@pytest.mark.parametrize("kind", ActKind)
def test_two_people_without_ties_may_do_anything_together(kind):
    assert two_person(replace(PAIR, kind=kind)) == ([], ())


@pytest.mark.parametrize(("kind", "is_demo"), list(product(ActKind, (True, False))))
def test_nobody_is_the_second_person_of_their_own_proposal(kind, is_demo):
    problems, _ = two_person(replace(PAIR, kind=kind, confirmer_id=1, is_demo=is_demo, staff_count=1))
    assert problems


@pytest.mark.parametrize("kind", ActKind)
@pytest.mark.parametrize(
    ("days", "is_demo", "staff", "allowed", "noted"),
    [
        (6.9, False, 3, False, False),
        (7, False, 3, True, False),
        (0, True, 3, True, False),
        (0, False, 2, True, True),
        (7, False, 2, True, False),
    ],
)
def test_who_invited_the_other_waits_seven_days(kind, days, is_demo, staff, allowed, noted):
    facts = replace(PAIR, kind=kind, tied_at=NOW - timedelta(days=days), is_demo=is_demo, staff_count=staff)
    problems, exceptions = two_person(facts)
    assert (not problems) is allowed
    assert exceptions == ((ONLY_TWO_STAFF,) if noted else ())


@pytest.mark.parametrize(("kind", "who", "is_demo"), list(product(ActKind, (1, 2), (True, False))))
def test_ties_to_a_supplier_keep_people_from_opening_and_from_nothing_else(kind, who, is_demo):
    problems, _ = two_person(replace(PAIR, kind=kind, supplier_ties=frozenset({who}), is_demo=is_demo))
    assert bool(problems) is (kind is ActKind.OPEN_PITCHES)
