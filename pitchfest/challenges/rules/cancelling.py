"""Cancelling a published challenge before its pitches are opened. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pitchfest.challenges.rules.extension import REASON_WORDS, SAY_WHY
from pitchfest.kernel.text import count_words


@dataclass(frozen=True, slots=True)
class Cancel:
    """The public reason, and whether one of the two people is the lead and the other an approver."""

    reason: str
    lead_and_approver: bool


def cancel_problems(reason: str) -> list[str]:
    """What is wrong with the reason."""
    if count_words(reason) < REASON_WORDS:
        return [SAY_WHY]
    return []


def may_cancel(facts: Cancel) -> list[str]:
    """What stands in the way."""
    pair = (
        []
        if facts.lead_and_approver
        else ["One of the two people must be the procurement lead and the other an approver."]
    )
    return cancel_problems(facts.reason) + pair
