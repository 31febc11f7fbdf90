"""The life cycle: every state with every action, and every guard."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from pitchfest.challenges import rules
from pitchfest.challenges.rules import CHALLENGE, ChallengeState, effective_state, life_line
from pitchfest.kernel.errors import Conflict, RuleViolation

S = ChallengeState
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CLOSING = NOW + timedelta(hours=1)

# Written out by hand, so that the table cannot change without someone noticing.
STEPS = {
    ("draft", "send_for_approval"): "in_review",
    ("changes_wanted", "send_for_approval"): "in_review",
    ("in_review", "approve"): "approved",
    ("in_review", "ask_for_changes"): "changes_wanted",
    ("in_review", "pull_back"): "draft",
    ("approved", "pull_back"): "draft",
    ("draft", "withdraw"): "withdrawn",
    ("changes_wanted", "withdraw"): "withdrawn",
    ("scheduled", "pull_back"): "draft",
    ("approved", "publish"): "open",
    ("scheduled", "publish"): "open",
    ("approved", "schedule"): "scheduled",
    ("scheduled", "schedule"): "scheduled",
    ("scheduled", "publish_on_time"): "open",
    ("open", "extend"): "open",
    ("open", "correct"): "open",
    ("open", "cancel"): "cancelled",
    ("closed", "cancel"): "cancelled",
    ("open", "close"): "closed",
    ("closed", "reopen"): "open",
    ("closed", "open_pitches"): "eligibility",
    ("eligibility", "start_judging"): "judging",
    ("judging", "close_scoring"): "moderation",
    ("moderation", "close_moderation"): "recommended",
    ("recommended", "decide"): "decided",
    ("eligibility", "decide_none"): "decided",
    ("decided", "release"): "awarded",
    ("decided", "release_none"): "unsuccessful",
}
ACTIONS = sorted({action for _, action in STEPS})

#: For each action facts that let it happen, and facts that do not with a word of the refusal.
GOOD = {
    "send_for_approval": rules.SendForApproval(()),
    "approve": rules.Approve(reviewer_is_author=False),
    "ask_for_changes": rules.AskForChanges(reviewer_is_author=False, reason="Name the test areas."),
    "pull_back": None,
    "withdraw": None,
    "publish": rules.Publish(now=NOW, closes_at=CLOSING),
    "publish_on_time": rules.Publish(now=NOW, closes_at=CLOSING),
    "schedule": rules.Schedule(now=NOW, at=NOW + timedelta(minutes=30), closes_at=CLOSING),
    "extend": rules.Extend(CLOSING, CLOSING + timedelta(days=7), "The site was down for hours."),
    "correct": rules.Correct(
        (rules.Change("The problem", "a", "b", material=False),), CLOSING, None, "We counted them all again."
    ),
    "cancel": rules.Cancel("The budget was taken away yesterday.", lead_and_approver=True),
    "close": None,
    "reopen": rules.Reopen(
        NOW - timedelta(hours=1), NOW + timedelta(hours=2), "The site was down for hours.", "INC-1", NOW
    ),
    "open_pitches": rules.OpenPitches(now=NOW, closes_at=NOW - timedelta(minutes=2), first_id=1, second_id=2),
    "start_judging": rules.StartJudging(undecided=0, eligible=1),
    "close_scoring": rules.CloseScoring(waiting_cards=0),
    "close_moderation": rules.CloseModeration(),
    "decide": rules.Decide(decider_judged=False, decider_named=True, without_outcome=0, eligible=2),
    "decide_none": rules.Decide(decider_judged=False, decider_named=True, without_outcome=0, eligible=0),
    "release": rules.ReleaseLetters(second_is_decider=False, winners=1),
    "release_none": rules.ReleaseLetters(second_is_decider=False, winners=0),
}
BAD = [
    ("send_for_approval", rules.SendForApproval(("Describe the problem",)), "Describe the problem"),
    ("approve", rules.Approve(reviewer_is_author=True), "Someone else must approve"),
    ("approve", rules.Approve(reviewer_is_author=False, problems=("Set a closing time",)), "closing time"),
    (
        "ask_for_changes",
        rules.AskForChanges(reviewer_is_author=True, reason="Name the areas."),
        "Someone else",
    ),
    ("ask_for_changes", rules.AskForChanges(reviewer_is_author=False, reason="No."), "in a sentence"),
    ("publish", rules.Publish(now=NOW, closes_at=None), "Set the closing time"),
    ("publish", rules.Publish(now=NOW, closes_at=NOW), "has passed"),
    ("publish", rules.Publish(NOW, CLOSING, obstacles=("Publish a notice",)), "Publish a notice"),
    ("publish_on_time", rules.Publish(NOW, CLOSING, obstacles=("Publish a notice",)), "Publish a notice"),
    ("publish_on_time", rules.Publish(NOW, CLOSING, region_is_finished=False), "still being set up"),
    ("schedule", rules.Schedule(now=NOW, at=NOW, closes_at=CLOSING), "still to come"),
    ("schedule", rules.Schedule(now=NOW, at=CLOSING, closes_at=CLOSING), "before it closes"),
    ("schedule", rules.Schedule(NOW, NOW + timedelta(minutes=30), CLOSING, short="Too short"), "Too short"),
    ("extend", rules.Extend(CLOSING, CLOSING, "The site was down for hours."), "one more working day"),
    ("extend", rules.Extend(CLOSING, CLOSING + timedelta(days=7), "More time"), "Give the reason"),
    ("cancel", rules.Cancel("No money", lead_and_approver=True), "Give the reason"),
    ("cancel", rules.Cancel("The budget was taken away yesterday.", lead_and_approver=False), "an approver"),
    ("correct", rules.Correct((), CLOSING, None, "We counted them all again."), "Nothing here differs"),
    (
        "correct",
        rules.Correct(
            (rules.Change("Budget", "a", "b", material=True),), CLOSING, None, "We counted again today."
        ),
        "Suppliers build on",
    ),
    (
        "reopen",
        rules.Reopen(
            NOW - timedelta(hours=24), NOW + timedelta(hours=2), "The site was down for hours.", "INC-1", NOW
        ),
        "That is over",
    ),
    (
        "reopen",
        rules.Reopen(
            NOW,
            NOW + timedelta(hours=2),
            "The site was down for hours.",
            "INC-1",
            NOW,
            lead_and_approver=False,
        ),
        "must be the procurement lead",
    ),
    (
        "open_pitches",
        rules.OpenPitches(
            now=NOW, closes_at=NOW - timedelta(minutes=2, microseconds=-1), first_id=1, second_id=2
        ),
        "two minutes",
    ),
    (
        "open_pitches",
        rules.OpenPitches(now=NOW, closes_at=NOW - timedelta(days=1), first_id=1, second_id=1),
        "two different people",
    ),
    ("start_judging", rules.StartJudging(undecided=1, eligible=1), "Decide for every pitch"),
    ("start_judging", rules.StartJudging(undecided=0, eligible=0), "No pitch is eligible"),
    (
        "start_judging",
        rules.StartJudging(undecided=0, eligible=1, obstacles=("Name a chair",)),
        "Name a chair",
    ),
    ("close_scoring", rules.CloseScoring(waiting_cards=1), "still open"),
    ("close_moderation", rules.CloseModeration(("Birch, Fit: is not settled.",)), "Birch"),
    ("close_scoring", rules.CloseScoring(waiting_cards=0, obstacles=("PF-1 has 2 cards",)), "PF-1"),
    (
        "decide",
        rules.Decide(decider_judged=True, decider_named=True, without_outcome=0, eligible=1),
        "on the panel",
    ),
    (
        "decide",
        rules.Decide(decider_judged=False, decider_named=False, without_outcome=0, eligible=1),
        "someone else as the decision-maker",
    ),
    (
        "decide",
        rules.Decide(decider_judged=False, decider_named=True, without_outcome=1, eligible=1),
        "for every pitch",
    ),
    (
        "decide_none",
        rules.Decide(decider_judged=False, decider_named=True, without_outcome=0, eligible=1),
        "must be judged first",
    ),
    ("release", rules.ReleaseLetters(second_is_decider=True, winners=1), "Whoever decided"),
    ("release", rules.ReleaseLetters(second_is_decider=False, winners=0), "No pitch won"),
    (
        "release",
        rules.ReleaseLetters(second_is_decider=False, winners=1, problems=("A letter lacks",)),
        "lacks",
    ),
    ("release_none", rules.ReleaseLetters(second_is_decider=False, winners=1), "A pitch won"),
]


@pytest.mark.parametrize(("state", "action"), list(itertools.product(ChallengeState, ACTIONS)))
def test_each_action_happens_from_its_states_and_from_no_other(state, action):
    target = STEPS.get((state.value, action))
    if target is None:
        with pytest.raises(Conflict):
            CHALLENGE.fire(state, action, GOOD[action])
    else:
        assert CHALLENGE.fire(state, action, GOOD[action]).target == target


def test_the_table_holds_no_other_action():
    assert sorted({t.action for t in CHALLENGE.transitions}) == ACTIONS


@pytest.mark.parametrize(("action", "facts", "words"), BAD)
def test_a_guard_says_what_stands_in_the_way(action, facts, words):
    source = next(iter(next(t for t in CHALLENGE.transitions if t.action == action).sources))
    with pytest.raises(RuleViolation, match=words):
        CHALLENGE.fire(source, action, facts)


def test_each_permission_that_the_table_names_exists():
    named = {t.who for t in CHALLENGE.transitions} - {"clock"}
    assert named <= {p.value for p in rules.Permission}


@pytest.mark.parametrize("state", ChallengeState)
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_an_open_challenge_is_closed_at_its_closing_second(state, seconds):
    closes_at = NOW - timedelta(seconds=seconds)
    expected = S.CLOSED if state == S.OPEN and seconds >= 0 else state
    assert effective_state(state, closes_at, NOW) == expected


def test_one_microsecond_before_closing_it_is_still_open():
    assert effective_state(S.OPEN, NOW + timedelta(microseconds=1), NOW) == S.OPEN


@pytest.mark.parametrize("state", ChallengeState)
def test_the_line_of_life_has_at_most_one_next_station(state):
    stations = [mark for _, mark in life_line(state)]
    assert stations.count("now") <= 1
    assert stations == sorted(stations, key=["done", "now", ""].index)


def test_every_state_has_its_words_and_published_ones_have_words_for_everyone():
    assert set(rules.LABELS) == set(ChallengeState)
    assert all(rules.LABELS[state][1] for state in rules.PUBLISHED)
    assert not any(rules.LABELS[state][1] for state in rules.UNPUBLISHED)


def test_each_published_state_belongs_to_one_stage_of_the_public_list():
    staged = [state for states in rules.STAGES.values() for state in states]
    assert sorted(staged) == sorted(rules.PUBLISHED)
