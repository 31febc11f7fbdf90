"""The life cycle of a pitch as one table, what the clock does to it, and rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pitchfest.challenges.rules import BEFORE_RELEASE, RELEASED, ChallengeState
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.text import count_words
from pitchfest.kernel.workflow import Guard, Transition, Workflow, no_guard


class PitchState(StrEnum):
    """Every state a pitch can have; the ones that later features reach are listed too."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SEALED = "sealed"
    OPENED = "opened"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    EXCLUDED = "excluded"
    NOT_SHORTLISTED = "not_shortlisted"
    SHORTLISTED = "shortlisted"
    WON = "won"
    RESERVE = "reserve"
    UNSUCCESSFUL = "unsuccessful"
    CONTRACT_SIGNED = "contract_signed"
    DECLINED = "declined"


S = PitchState


class PitchRight(StrEnum):
    """What a person may do with one pitch; each right includes the ones before it."""

    VIEW = "view"
    EDIT = "edit"
    SUBMIT = "submit"


#: From the least to the most.
RIGHTS = tuple(PitchRight)
RIGHT_NAMES = {
    PitchRight.VIEW: "Can read it",
    PitchRight.EDIT: "Can write in it",
    PitchRight.SUBMIT: "Can write in it, send it and withdraw it",
}

#: Sent and not withdrawn, not opened yet.
WAITING_TO_OPEN = frozenset({S.SUBMITTED, S.SEALED})
#: Never sent.
UNSENT = frozenset({S.DRAFT, S.LAPSED})
#: Opened, and still in whatever follows.
OPENED_STATES = frozenset(S) - WAITING_TO_OPEN - UNSENT - {S.WITHDRAWN}

#: With fewer pitches than this, this long before closing, staff are asked what to do.
FEW = 3
PROMPT_BEFORE = timedelta(days=7)

#: State → (label, colour of its tag) for the people of the region.
STAFF_LABELS: dict[PitchState, tuple[str, str]] = {
    S.DRAFT: ("Not sent", "grey"),
    S.SUBMITTED: ("Sealed", "teal"),
    S.WITHDRAWN: ("Withdrawn", "grey"),
    S.LAPSED: ("Never sent", "grey"),
    S.SEALED: ("Sealed", "teal"),
    S.OPENED: ("To be checked", "orange"),
    S.ELIGIBLE: ("Eligible", "green"),
    S.INELIGIBLE: ("Not eligible", "red"),
    S.EXCLUDED: ("Excluded", "red"),
    S.NOT_SHORTLISTED: ("Not shortlisted", "grey"),
    S.SHORTLISTED: ("Shortlisted", "purple"),
    S.WON: ("Won", "green"),
    S.RESERVE: ("Reserve", "blue"),
    S.UNSUCCESSFUL: ("Not successful", "grey"),
    S.CONTRACT_SIGNED: ("Contract signed", "green"),
    S.DECLINED: ("Declined", "grey"),
}
_OWN_LABELS: dict[PitchState, tuple[str, str]] = {
    S.DRAFT: ("Not sent yet", "orange"),
    S.SUBMITTED: ("Sent", "green"),
    S.WITHDRAWN: ("Withdrawn", "grey"),
    S.LAPSED: ("Not sent in time", "grey"),
    S.SEALED: ("Sent and sealed", "teal"),
}


def supplier_label(state: PitchState, challenge: ChallengeState) -> tuple[str, str]:
    """Label and colour for the supplier, who hears of no finding before the letters go out."""
    if challenge == ChallengeState.CANCELLED and state != S.WITHDRAWN:
        return "Challenge cancelled", "red"
    if state in _OWN_LABELS:
        return _OWN_LABELS[state]
    if challenge == ChallengeState.ELIGIBILITY:
        return "Being checked", "purple"
    return STAFF_LABELS[state] if challenge in RELEASED else ("Being judged", "purple")


# Facts of the steps that have a guard.


@dataclass(frozen=True, slots=True)
class Send:
    """What stands in the way of sending, in plain English."""

    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The challenge's state: once the letters are out, nobody can withdraw."""

    challenge: ChallengeState


@dataclass(frozen=True, slots=True)
class Ask:
    """How far the challenge has come when staff ask about an opened pitch."""

    challenge: ChallengeState


@dataclass(frozen=True, slots=True)
class Find:
    """The reason for a finding, and how far the challenge has come.

    `by_two`: the lead and a second person turn an earlier finding. `answer_until`: the supplier was
    asked and may still answer.
    """

    reason: str
    challenge: ChallengeState
    by_two: bool = False
    answer_until: datetime | None = None


