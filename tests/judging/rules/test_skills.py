"""How well a judge matches a pitch, and when a judge is away."""

from __future__ import annotations

from datetime import date

import pytest

from pitchfest.judging.rules.capacity import (
    Away,
    Said,
    away_throughout,
    away_until,
    problems_with,
    say_away,
    still_to_come,
)
from pitchfest.judging.rules.skills import FULL, Expertise, Level, Skill, match

SOME, STRONG = Level.SOME, Level.STRONG
TODAY = date(2026, 11, 23)


def day(number: int) -> date:
    return date(2026, 11, number)


@pytest.mark.parametrize(
    ("asked", "levels", "gain"),
    [
        ({1}, {1: STRONG}, 1000),
        ({1}, {1: SOME}, 500),
        ({1}, {2: STRONG}, 0),
        ({1, 2}, {1: STRONG}, 500),
        ({1, 2, 3}, {1: STRONG, 2: SOME}, 500),
        ({1, 2, 3}, {1: STRONG}, 333),
        (set(), {}, FULL),
        (set(), {1: STRONG}, FULL),
    ],
)
def test_a_match_is_the_mean_of_the_levels(asked, levels, gain):
    assert match(asked, levels) == gain


def test_why_names_every_skill_that_is_asked_for_and_no_other():
    skills = tuple(Skill(n, name) for n, name in enumerate(("Roads", "Data", "Law", "Care"), start=1))
    known = Expertise(skills, {7: frozenset({1, 2, 3})}, {5: {1: STRONG, 3: SOME, 4: STRONG}, 6: {}})
    assert known.why((5, 7)) == "strong in Roads, some in Law, none in Data"
    assert known.why((6, 7)) == "none in Roads, Data and Law"
    assert known.why((4, 7)) == "has not said what they know", "which is not none"
    assert known.why((5, 8)) == known.why((4, 8)) == ""
    assert known.asks(7) == "Roads, Data and Law"


def test_the_weakest_come_first_and_what_is_as_good_as_can_be_never():
    known = Expertise(
        (Skill(1, "Roads"),), {7: frozenset({1}), 8: frozenset()}, {1: {1: STRONG}, 2: {1: SOME}}
    )
    pairs = [(member, pitch) for member in (1, 2, 3) for pitch in (7, 8)]
    assert known.weakest(pairs) == [(3, 7), (2, 7)]
    assert known.weakest(pairs, most=1) == [(3, 7)]
    assert Expertise((Skill(1, "Roads"),)).gains(pairs) == {}


def test_times_away_that_touch_are_one():
    times = [Away(day(26), day(27)), Away(day(20), day(25)), Away(day(29), day(30))]
    assert away_until(times, TODAY) == day(27)
    assert away_until(times, day(28)) is None
    assert away_until(times, day(27)) == day(27)
    assert [away.until for away in still_to_come(times, day(28))] == [day(30)]


@pytest.mark.parametrize(
    ("since", "until", "last", "gone"),
    [
        (20, 27, day(27), True),
        (23, 27, day(27), True),
        (23, 26, day(27), False),
        (24, 27, day(27), False),
        (20, 27, day(22), False),
        (20, 27, None, False),
    ],
)
def test_who_is_away_on_every_day_that_is_left(since, until, last, gone):
    assert away_throughout([Away(day(since), day(until))], TODAY, last) is gone


def test_days_away_are_said_in_order():
    times = [Away(day(26), day(27)), Away(day(24), day(24))]
    said = say_away(times).replace("\u00a0", " ")
    assert said == "Tuesday 24 November and Thursday 26 November to Friday 27 November"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said({}, 0, ()), "limit"),
        (Said({}, 1000, ()), "limit"),
        (Said({}, None, (None, Away(day(24), day(23)))), "until_2"),
        (Said({}, None, (Away(date(2036, 1, 1), date(2036, 1, 2)),)), "since_1"),
        (Said({}, None, (Away(day(23), date(2028, 1, 1)),)), "until_1"),
        (Said({}, None, (Away(day(23), date.max),)), "until_1"),
        (Said({}, None, (Away(day(23), day(23)),) * 7), "since_1"),
    ],
)
def test_what_cannot_be_is_named_at_its_field(said, field):
    assert [problem.field for problem in problems_with(said, TODAY)] == [field]
