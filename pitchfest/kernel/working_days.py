"""Working days: Monday to Friday but for bank holidays in any part of the United Kingdom."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_PARTS = ("ENG", "WLS", "SCT", "NIR")
_SATURDAY = 5


@cache
def _holidays_of(year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415 - here only: the server starts without it

    return frozenset(day for part in _PARTS for day in country_holidays("GB", subdiv=part, years=year))


def is_bank_holiday(day: date) -> bool:
    """Whether any part of the United Kingdom has a bank holiday."""
    return day in _holidays_of(day.year)


def is_working_day(day: date) -> bool:
    """Whether people work on it."""
    return day.weekday() < _SATURDAY and not is_bank_holiday(day)


def working_days_before(day: date, number: int) -> date:
    """The working day that lies so many working days before `day`."""
    while number:
        day -= timedelta(days=1)
        number -= is_working_day(day)
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days come after `first`, up to and including `last`; 0 when it is not later."""
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
