"""Saying that the decision comes later than was published, and when it comes. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from pitchfest.challenges.rules.extension import REASON_WORDS

#: A new date lies at most so far ahead.
FURTHEST = timedelta(days=366)


def delay_problems(
    *, was_due: datetime | None, due: datetime, reason: str, now: datetime
) -> list[tuple[str, str]]:
    """What is wrong with a new date for the decision: (message, field)."""
    problems = []
    if due <= now or (was_due is not None and due <= was_due):
        problems.append(("Give a date that is still to come and later than the one before", "due"))
    elif due > now + FURTHEST:
        problems.append(("Give a date within a year", "due"))
    if len(reason.split()) < REASON_WORDS:
        words = f"Say why in at least {REASON_WORDS} words. Everyone will read it"
        problems.append((words, "reason"))
    return problems
