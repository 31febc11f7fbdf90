"""When the story's moments fall, for a given day on which it is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from pitchfest.kernel.calendar import uk_bank_holidays
from pitchfest.kernel.clock import from_london

#: The day as of which a region file is written, unless it names another.
WRITTEN = date(2026, 11, 23)


class Calendar:
    """Moves wall-clock times of the file by whole weeks, and off bank holidays.

    A day that falls on a bank holiday in any part of the United Kingdom moves on to the next one
    that does not.
    """

    def __init__(self, as_of: date, written: date = WRITTEN) -> None:
        self.shift = timedelta(weeks=(as_of - written).days // 7)

    def day(self, written: date) -> date:
        """The day on which a written day falls now."""
        moved = written + self.shift
        while moved in uk_bank_holidays(moved.year):
            moved += timedelta(days=1)
        return moved

    def moment(self, written: str | date | datetime) -> datetime:
        """The UTC moment of `2026-07-24T11:00`, London wall time; of a bare date, its 5pm.

        Raises ValueError for what is neither.
        """
        wall = as_written(written)
        return from_london(self.day(wall.date()), wall.time()).astimezone(UTC)


def as_written(written: str | date | datetime) -> datetime:
    """The wall-clock time in the file, before it is moved: what the story's order goes by."""
    if isinstance(written, datetime):
        return written
    if isinstance(written, date):
        return datetime.combine(written, time(17))
    return datetime.fromisoformat(written if "T" in written else f"{written}T17:00")
