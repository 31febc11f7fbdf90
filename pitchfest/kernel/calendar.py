"""Working days of the United Kingdom. Pure but for one cached table of bank holidays."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import cache

#: Year → its bank holidays.
Holidays = Callable[[int], Collection[date]]


@cache
def uk_bank_holidays(year: int) -> frozenset[date]:
    """The days of a year that are a bank holiday in any part of the United Kingdom.

    In any part, because that is how the Procurement Act 2023 (section 123) counts working days.
    """
    from holidays import country_holidays  # noqa: PLC0415 - here only: the server starts without it

    parts = ("ENG", "WLS", "SCT", "NIR")
    return frozenset(day for part in parts for day in country_holidays("GB", subdiv=part, years=year))


def is_working_day(day: date, holidays: Holidays = uk_bank_holidays) -> bool:
    """Whether it is Monday to Friday and no bank holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


def add_working_days(day: date, count: int, holidays: Holidays = uk_bank_holidays) -> date:
    """The working day that is `count` (1 or more) working days after `day`, which itself does not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


def working_days_before(day: date, count: int, holidays: Holidays = uk_bank_holidays) -> date:
    """The working day that is `count` (1 or more) working days before `day`, which does not count."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


def working_days_between(start: date, end: date, holidays: Holidays = uk_bank_holidays) -> int:
    """How many working days come after `start`, up to and with `end`; 0 where `end` is not later."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, holidays) for day in days)
