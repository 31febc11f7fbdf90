"""Opening a closed challenge again because the service was down, before anybody read a pitch. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pitchfest.challenges.rules.extension import REASON_WORDS, SAY_WHY
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.text import count_words

#: It is reopened within this time after closing, for so long at least and at most.
REOPEN_WITHIN = timedelta(hours=24)
SHORTEST_REOPENING = timedelta(hours=2)
LONGEST_REOPENING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Reopen:
    """When it closed and would close, the public reason, the incident, and whether one of the two people
    is the lead and the other an approver.
    """

    closed_at: datetime
    closes_at: datetime
    reason: str
    incident: str
    now: datetime
    lead_and_approver: bool = True


def reopening_problems(facts: Reopen) -> list[tuple[str, str]]:
    """What is wrong with a reopening: (message, field)."""
    problems = []
    if facts.now >= facts.closed_at + REOPEN_WITHIN:
        until = say_moment(facts.closed_at + REOPEN_WITHIN)
        problems.append((f"It could be reopened until {until}. That is over", ""))
    earliest, latest = facts.now + SHORTEST_REOPENING, facts.now + LONGEST_REOPENING
    if not earliest <= facts.closes_at <= latest:
        problems.append(("Give everyone at least 2 hours from now, and at most 14 days", "closes_at"))
    if count_words(facts.reason) < REASON_WORDS:
        problems.append((SAY_WHY, "reason"))
    if not facts.incident.strip():
        problems.append(("Enter the reference of the incident", "incident"))
    return problems


def may_reopen(facts: Reopen) -> list[str]:
    """What stands in the way."""
    pair = (
        []
        if facts.lead_and_approver
        else ["One of the two people must be the procurement lead and the other an approver."]
    )
    return [message for message, _ in reopening_problems(facts)] + pair
