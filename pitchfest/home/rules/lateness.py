"""What is late, with whose move it is, and how long feedback took. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from pitchfest.challenges.rules import AWAITED_IN, ChallengeState, DueDate
from pitchfest.kernel.calendar import working_days_between
from pitchfest.kernel.clock import LONDON

S = ChallengeState
#: An approval that waits longer than so many working days is late.
LONGEST_REVIEW = 5


@dataclass(frozen=True, slots=True)
class Late:
    """Something that should have happened, whose move it is, and since when it is late or waits."""

    what: str
    whose: str
    since: datetime


def days_to_feedback(closed_at: datetime, letters_at: datetime) -> int:
    """Working days from closing to the letters."""
    return working_days_between(closed_at.astimezone(LONDON).date(), letters_at.astimezone(LONDON).date())


def middle(days: Sequence[int]) -> float | None:
    """The median, None of nothing."""
    return median(days) if days else None


def late(
    state: ChallengeState,
    *,
    state_since: datetime,
    judging_deadline: datetime | None,
    decision_due: datetime | None,
    decider: str,
    now: datetime,
) -> Late | None:
    """The one thing that holds a challenge up now, where its time is over."""
    if state == S.IN_REVIEW:
        waited = working_days_between(state_since.astimezone(LONDON).date(), now.astimezone(LONDON).date())
        return Late("Approval", "An approver", state_since) if waited > LONGEST_REVIEW else None
    whose = {
        S.CLOSED: "The lead and another person",
        S.ELIGIBILITY: "An officer or the lead",
        S.JUDGING: "The judges",
        S.MODERATION: "The chair or the lead",
        S.RECOMMENDED: decider or "The decision-maker",
        S.DECIDED: "Two people, to release letters",
    }
    if state not in whose:
        return None
    if state in AWAITED_IN[DueDate.JUDGING] and judging_deadline is not None and now >= judging_deadline:
        return Late("Scores", whose[state], judging_deadline)
    if decision_due is None or now < decision_due:
        return None
    return Late("Letters" if state == S.DECIDED else "Decision", whose[state], decision_due)
