"""Time: UTC inside, Europe/London in words. A window is half-open: opens <= now < closes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
#: Keeps a day and its month, or a number and its unit, on one line.
NBSP = "\u00a0"


class Clock:
    """The one clock of the application, which a demo may move by whole seconds."""

    def __init__(self, offset_seconds: int = 0) -> None:
        self.offset = timedelta(seconds=offset_seconds)

    def now(self) -> datetime:
        """The present moment in UTC, moved by the offset."""
        return datetime.now(UTC) + self.offset


def from_london(day: date, at: time) -> datetime:
    """The UTC moment of a London wall-clock time (the earlier one where it happens twice)."""
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def exists_in_london(day: date, at: time) -> bool:
    """Whether the wall-clock time happens at all (it does not in the hour lost in spring)."""
    return from_london(day, at).astimezone(LONDON).time() == at


def happens_twice_in_london(day: date, at: time) -> bool:
    """Whether the wall-clock time comes round again (as it does in the hour gained in autumn)."""
    again = datetime.combine(day, at.replace(fold=1), LONDON).astimezone(UTC)
    return again > from_london(day, at)


def london_day(moment: datetime) -> date:
    """The day that it is in London."""
    return moment.astimezone(LONDON).date()


def say_time(moment: datetime) -> str:
    """`11am`, `4:30pm`, `noon`, `midnight` in London."""
    local = moment.astimezone(LONDON)
    if (local.hour, local.minute) == (12, 0):
        return "noon"
    if (local.hour, local.minute) == (0, 0):
        return "midnight"
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def say_day(moment: datetime | date, *, year: bool = True) -> str:
    """`Friday 13 November 2026` in London; the day and month never part."""
    local = moment.astimezone(LONDON) if isinstance(moment, datetime) else moment
    text = f"{local:%A} {local.day}{NBSP}{local:%B}"
    return f"{text}{NBSP}{local.year}" if year else text


def say_moment(moment: datetime) -> str:
    """`11am on Friday 13 November 2026` in London."""
    return f"{say_time(moment)} on {say_day(moment)}"


def say_stamp(moment: datetime) -> str:
    """`11:00:42 on Friday 13 November 2026` in London: to the second, for records."""
    return f"{moment.astimezone(LONDON):%H:%M:%S} on {say_day(moment)}"


_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def say_span(span: timedelta) -> str:
    """A length of time in its two largest units: `2 days and 3 hours`, `42 seconds`, `less than a second`."""
    left, parts = max(0, int(span.total_seconds())), []
    for seconds, name in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count}{NBSP}{name}{'' if count == 1 else 's'}")
    return " and ".join(parts[:2]) or f"less than a{NBSP}second"


def say_left(closes: datetime, now: datetime) -> str:
    """How long is left: `18 days left`, `5 hours left`, `Closed`."""
    left = closes - now
    if left <= timedelta(0):
        return "Closed"
    days = (closes.astimezone(LONDON).date() - now.astimezone(LONDON).date()).days
    if days >= 2:
        return f"{days:,}{NBSP}days left"
    for seconds, name in _UNITS[1:]:
        count = int(left.total_seconds()) // seconds
        if count:
            return f"{count}{NBSP}{name}{'' if count == 1 else 's'} left"
    return f"less than a{NBSP}second left"


def say_ago(then: datetime, now: datetime) -> str:
    """How long something has waited, in whole days: `since today`, `since yesterday`, `for 5 days`."""
    days = (now.astimezone(LONDON).date() - then.astimezone(LONDON).date()).days
    return "since today" if days <= 0 else "since yesterday" if days == 1 else f"for {days}{NBSP}days"


def iso(moment: datetime) -> str:
    """The moment as the log and hashes write it: `2026-11-23T09:00:00.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
