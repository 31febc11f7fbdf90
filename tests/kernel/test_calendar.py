"""Working days over weekends and bank holidays of every part of the United Kingdom."""

from datetime import date

import pytest

from pitchfest.kernel.calendar import (
    add_working_days,
    is_working_day,
    uk_bank_holidays,
    working_days_between,
)

FRIDAY_BEFORE_CHRISTMAS = date(2026, 12, 18)


def none(_year: int) -> frozenset[date]:
    return frozenset()


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 12, 25), False),
        (date(2026, 12, 28), False),  # Boxing Day fell on a Saturday
        (date(2026, 8, 3), False),  # in Scotland only
        (date(2027, 7, 12), False),  # in Northern Ireland only
    ],
)
def test_a_working_day_is_one_in_every_part(day, working):
    assert is_working_day(day, uk_bank_holidays) is working


def test_ten_working_days_over_christmas_are_more_than_two_weeks():
    assert add_working_days(FRIDAY_BEFORE_CHRISTMAS, 10, none) == date(2027, 1, 1)
    # Monday the 4th is a bank holiday in Scotland
    assert add_working_days(FRIDAY_BEFORE_CHRISTMAS, 10, uk_bank_holidays) == date(2027, 1, 7)


@pytest.mark.parametrize("start", [date(2026, 12, day) for day in range(1, 32)])
@pytest.mark.parametrize("count", [1, 2, 5, 20, 60])
def test_counting_back_finds_what_was_added(start, count):
    end = add_working_days(start, count, uk_bank_holidays)
    assert is_working_day(end, uk_bank_holidays)
    assert working_days_between(start, end, uk_bank_holidays) == count


def test_nothing_lies_between_a_day_and_an_earlier_one():
    assert working_days_between(date(2026, 12, 2), date(2026, 12, 1), none) == 0
