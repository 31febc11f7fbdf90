"""Giving everyone more time: what an extension must be, and which later dates move with it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from pitchfest.kernel.calendar import (
    add_working_days,
    is_working_day,
    working_days_before,
    working_days_between,
)
from pitchfest.kernel.clock import LONDON, from_london, london_day, say_moment
from pitchfest.kernel.text import count_words, plural

LONGEST_EXTENSION = timedelta(days=60)
#: Fewest words of the public reason.
REASON_WORDS = 5
SAY_WHY = f"Give the reason in at least {REASON_WORDS} words. Everyone will read it"


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
    if count_words(facts.reason) < REASON_WORDS:
        problems.append((SAY_WHY, "reason"))
    return problems


def next_working_day(moment: datetime) -> datetime:
    """The same time of day in London on the next working day."""
    local = moment.astimezone(LONDON)
    return from_london(add_working_days(local.date(), 1), local.time())


def later_dates(
    closes_at: datetime,
    later: datetime,
    *,
    judging_deadline: datetime | None,
    decision_due: datetime | None,
    questions_until: datetime | None = None,
    now: datetime | None = None,
    kept: Collection[str] = (),
) -> dict[str, datetime]:
    """The dates after closing that could not hold any more, and the end of questions where it is still
    to come, each moved by as many working days as the closing. Questions that have ended are not taken up
    again, and a date named in `kept` stays as it is.

    Each keeps its time of day in London, also where the clocks change in between, lands on a working day,
    and comes in the same order as before.
    """
    first, last = london_day(closes_at), london_day(later)
    # No further: more is refused, and somebody may have typed the year 9999.
    days = working_days_between(first, min(last, first + LONGEST_EXTENSION))
    moved: dict[str, datetime] = {}
    asking, judging, deciding = (
        name not in kept for name in ("questions_until", "judging_deadline", "decision_due")
    )
    if asking and questions_until is not None and now is not None and now < questions_until:
        ends_with_it = questions_until >= closes_at
        moved["questions_until"] = later if ends_with_it else _before(questions_until, days, later)
    if judging and judging_deadline is not None and judging_deadline <= later:
        after_it = later + timedelta(minutes=1)
        moved["judging_deadline"] = _no_sooner(judging_deadline, days, after_it)
    finish = max(later, moved.get("judging_deadline", judging_deadline or later))
    if deciding and decision_due is not None and decision_due < finish:
        moved["decision_due"] = _no_sooner(decision_due, days, finish)
    return moved


@dataclass(frozen=True, slots=True)
class Squeeze:
    """Working days that judges had after closing, those that they would have, and when they would have to
    finish to have as many as before.
    """

    had: int
    left: int
    as_many_until: datetime

    def __str__(self) -> str:
        return (
            f"Judges would have {plural(self.left, 'working day')} after closing, and now have {self.had}. "
            f"To leave them as many, they finish at {say_moment(self.as_many_until)}."
        )


def squeezed(
    closes_at: datetime, deadline: datetime | None, later: datetime, then: datetime | None
) -> Squeeze | None:
    """How a closing at `later` shortens the judges' time, who finish at `deadline` now and at `then` after
    it; None where it does not.
    """
    if deadline is None or then is None:
        return None
    had = working_days_between(london_day(closes_at), london_day(deadline))
    left = working_days_between(london_day(later), london_day(then))
    if left >= had:
        return None
    day = add_working_days(london_day(later), had)
    return Squeeze(had, left, from_london(day, deadline.astimezone(LONDON).time()))


def _before(moment: datetime, days: int, closes_at: datetime) -> datetime:
    """So many working days later, or fewer where that is not before closing; never earlier than it was."""
    local = moment.astimezone(LONDON)
    found = from_london(add_working_days(local.date(), days), local.time())
    if found >= closes_at:
        found = from_london(working_days_before(london_day(closes_at), 1), local.time())
    return max(found, moment)


def _no_sooner(moment: datetime, days: int, least: datetime) -> datetime:
    """So many working days later, or as many more as it takes to be at `least` or after it."""
    local = moment.astimezone(LONDON)
    day = max(add_working_days(local.date(), days), london_day(least))
    if not is_working_day(day) or from_london(day, local.time()) < least:
        day = add_working_days(day, 1)
    return from_london(day, local.time())
