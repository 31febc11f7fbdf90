"""How long a round of questions may take, and when a finding is turned by two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pitchfest.pitches.queries.clearing import FindingRow
from pitchfest.pitches.rules.clearing import asking_problems, needs_two

MONDAY = datetime(2026, 12, 14, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        (0, "from Tuesday"),
        (1, ""),
        (5, "working day"),  # a Saturday
        (14, "working day"),  # 28 December stands in for Boxing Day
        (16, ""),  # 30 December, the tenth working day
        (17, "from Tuesday"),
        (-1, "from Tuesday"),
    ],
)
def test_they_get_one_to_ten_working_days(days, problem):
    found = asking_problems(
        asked="Which company would sign, and is it registered?",
        until=MONDAY + timedelta(days=days),
        chosen=[1],
        now=MONDAY,
    )
    assert bool(found) == bool(problem), found
    assert not problem or problem in found[0].message


def finding(eligible, by, minutes=0, second=None):
    return FindingRow(eligible, by, second, MONDAY + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("earlier", "eligible", "person", "minutes", "two"),
    [
        ([], True, 1, 0, False),
        ([finding(True, 1)], True, 2, 99, False),
        ([finding(True, 1)], False, 1, 9, False),
        ([finding(True, 1)], False, 1, 10, True),
        ([finding(True, 1)], False, 2, 1, True),
        ([finding(True, 1), finding(True, 1, 9)], False, 1, 11, True),
        ([finding(True, 1), finding(False, 2, 1)], True, 1, 2, True),
        ([finding(True, 1), finding(False, 1, 1, second=2)], True, 1, 2, True),
    ],
)
def test_a_slip_is_put_right_alone_and_all_else_by_two(earlier, eligible, person, minutes, two):
    now = MONDAY + timedelta(minutes=minutes)
    assert needs_two(earlier, eligible=eligible, person_id=person, now=now) == two
