"""When suppliers are reminded that the time to send something is nearly over. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from pitchfest.kernel.calendar import working_days_before
from pitchfest.kernel.clock import LONDON
from pitchfest.mail.rules import chasing_day

WORKING_DAYS_BEFORE = 5
#: Longer than five working days are at any time of the year.
LONGEST_NOTICE = timedelta(days=30)
#: For so long after a round of questions what was saved and not sent is mailed, should the worker have stood
#: still.
COPIES_FOR = timedelta(days=7)


def wants_reminder(closes_at: datetime, now: datetime) -> bool:
    """Whether `now` is five working days or one day before closing, and in the hours for reminders."""
    today, closes = chasing_day(now), closes_at.astimezone(LONDON).date()
    if today is None or now >= closes_at:
        return False
    return today in (working_days_before(closes, WORKING_DAYS_BEFORE), closes - timedelta(days=1))


def wants_answer(asked_at: datetime, until: datetime, now: datetime) -> bool:
    """Whether `now` is in the last working day before the end of a round of questions, or later if nobody
    could be reminded then, and in the hours for reminders. Never on the day on which they were asked.
    """
    today, ends = chasing_day(now), until.astimezone(LONDON).date()
    if today is None or now >= until or today <= asked_at.astimezone(LONDON).date():
        return False
    return today >= working_days_before(ends, 1)
