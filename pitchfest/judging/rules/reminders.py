"""When judges are reminded of their deadline. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pitchfest.judging.rules.capacity import Away, away_until
from pitchfest.kernel.clock import LONDON, london_day
from pitchfest.mail.rules import chasing_day

#: Calendar days before the deadline on which those with work left are reminded.
DAYS_BEFORE = (3, 1)


def wants_reminder(deadline: datetime | None, away: Collection[Away], now: datetime) -> bool:
    """Whether `now` is on a day of reminding, in the hours for it, before the deadline, and not while the
    judge is away.
    """
    today = chasing_day(now)
    if deadline is None or today is None or now >= deadline or away_until(away, today):
        return False
    return (deadline.astimezone(LONDON).date() - today).days in DAYS_BEFORE


def is_late(deadline: datetime | None, now: datetime, invited_at: datetime | None = None) -> bool:
    """Whether the deadline has passed; for a judge, not on the day on which they were invited."""
    if deadline is None or now < deadline:
        return False
    return invited_at is None or london_day(invited_at) < london_day(now)
