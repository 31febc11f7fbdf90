"""The life cycle of a pitch, every state against every action."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pitchfest.challenges.rules import BEFORE_RELEASE, RELEASED, ChallengeState
from pitchfest.kernel.errors import Conflict, RuleViolation
from pitchfest.pitches.rules.states import (
    PITCH,
    Ask,
    Find,
    PitchState,
    Send,
    Withdraw,
    effective_state,
    supplier_label,
    takes_pitches,
)

S = PitchState
CLOSES = datetime(2026, 12, 11, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)
#: Facts with which each guarded action may happen.
FACTS = {
    "submit": Send(),
    "withdraw": Withdraw(ChallengeState.OPEN),
    "ask": Ask(ChallengeState.ELIGIBILITY),
    "find_eligible": Find("Meets every rule.", ChallengeState.ELIGIBILITY),
    "find_ineligible": Find("It is not a legal entity", ChallengeState.ELIGIBILITY),
}
STEPS = {
    ("submit", S.DRAFT): S.SUBMITTED,
    ("submit", S.SUBMITTED): S.SUBMITTED,
    ("withdraw", S.DRAFT): S.WITHDRAWN,
    ("withdraw", S.SUBMITTED): S.WITHDRAWN,
    ("withdraw", S.SEALED): S.WITHDRAWN,
    ("withdraw", S.OPENED): S.WITHDRAWN,
    ("withdraw", S.ELIGIBLE): S.WITHDRAWN,
    ("withdraw", S.INELIGIBLE): S.WITHDRAWN,
    ("lapse", S.DRAFT): S.LAPSED,
    ("seal", S.SUBMITTED): S.SEALED,
    ("unlapse", S.LAPSED): S.DRAFT,
    ("unseal", S.SEALED): S.SUBMITTED,
    ("open", S.SEALED): S.OPENED,
    ("ask", S.OPENED): S.OPENED,
    ("ask", S.ELIGIBLE): S.OPENED,
    ("ask", S.INELIGIBLE): S.OPENED,
    ("find_eligible", S.OPENED): S.ELIGIBLE,
    ("find_eligible", S.ELIGIBLE): S.ELIGIBLE,
    ("find_eligible", S.INELIGIBLE): S.ELIGIBLE,
    ("find_ineligible", S.OPENED): S.INELIGIBLE,
    ("find_ineligible", S.ELIGIBLE): S.INELIGIBLE,
    ("find_ineligible", S.INELIGIBLE): S.INELIGIBLE,
    ("record_won", S.ELIGIBLE): S.WON,
    ("record_reserve", S.ELIGIBLE): S.RESERVE,
    ("record_unsuccessful", S.ELIGIBLE): S.UNSUCCESSFUL,
}
ACTIONS = sorted({action for action, _ in STEPS})


def test_the_table_holds_these_actions_and_no_others():
    assert sorted({t.action for t in PITCH.transitions}) == ACTIONS


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("action", ACTIONS)
def test_each_state_against_each_action(state, action):
    if (action, state) in STEPS:
        assert PITCH.fire(state, action, FACTS.get(action)).target == STEPS[action, state]
    else:
        with pytest.raises(Conflict):
            PITCH.fire(state, action, FACTS.get(action))


def test_sending_names_all_that_is_missing():
    with pytest.raises(RuleViolation) as refusal:
        PITCH.fire(S.DRAFT, "submit", Send(("One thing.", "Another.")))
    assert [p.message for p in refusal.value.problems] == ["One thing.", "Another."]


@pytest.mark.parametrize("challenge", list(ChallengeState))
def test_withdrawing_is_possible_until_the_letters_are_out(challenge):
    if challenge in BEFORE_RELEASE:
        assert PITCH.fire(S.ELIGIBLE, "withdraw", Withdraw(challenge)).target == S.WITHDRAWN
    else:
        with pytest.raises(RuleViolation):
            PITCH.fire(S.ELIGIBLE, "withdraw", Withdraw(challenge))


@pytest.mark.parametrize(
    ("reason", "allowed"), [("", False), ("Not a legal entity", False), ("It is not a company", True)]
)
def test_a_pitch_is_kept_out_only_with_a_reason_of_five_words(reason, allowed):
    facts = Find(reason, ChallengeState.ELIGIBILITY)
    if allowed:
        assert PITCH.fire(S.OPENED, "find_ineligible", facts).target == S.INELIGIBLE
    else:
        with pytest.raises(RuleViolation):
            PITCH.fire(S.OPENED, "find_ineligible", facts)


@pytest.mark.parametrize(
    ("action", "by_two", "allowed"),
    [
        ("find_eligible", True, True),
        ("find_eligible", False, False),
        ("find_ineligible", True, False),
        ("find_ineligible", False, False),
    ],
)
def test_once_judging_began_only_two_people_may_let_a_pitch_in(action, by_two, allowed):
    facts = Find("It meets every rule after all.", ChallengeState.JUDGING, by_two)
    if allowed:
        assert PITCH.fire(S.INELIGIBLE, action, facts).target == S.ELIGIBLE
    else:
        with pytest.raises(RuleViolation):
            PITCH.fire(S.INELIGIBLE, action, facts)


@pytest.mark.parametrize("action", ["find_eligible", "find_ineligible"])
@pytest.mark.parametrize("by_two", [True, False])
def test_nobody_decides_while_the_supplier_may_still_answer(action, by_two):
    facts = Find("It meets every rule after all.", ChallengeState.ELIGIBILITY, by_two, answer_until=CLOSES)
    with pytest.raises(RuleViolation, match="has until 11am on Friday"):
        PITCH.fire(S.OPENED, action, facts)


def test_nothing_is_asked_once_judging_began():
    with pytest.raises(RuleViolation, match="Judging has started"):
        PITCH.fire(S.ELIGIBLE, "ask", Ask(ChallengeState.JUDGING))


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize(("moment", "closed"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_at_closing_what_was_sent_is_sealed_and_what_was_not_has_lapsed(state, moment, closed):
    expected = {S.DRAFT: S.LAPSED, S.SUBMITTED: S.SEALED}.get(state, state) if closed else state
    assert effective_state(state, CLOSES, CLOSES + moment) == expected


@pytest.mark.parametrize(
    ("state", "at", "counts"),
    [
        (ChallengeState.OPEN, CLOSES - SECOND, True),
        (ChallengeState.OPEN, CLOSES, False),
        (ChallengeState.CLOSED, CLOSES - SECOND, True),
        (ChallengeState.OPEN, CLOSES - timedelta(days=30), True),
        (ChallengeState.OPEN, CLOSES - timedelta(days=30, seconds=1), False),
        (ChallengeState.ELIGIBILITY, CLOSES - SECOND, False),
        (ChallengeState.DRAFT, CLOSES - SECOND, False),
    ],
    ids=[
        "just in time",
        "on the second",
        "waited for its turn",
        "first second",
        "too early",
        "opened",
        "draft",
    ],
)
def test_a_write_counts_by_the_time_it_arrived(state, at, counts):
    assert takes_pitches(state, CLOSES - timedelta(days=30), CLOSES, at) is counts


@pytest.mark.parametrize("challenge", sorted(BEFORE_RELEASE - {ChallengeState.OPEN, ChallengeState.CLOSED}))
@pytest.mark.parametrize("state", [S.OPENED, S.ELIGIBLE, S.INELIGIBLE, S.WON, S.UNSUCCESSFUL])
def test_no_supplier_reads_a_finding_before_the_letters(state, challenge):
    said = "Being checked" if challenge == ChallengeState.ELIGIBILITY else "Being judged"
    assert supplier_label(state, challenge) == (said, "purple")


def test_after_the_letters_the_supplier_reads_the_outcome():
    assert {supplier_label(S.WON, state)[0] for state in RELEASED} == {"Won"}
