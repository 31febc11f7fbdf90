"""More time for one supplier as an adjustment: what it must be. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.text import count_words

LONGEST_PERSONAL = timedelta(days=28)
#: Fewest words of the reason, which only staff and the supplier's own request explain.
REASON_WORDS = 5


@dataclass(frozen=True, slots=True)
class Lengthen:
    """When the challenge closes for everyone, when it would for this supplier and why, and when judges
    finish.
    """

    for_all: datetime
    closes_at: datetime
    reason: str
    judging_deadline: datetime | None = None


def personal_extension_problems(facts: Lengthen) -> list[tuple[str, str]]:
    """What is wrong with granting it: (message, field)."""
    problems = []
    if facts.closes_at <= facts.for_all:
        words = f"Everyone has until {say_moment(facts.for_all)}. Enter a later time"
        problems.append((words, "closes_at"))
    elif facts.closes_at > facts.for_all + LONGEST_PERSONAL:
        words = f"Give at most {LONGEST_PERSONAL.days} days more than everyone has"
        problems.append((words, "closes_at"))
    elif facts.judging_deadline is not None and facts.closes_at >= facts.judging_deadline:
        words = (
            f"Judges finish at {say_moment(facts.judging_deadline)}. Enter an earlier time, or extend for all"
        )
        problems.append((words, "closes_at"))
    if count_words(facts.reason) < REASON_WORDS:
        problems.append((f"Give the reason in at least {REASON_WORDS} words", "reason"))
    return problems
