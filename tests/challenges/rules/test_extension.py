"""What an extension must be, and which dates move with it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.challenges.rules import Extend, extension_problems, later_dates, next_working_day

#: 11am on Friday 11 December 2026 in London.
CLOSES = datetime(2026, 12, 11, 11, tzinfo=UTC)
MONDAY = CLOSES + timedelta(days=3)
REASON = "The site was down on Thursday morning."


@pytest.mark.parametrize(
    ("later", "reason", "fields"),
    [
        (MONDAY, REASON, []),
        (MONDAY - timedelta(seconds=1), REASON, ["closes_at"]),
        (CLOSES + timedelta(days=60), REASON, []),
        (CLOSES + timedelta(days=60, seconds=1), REASON, ["closes_at"]),
        (MONDAY, "More time is needed", ["reason"]),
        (CLOSES, "", ["closes_at", "reason"]),
    ],
)
def test_at_least_a_working_day_at_most_sixty_and_a_reason(later, reason, fields):
    problems = extension_problems(Extend(closes_at=CLOSES, later=later, reason=reason))
    assert [field for _, field in problems] == fields


def test_the_next_working_day_keeps_the_time_of_day_over_a_change_of_clocks():
    friday = datetime(2026, 10, 23, 10, tzinfo=UTC)  # 11am in summer
    assert next_working_day(friday) == datetime(2026, 10, 26, 11, tzinfo=UTC)  # 11am in winter


def test_only_dates_that_could_not_hold_move_and_by_as_much():
    judged, decided = CLOSES + timedelta(days=14), CLOSES + timedelta(days=28)
    near, far = CLOSES + timedelta(days=7), CLOSES + timedelta(days=20)
    dates = {"judging_deadline": judged, "decision_due": decided}
    assert later_dates(CLOSES, near, **dates) == {}
    moved = {"judging_deadline": judged + timedelta(days=20), "decision_due": decided + timedelta(days=20)}
    assert later_dates(CLOSES, far, **dates) == moved
    assert later_dates(CLOSES, far, judging_deadline=judged, decision_due=None) == {
        "judging_deadline": judged + timedelta(days=20)
    }


@given(st.integers(1, 60), st.integers(1, 90), st.integers(0, 90))
def test_afterwards_judges_finish_after_closing_and_the_decision_is_not_before(days, judging, deciding):
    later = CLOSES + timedelta(days=days)
    judged = CLOSES + timedelta(days=judging)
    dates = {"judging_deadline": judged, "decision_due": judged + timedelta(days=deciding)}
    after = dates | later_dates(CLOSES, later, **dates)
    assert later < after["judging_deadline"] <= after["decision_due"]
