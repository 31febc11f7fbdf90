"""Time in words, and the half-open window."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from pitchfest.kernel import clock


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-13T11:00", "11am on Friday 13 November 2026"),
        ("2026-07-24T10:00", "11am on Friday 24 July 2026"),
        ("2026-11-13T16:30", "4:30pm on Friday 13 November 2026"),
        ("2026-11-13T12:00", "noon on Friday 13 November 2026"),
        ("2026-11-13T00:00", "midnight on Friday 13 November 2026"),
        ("2026-11-13T00:05", "12:05am on Friday 13 November 2026"),
        ("2026-06-30T23:30", "12:30am on Wednesday 1 July 2026"),
    ],
)
def test_say_moment(moment: str, words: str) -> None:
    assert clock.say_moment(at(moment)).replace(clock.NBSP, " ") == words


def test_say_day_keeps_day_and_month_together() -> None:
    assert clock.say_day(date(2026, 12, 11)) == f"Friday 11{clock.NBSP}December{clock.NBSP}2026"


def test_from_london_takes_the_first_of_the_hour_that_happens_twice() -> None:
    assert clock.from_london(date(2026, 10, 25), time(1, 30)) == at("2026-10-25T00:30")


def test_an_hour_is_lost_in_spring() -> None:
    assert not clock.exists_in_london(date(2026, 3, 29), time(1, 30))
    assert clock.exists_in_london(date(2026, 3, 29), time(2, 30))


@pytest.mark.parametrize(
    ("day", "at_time", "twice"),
    [
        (date(2026, 10, 25), time(0, 59), False),
        (date(2026, 10, 25), time(1), True),
        (date(2026, 10, 25), time(1, 59), True),
        (date(2026, 10, 25), time(2), False),
        (date(2026, 10, 24), time(1, 30), False),
        (date(2026, 3, 29), time(1, 30), False),
    ],
)
def test_an_hour_comes_twice_in_autumn(day: date, at_time: time, twice: bool) -> None:
    assert clock.happens_twice_in_london(day, at_time) is twice


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=42), "42 seconds"),
        (timedelta(seconds=61), "1 minute and 1 second"),
        (timedelta(days=2, hours=3, minutes=9), "2 days and 3 hours"),
        (timedelta(seconds=-5), "less than a second"),
    ],
)
def test_say_span(span: timedelta, words: str) -> None:
    assert clock.say_span(span).replace(clock.NBSP, " ") == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=18), "18 days left"),
        (timedelta(hours=30), "30 hours left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(microseconds=1), "less than a second left"),
        (timedelta(0), "Closed"),
        (timedelta(days=-1), "Closed"),
    ],
)
def test_say_left(left: timedelta, words: str) -> None:
    now = at("2026-11-23T09:00")
    assert clock.say_left(now + left, now).replace(clock.NBSP, " ") == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "since today"), (1, "since yesterday"), (2, "for 2 days")],
)
def test_say_ago_never_reads_like_a_deadline(days: int, words: str) -> None:
    now = at("2026-11-23T09:00")
    assert clock.say_ago(now - timedelta(days=days), now).replace(clock.NBSP, " ") == words


def test_iso_always_has_six_digits_of_a_second() -> None:
    assert clock.iso(at("2026-11-23T09:00")) == "2026-11-23T09:00:00.000000Z"
