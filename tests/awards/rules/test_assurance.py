"""Separation in words, what is due at every stage, and counts that a person may not know."""

from dataclasses import replace

import pytest

from pitchfest.awards.rules.assurance import (
    NOT_DONE,
    STEPS,
    Holds,
    Left,
    Pair,
    People,
    approver_that_counts,
    due,
    nothing_due,
    rests_on_scores,
    say_step,
    separation,
)
from pitchfest.challenges.rules import EDITABLE, RELEASED, ChallengeState

S = ChallengeState
NAMES = {1: "Ann", 2: "Bo", 3: "Cy", 4: "Di"}
NOBODY = People(NAMES, authors=frozenset({1}))
DONE = People(
    NAMES,
    authors=frozenset({1}),
    approver_id=2,
    opened=Pair(1, 3),
    named_id=4,
    decider_id=4,
    released=Pair(4, 2),
)


def holds(people: People) -> list[Holds]:
    return [check.holds for check in separation(people)]


def test_nothing_holds_before_it_happened():
    assert holds(NOBODY) == [Holds.NOT_YET] * 4


def test_everything_holds_where_everyone_kept_apart():
    assert holds(DONE) == [Holds.YES] * 4
    assert "Di decided and was never on the panel." in [check.detail for check in separation(DONE)]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"authors": frozenset({1, 2})}, 0),
        ({"opened": Pair(1, 1)}, 1),
        ({"sat": True}, 2),
        ({"decider_id": None, "sat": True}, 2),
        ({"released": Pair(2, 4)}, 3),
    ],
)
def test_what_was_not_kept_apart_shows(change, place):
    found = holds(replace(DONE, **change))
    assert found[place] == Holds.NO
    assert [h for n, h in enumerate(found) if n != place] == [Holds.YES] * 3


def test_an_exception_is_no_breach_and_is_told():
    checks = separation(replace(DONE, opened=Pair(1, 3, ("Only two people work here.",))))
    assert checks[1].holds == Holds.EXCEPTION
    assert checks[1].detail == "Ann and Cy opened them. Only two people work here."


@pytest.mark.parametrize("state", list(S))
def test_an_approval_counts_while_what_was_approved_stands(state):
    stands = state not in EDITABLE | {S.IN_REVIEW, S.WITHDRAWN}
    assert approver_that_counts(state, [(2, True), (3, False)]) == (2 if stands else None)
    assert approver_that_counts(state, [(3, False), (2, True)]) is None
    assert approver_that_counts(state, []) is None


@pytest.mark.parametrize("state", [s for s in S if s not in RELEASED])
def test_whoever_may_know_no_counts_is_told_none(state):
    said = " ".join(item.what for item in due(state, Left()))
    assert state in (S.OPEN, S.CLOSED) or not any(letter.isdigit() for letter in said)


@pytest.mark.parametrize("state", sorted(RELEASED | {S.WITHDRAWN, S.CANCELLED}))
def test_nothing_is_due_at_the_end(state):
    assert due(state, Left()) == []
    assert nothing_due(state)


def test_judging_counts_what_is_open_and_says_whose_move_it_is():
    items = due(S.JUDGING, Left(undeclared=2, interests=0, cards=1, short=3))
    assert [(i.what.replace("\u00a0", " "), i.who) for i in items] == [
        ("2 declarations still to be made", "The judges"),
        ("1 scorecard still to be signed", "The judges"),
        ("3 pitches with too few signed scorecards", "The judges and the procurement lead"),
        ("Close scoring", "The procurement lead"),
    ]


@pytest.mark.parametrize("state", [S.CLOSED, S.DECIDED])
def test_a_proposal_waits_for_the_second_person(state):
    assert due(state, Left(sent=1))[-1].who.startswith("Two people")
    waits = due(state, Left(sent=1, proposed_by="Ann"))[-1]
    assert "as Ann proposes" in waits.what
    assert waits.who.startswith("A second person")


@pytest.mark.parametrize("action", STEPS)
@pytest.mark.parametrize("kind", ["open_pitches", "release_letters", "fewer_cards"])
def test_every_step_reads_as_a_sentence(action, kind):
    assert "{" not in say_step(action, kind)
    assert say_step(action, kind)[0].isupper()


def test_only_what_comes_after_the_scorecards_rests_on_them():
    assert {a for a in STEPS if rests_on_scores(a, "")} == {
        "challenge.hand_over",
        "challenge.close_scoring",
        "challenge.close_moderation",
        "awards.decide",
    }
    assert rests_on_scores("act.propose", "release_letters")
    assert not rests_on_scores("act.confirm", "open_pitches")


def test_what_is_not_done_is_said_once():
    assert len({title for title, _ in NOT_DONE}) == len(NOT_DONE)
