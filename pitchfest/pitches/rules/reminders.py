"""When the holders of an unsent pitch are reminded that its challenge closes. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from pitchfest.kernel.calendar import working_days_before
from pitchfest.kernel.clock import LONDON
from pitchfest.mail.rules import chasing_day

WORKING_DAYS_BEFORE = 5
#: Longer than five working days are at any time of the year.
LONGEST_NOTICE = timedelta(days=30)


def wants_reminder(closes_at: datetime, now: datetime) -> bool:
    """Whether `now` is five working days or one day before closing, and in the hours for reminders."""
    today, closes = chasing_day(now), closes_at.astimezone(LONDON).date()
    if today is None or now >= closes_at:
        return False
    return today in (working_days_before(closes, WORKING_DAYS_BEFORE), closes - timedelta(days=1))
