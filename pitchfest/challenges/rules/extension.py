"""Giving everyone more time: what an extension must be, and which later dates move with it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pitchfest.kernel.clock import LONDON, from_london, say_moment

LONGEST_EXTENSION = timedelta(days=60)
#: Fewest words of the public reason.
REASON_WORDS = 5
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Extend:
    """The present and the asked closing time, and the reason that everyone will read."""

    closes_at: datetime
    later: datetime
    reason: str


def extension_problems(facts: Extend) -> list[tuple[str, str]]:
    """What is wrong with an extension: (message, field)."""
    problems = []
    earliest = next_working_day(facts.closes_at)
    if facts.later < earliest:
        problems.append((f"Give at least one more working day: {say_moment(earliest)} or later", "closes_at"))
    if facts.later > facts.closes_at + LONGEST_EXTENSION:
        problems.append((f"Give at most {LONGEST_EXTENSION.days} more days", "closes_at"))
    if len(facts.reason.split()) < REASON_WORDS:
        problems.append(
            (f"Give the reason in at least {REASON_WORDS} words. Everyone will read it", "reason")
        )
    return problems


def next_working_day(moment: datetime) -> datetime:
    """The same time of day in London on the next day from Monday to Friday."""
    local = moment.astimezone(LONDON) + timedelta(days=1)
    while local.weekday() >= _SATURDAY:
        local += timedelta(days=1)
    return from_london(local.date(), local.time())


def later_dates(
    closes_at: datetime,
    later: datetime,
    *,
    judging_deadline: datetime | None,
    decision_due: datetime | None,
    questions_until: datetime | None = None,
    now: datetime | None = None,
) -> dict[str, datetime]:
    """The dates after closing that could not hold any more, and the end of questions where it is still
    to come, each moved by as much as the closing. Questions that have ended are not taken up again.

    By London's clock: 5pm stays 5pm also where the clocks change in between.
    """
    span = _wall(later) - _wall(closes_at)
    moved: dict[str, datetime] = {}
    if questions_until is not None and now is not None and now < questions_until:
        moved["questions_until"] = _shift(questions_until, span)
    if judging_deadline is not None and judging_deadline <= later:
        moved["judging_deadline"] = _shift(judging_deadline, span)
    finish = max(later, moved.get("judging_deadline", judging_deadline or later))
    if decision_due is not None and decision_due < finish:
        moved["decision_due"] = _shift(decision_due, span)
    return moved


def _wall(moment: datetime) -> datetime:
    return moment.astimezone(LONDON).replace(tzinfo=None)


def _shift(moment: datetime, span: timedelta) -> datetime:
    wall = _wall(moment) + span
    return from_london(wall.date(), wall.time())
