"""The life cycle of a challenge and what its parts are called. Pure.

One table and one door: `CHALLENGE` is read by buttons, permission checks, the log, docs and
tests; `challenges.operations.advance` is the only place that fires it. Each action names the
one feature that may fire it, which builds the typed facts of the action in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pitchfest.challenges.rules.cancelling import may_cancel
from pitchfest.challenges.rules.corrections import Correct, correction_problems
from pitchfest.challenges.rules.extension import Extend, extension_problems
from pitchfest.challenges.rules.reopening import may_reopen
from pitchfest.kernel.errors import Problem
from pitchfest.kernel.text import count_words
from pitchfest.kernel.workflow import Transition, Workflow


class ChallengeState(StrEnum):
    """Every state a challenge can have; the ones that later features reach are listed too."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_WANTED = "changes_wanted"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    ELIGIBILITY = "eligibility"
    JUDGING = "judging"
    MODERATION = "moderation"
    SHORTLISTED = "shortlisted"
    PITCHING = "pitching"
    RECOMMENDED = "recommended"
    DECIDED = "decided"
    STANDSTILL = "standstill"
    AWARDED = "awarded"
    IN_PILOT = "in_pilot"
    COMPLETE = "complete"
    CANCELLED = "cancelled"
    UNSUCCESSFUL = "unsuccessful"
    WITHDRAWN = "withdrawn"
    ON_HOLD = "on_hold"


class Lane(StrEnum):
    """How much ceremony a challenge has: all of it, or one page to set up and one button to publish."""

    FULL = "full"
    SMALL = "small"


class Part(StrEnum):
    """A person's part in a challenge that can be handed over."""

    OFFICER = "officer"
    DECISION_MAKER = "decision_maker"


S = ChallengeState

#: State → (label for staff, label for everyone else, colour of its tag).
LABELS: dict[ChallengeState, tuple[str, str, str]] = {
    S.DRAFT: ("Draft", "", "grey"),
    S.IN_REVIEW: ("Waiting for approval", "", "orange"),
    S.CHANGES_WANTED: ("Changes wanted", "", "orange"),
    S.APPROVED: ("Approved", "", "green"),
    S.SCHEDULED: ("Scheduled", "", "blue"),
    S.OPEN: ("Open", "Open", "green"),
    S.CLOSED: ("Closed, to be opened", "Closed", "grey"),
    S.ELIGIBILITY: ("Checking who can take part", "Being checked", "purple"),
    S.JUDGING: ("Being judged", "Being judged", "purple"),
    S.MODERATION: ("In moderation", "Being judged", "purple"),
    S.SHORTLISTED: ("Shortlisted", "Shortlisted", "purple"),
    S.PITCHING: ("Pitch day", "Pitch day", "purple"),
    S.RECOMMENDED: ("To be decided", "Being decided", "purple"),
    S.DECIDED: ("Decided, letters to go out", "Being decided", "purple"),
    S.STANDSTILL: ("In standstill", "In standstill", "orange"),
    S.AWARDED: ("Awarded", "Awarded", "blue"),
    S.IN_PILOT: ("In pilot", "In pilot", "teal"),
    S.COMPLETE: ("Complete", "Complete", "blue"),
    S.CANCELLED: ("Cancelled", "Cancelled", "red"),
    S.UNSUCCESSFUL: ("Ended without a winner", "Ended without a winner", "grey"),
    S.WITHDRAWN: ("Withdrawn", "", "grey"),
    S.ON_HOLD: ("On hold", "On hold", "orange"),
}

UNPUBLISHED = frozenset({S.DRAFT, S.IN_REVIEW, S.CHANGES_WANTED, S.APPROVED, S.SCHEDULED, S.WITHDRAWN})
PUBLISHED = frozenset(S) - UNPUBLISHED
EDITABLE = frozenset({S.DRAFT, S.CHANGES_WANTED})
#: Pitches may be withdrawn until the letters are released.
BEFORE_RELEASE = frozenset(
    {
        S.OPEN,
        S.CLOSED,
        S.ELIGIBILITY,
        S.JUDGING,
        S.MODERATION,
        S.SHORTLISTED,
        S.PITCHING,
        S.RECOMMENDED,
        S.DECIDED,
    }
)
RELEASED = frozenset({S.STANDSTILL, S.AWARDED, S.IN_PILOT, S.COMPLETE, S.UNSUCCESSFUL})


class CriterionKind(StrEnum):
    """Who gives the points: judges, or the system from the price."""

    JUDGED = "judged"
    PRICE = "price"


class QuestionKind(StrEnum):
    """What an answer is."""

    TEXT = "text"
    RADIOS = "radios"
    MONEY = "money"
    CHECKBOXES = "checkboxes"
    ROWS = "rows"
    FILE = "file"
    DATA = "data"
    RIGHTS = "rights"
    CONFIDENTIAL = "confidential"
    DECLARATION = "declaration"