def _send_problems(facts: Send) -> list[str]:
    return list(facts.problems)


def _before_release(facts: Withdraw) -> list[str]:
    if facts.challenge in BEFORE_RELEASE:
        return []
    return ["The results are out, so this pitch can no longer be withdrawn."]


def _before_judging(facts: Ask) -> list[str]:
    if facts.challenge == ChallengeState.ELIGIBILITY:
        return []
    return ["Judging has started, so nothing more can be asked."]


def _can_be_found(facts: Find) -> list[str]:
    if facts.challenge != ChallengeState.ELIGIBILITY:
        return ["Judging has started, so this finding can no longer be changed."]
    if facts.answer_until is not None:
        until = say_moment(facts.answer_until)
        return [f"The supplier has until {until} to answer what was asked. Decide once they have, or then."]
    return []


def _may_come_in(facts: Find) -> list[str]:
    """A pitch may still come in while judges score, if the lead and a second person say so."""
    if facts.challenge == ChallengeState.JUDGING and facts.by_two:
        return []
    return _can_be_found(facts)


def _stays_out(facts: Find) -> list[str]:
    short = count_words(facts.reason) < REASON_WORDS
    reason = ["Give the reason in at least 5 words. The supplier will read it."] if short else []
    return _can_be_found(facts) + reason


#: Fewest words of the reason why a pitch may not take part.
REASON_WORDS = 5
ELIGIBLE_REASON = "Meets every rule of the brief."


def _step(
    sources: set[PitchState],
    action: str,
    target: PitchState,
    who: str,
    fired_by: str,
    guard: Guard = no_guard,
) -> Transition[PitchState]:
    return Transition(frozenset(sources), action, target, who, fired_by, guard)


_FOUND = {S.OPENED, S.ELIGIBLE, S.INELIGIBLE}
_JUDGED = {S.ELIGIBLE}
_MAY_WITHDRAW = {S.DRAFT, S.SUBMITTED, S.SEALED, S.OPENED, S.ELIGIBLE, S.INELIGIBLE}

PITCH: Workflow[PitchState] = Workflow(
    "pitch",
    (
        _step({S.DRAFT, S.SUBMITTED}, "submit", S.SUBMITTED, "pitch:submit", "pitches", _send_problems),
        _step(_MAY_WITHDRAW, "withdraw", S.WITHDRAWN, "pitch:withdraw", "pitches", _before_release),
        _step({S.DRAFT}, "lapse", S.LAPSED, "clock", "pitches"),
        _step({S.SUBMITTED}, "seal", S.SEALED, "clock", "pitches"),
        _step({S.LAPSED}, "unlapse", S.DRAFT, "challenge:reopen", "pitches"),
        _step({S.SEALED}, "unseal", S.SUBMITTED, "challenge:reopen", "pitches"),
        _step({S.SEALED}, "open", S.OPENED, "opening:act", "pitches"),
        _step(_FOUND, "ask", S.OPENED, "eligibility:decide", "pitches", _before_judging),
        _step(_FOUND, "find_eligible", S.ELIGIBLE, "eligibility:decide", "pitches", _may_come_in),
        _step(_FOUND, "find_ineligible", S.INELIGIBLE, "eligibility:decide", "pitches", _stays_out),
        _step(_JUDGED, "record_won", S.WON, "challenge:release", "awards"),
        _step(_JUDGED, "record_reserve", S.RESERVE, "challenge:release", "awards"),
        _step(_JUDGED, "record_unsuccessful", S.UNSUCCESSFUL, "challenge:release", "awards"),
    ),
)


def effective_state(state: PitchState, closes_at: datetime | None, now: datetime) -> PitchState:
    """The state that holds at `now`: at the closing time what was sent is sealed and what was
    not has lapsed, whether or not the stored column was settled yet.
    """
    if closes_at is not None and now >= closes_at:
        return _AT_CLOSING.get(state, state)
    return state


_AT_CLOSING = {S.DRAFT: S.LAPSED, S.SUBMITTED: S.SEALED}


def takes_pitches(
    state: ChallengeState, published_at: datetime | None, closes_at: datetime | None, now: datetime
) -> bool:
    """Whether a write that arrived at `now` counts, by the clock alone: it may have waited for
    its turn until after another write settled the closing.
    """
    if state not in {ChallengeState.OPEN, ChallengeState.CLOSED} or published_at is None or closes_at is None:
        return False
    return published_at <= now < closes_at
