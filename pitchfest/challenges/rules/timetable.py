"""The dates of a challenge, worked out from the day on which it is to be published. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from pitchfest.challenges.rules.draft import LONGEST_OPEN
from pitchfest.challenges.rules.duties import OpenFor
from pitchfest.challenges.rules.lifecycle import Lane
from pitchfest.challenges.rules.templates import FULL_TIMING, SMALL_ROUND, dates_from
from pitchfest.kernel.calendar import Holidays, add_working_days, is_working_day, uk_bank_holidays
from pitchfest.kernel.clock import LONDON, from_london

#: The London times at which a challenge is taken to be published, and at which it closes.
_PUBLISHED_AT, _CLOSES_AT = time(9), time(11)


def publish_on_problem(day: date, now: datetime) -> str:
    """Why no dates follow from that day, or ""."""
    today = now.astimezone(LONDON).date()
    if day < today:
        return "Enter today or a day that is still to come"
    return "Enter a day within a year from now" if day > today + LONGEST_OPEN else ""


def timetable(
    lane: Lane, least: OpenFor | None, publish_on: date, holidays: Holidays = uk_bank_holidays
) -> dict[str, datetime | None]:
    """Closing at 11am on a working day, as long after `publish_on` as is usual and as `least` asks for;
    the end of questions, the judges' deadline and the decision follow from it.
    """
    template = SMALL_ROUND if lane == Lane.SMALL else FULL_TIMING
    assert template.open_for is not None  # both say how long they are open
    day = add_working_days(publish_on, template.open_for.days, holidays)
    if least is not None:
        day = max(day, _earliest(least, publish_on, holidays))
    closes_at = from_london(day, _CLOSES_AT)
    return dates_from(template, from_london(publish_on, _PUBLISHED_AT), holidays, closes_at=closes_at)


def _earliest(least: OpenFor, publish_on: date, holidays: Holidays) -> date:
    """The first working day on which it can close."""
    if least.working:
        return add_working_days(publish_on, least.days, holidays)
    day = publish_on + timedelta(days=least.days)
    return day if is_working_day(day, holidays) else add_working_days(day, 1, holidays)