class ReviewOutcome(StrEnum):
    """What an approver said."""

    APPROVED = "approved"
    CHANGES = "changes"


#: Pitches are opened this long after closing at the earliest, so that no write is still under way.
OPENING_PAUSE = timedelta(minutes=2)


# Facts, one type for each action that has a guard. Each is built where the action is fired.


@dataclass(frozen=True, slots=True)
class SendForApproval:
    """What is missing or wrong in the draft, in plain English."""

    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Approve:
    """Whether the reviewer had a hand in any version, what is missing, and what they have yet to say."""

    reviewer_is_author: bool
    problems: tuple[Problem | str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskForChanges:
    """The reviewer's reason."""

    reviewer_is_author: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Publish:
    """The moment, the closing time that suppliers will be held to, whether the region is set up, and
    what the route still asks for.
    """

    now: datetime
    closes_at: datetime | None
    region_is_finished: bool = True
    obstacles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """The moment, when the clock is to publish it, when it closes, and why that would be too short."""

    now: datetime
    at: datetime
    closes_at: datetime | None
    short: str = ""


@dataclass(frozen=True, slots=True)
class OpenPitches:
    """The moment, the closing time, and the two people."""

    now: datetime
    closes_at: datetime
    first_id: int
    second_id: int


@dataclass(frozen=True, slots=True)
class StartJudging:
    """How many pitches are undecided or eligible, and what each eligible one still lacks."""

    undecided: int
    eligible: int
    obstacles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CloseScoring:
    """Cards that still wait for someone, and what else stands in the way, in words."""

    waiting_cards: int
    obstacles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CloseModeration:
    """What on the agenda is not settled yet, in words."""

    unsettled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decide:
    """Who decides, whether they judged, and pitches without an outcome and a reason."""

    decider_judged: bool
    decider_named: bool
    without_outcome: int
    eligible: int
    undecided_eligibility: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseLetters:
    """The two people, whether one of them decided, winners, and what letters still lack."""

    second_is_decider: bool
    winners: int
    problems: tuple[str, ...] = ()


def _problems(facts: SendForApproval) -> list[str]:
    return list(facts.problems)


def _another_person(facts: Approve | AskForChanges) -> Sequence[Problem | str]:
    if facts.reviewer_is_author:
        return ["You wrote part of this challenge. Someone else must approve it."]
    return facts.problems if isinstance(facts, Approve) else _has_reason(facts.reason)


def _has_reason(reason: str) -> list[Problem]:
    return [] if count_words(reason) >= 3 else [Problem("Say what should change, in a sentence", "reason")]


def ready_problems(facts: Publish) -> list[str]:
    """What stands in the way of publication."""
    if not facts.region_is_finished:
        return ["This service is still being set up. An administrator finishes that first, under Admin."]
    if facts.closes_at is None:
        return ["Set the closing time first."]
    if facts.closes_at <= facts.now:
        return ["The closing time has passed. Pull the challenge back and set a later one."]
    return list(facts.obstacles)


def schedule_problems(facts: Schedule) -> list[str]:
    """What is wrong with the time at which the clock is to publish."""
    if facts.at <= facts.now:
        return ["Enter a time that is still to come, or publish it now"]
    if facts.closes_at is None or facts.at >= facts.closes_at:
        return ["Enter a time before it closes"]
    return [facts.short] if facts.short else []


def _gives_more_time(facts: Extend) -> list[str]:
    return [message for message, _ in extension_problems(facts)]


def _is_in_order(facts: Correct) -> list[str]:
    return [message for message, _ in correction_problems(facts)]


def _after_the_pause(facts: OpenPitches) -> list[str]:
    problems = []
    if facts.now < facts.closes_at + OPENING_PAUSE:
        problems.append("Pitches can be opened from two minutes after closing.")
    if facts.first_id == facts.second_id:
        problems.append("Opening takes two different people.")
    return problems


def _ready_to_judge(facts: StartJudging) -> list[str]:
    if facts.undecided:
        return ["Decide for every pitch first whether it is eligible."]
    if not facts.eligible:
        return ["No pitch is eligible, so there is nothing to judge. Record the decision instead."]
    return list(facts.obstacles)


def _all_signed(facts: CloseScoring) -> list[str]:
    waiting = (
        ["Some scorecards are still open. Wait for them, or release the judge."]
        if facts.waiting_cards
        else []
    )
    return waiting + list(facts.obstacles)


def _all_agreed(facts: CloseModeration) -> list[str]:
    return list(facts.unsettled)


def _ready_to_decide(facts: Decide) -> list[str]:
    problems = []
    if facts.undecided_eligibility:
        problems.append("Decide for every pitch first whether it is eligible.")
    if facts.decider_judged:
        problems.append("You were on the panel. Someone who did not judge must decide.")
    if not facts.decider_named:
        problems.append("The brief names someone else as the decision-maker.")
    if facts.without_outcome:
        problems.append("Choose an outcome and give a reason for every pitch.")
    return problems


def _none_eligible(facts: Decide) -> list[str]:
    if facts.eligible:
        return ["There are eligible pitches. They must be judged first."]
    return _ready_to_decide(facts)


def _ready_to_release(facts: ReleaseLetters) -> list[str]:
    deciders = ["Whoever decided cannot release the letters."] if facts.second_is_decider else []
    return deciders + list(facts.problems)


def _with_winner(facts: ReleaseLetters) -> list[str]:
    return _ready_to_release(facts) + ([] if facts.winners else ["No pitch won."])


def _without_winner(facts: ReleaseLetters) -> list[str]:
    return _ready_to_release(facts) + (["A pitch won."] if facts.winners else [])


def _step(
    sources: set[ChallengeState],
    action: str,
    target: ChallengeState,
    who: str,
    fired_by: str,
    guard: object = None,
) -> Transition[ChallengeState]:
    extra = {} if guard is None else {"guard": guard}
    return Transition(frozenset(sources), action, target, who, fired_by, **extra)  # type: ignore[arg-type]


CHALLENGE: Workflow[ChallengeState] = Workflow(
    "challenge",
    (
        _step(
            {S.DRAFT, S.CHANGES_WANTED},
            "send_for_approval",
            S.IN_REVIEW,
            "challenge:edit",
            "challenges",
            _problems,
        ),
        _step({S.IN_REVIEW}, "approve", S.APPROVED, "challenge:approve", "challenges", _another_person),
        _step(
            {S.IN_REVIEW},
            "ask_for_changes",
            S.CHANGES_WANTED,
            "challenge:approve",
            "challenges",
            _another_person,
        ),
        _step({S.IN_REVIEW, S.APPROVED, S.SCHEDULED}, "pull_back", S.DRAFT, "challenge:edit", "challenges"),
        _step({S.DRAFT, S.CHANGES_WANTED}, "withdraw", S.WITHDRAWN, "challenge:edit", "challenges"),
        _step(
            {S.APPROVED, S.SCHEDULED},
            "schedule",
            S.SCHEDULED,
            "challenge:publish",
            "challenges",
            schedule_problems,
        ),
        _step(
            {S.APPROVED, S.SCHEDULED},
            "publish",
            S.OPEN,
            "challenge:publish",
            "challenges",
            ready_problems,
        ),
        _step({S.SCHEDULED}, "publish_on_time", S.OPEN, "clock", "challenges", ready_problems),
        _step({S.OPEN}, "extend", S.OPEN, "challenge:extend", "challenges", _gives_more_time),
        _step({S.OPEN}, "correct", S.OPEN, "challenge:correct", "challenges", _is_in_order),
        _step({S.OPEN, S.CLOSED}, "cancel", S.CANCELLED, "challenge:cancel", "challenges", may_cancel),
        _step({S.OPEN}, "close", S.CLOSED, "clock", "challenges"),
        _step({S.CLOSED}, "reopen", S.OPEN, "challenge:reopen", "challenges", may_reopen),
        _step(
            {S.CLOSED}, "open_pitches", S.ELIGIBILITY, "challenge:open_pitches", "pitches", _after_the_pause
        ),
        _step(
            {S.ELIGIBILITY}, "start_judging", S.JUDGING, "challenge:start_judging", "judging", _ready_to_judge
        ),
        _step({S.JUDGING}, "close_scoring", S.MODERATION, "challenge:close_scoring", "judging", _all_signed),
        _step(
            {S.MODERATION},
            "close_moderation",
            S.RECOMMENDED,
            "challenge:close_moderation",
            "judging",
            _all_agreed,
        ),
        _step({S.RECOMMENDED}, "decide", S.DECIDED, "challenge:decide", "awards", _ready_to_decide),
        _step({S.ELIGIBILITY}, "decide_none", S.DECIDED, "challenge:decide", "awards", _none_eligible),
        _step({S.DECIDED}, "release", S.AWARDED, "challenge:release", "awards", _with_winner),
        _step({S.DECIDED}, "release_none", S.UNSUCCESSFUL, "challenge:release", "awards", _without_winner),
    ),
)


def effective_state(state: ChallengeState, closes_at: datetime | None, now: datetime) -> ChallengeState:
    """The state that holds at `now`: an open challenge past its closing time is closed, whether
    or not the stored column was settled yet.
    """
    if state == S.OPEN and closes_at is not None and now >= closes_at:
        return S.CLOSED
    return state
