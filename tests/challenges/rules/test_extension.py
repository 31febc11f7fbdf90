"""What an extension must be, and which dates move with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.challenges.rules import Extend, extension_problems, later_dates, next_working_day
from pitchfest.kernel.calendar import is_working_day
from pitchfest.kernel.clock import london_day, say_time

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


def test_the_next_working_day_is_no_bank_holiday():
    before_christmas = datetime(2026, 12, 24, 11, tzinfo=UTC)
    assert next_working_day(before_christmas) == datetime(2026, 12, 29, 11, tzinfo=UTC)


def test_only_dates_that_could_not_hold_move_and_by_as_much():
    judged, decided = CLOSES + timedelta(days=14), CLOSES + timedelta(days=28)
    near, far = CLOSES + timedelta(days=7), CLOSES + timedelta(days=20)
    dates: dict[str, Any] = {"judging_deadline": judged, "decision_due": decided}
    assert later_dates(CLOSES, near, **dates) == {}
    # Twelve working days on, over the bank holidays of the turn of the year in all parts of the country.
    finish = datetime(2027, 1, 15, 11, tzinfo=UTC)
    assert later_dates(CLOSES, far, **dates) == {
        "judging_deadline": finish,
        "decision_due": datetime(2027, 1, 26, 11, tzinfo=UTC),
    }
    only = later_dates(CLOSES, far, judging_deadline=judged, decision_due=None)
    assert only == {"judging_deadline": finish}


def test_a_date_keeps_its_own_time_of_day_and_lands_on_a_working_day():
    """Whatever time of day the new closing has, and past the bank holidays."""
    later = datetime(2026, 12, 18, 23, tzinfo=UTC)  # 11pm, five working days on
    moved = later_dates(
        CLOSES,
        later,
        questions_until=datetime(2026, 12, 4, 16, tzinfo=UTC),
        judging_deadline=datetime(2026, 12, 18, 16, tzinfo=UTC),
        decision_due=datetime(2026, 12, 21, 17, tzinfo=UTC),
        now=datetime(2026, 12, 1, tzinfo=UTC),
    )
    assert moved == {
        "questions_until": datetime(2026, 12, 11, 16, tzinfo=UTC),
        "judging_deadline": datetime(2026, 12, 29, 16, tzinfo=UTC),
        "decision_due": datetime(2026, 12, 30, 17, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        (CLOSES, MONDAY),  # with the closing: still with it
        (CLOSES + timedelta(hours=-1), MONDAY - timedelta(hours=1)),
        # 4pm on Thursday, to a closing at 11am on Monday
        (datetime(2026, 12, 10, 16, tzinfo=UTC), datetime(2026, 12, 11, 16, tzinfo=UTC)),
    ],
)
def test_questions_end_before_closing_where_they_did(until, ends):
    dates: dict[str, Any] = {"judging_deadline": None, "decision_due": None, "questions_until": until}
    assert later_dates(CLOSES, MONDAY, **dates, now=until - timedelta(days=1)) == {"questions_until": ends}
    assert later_dates(CLOSES, MONDAY, **dates, now=until) == {}, "they are not taken up again"


@pytest.mark.parametrize(
    ("kept", "moved"),
    [
        ({"questions_until"}, {"judging_deadline": (2026, 12, 29), "decision_due": (2026, 12, 31)}),
        ({"judging_deadline"}, {"questions_until": (2026, 12, 11)}),
        ({"decision_due"}, {"questions_until": (2026, 12, 11), "judging_deadline": (2026, 12, 29)}),
    ],
)
def test_a_date_that_was_given_stays_and_the_others_follow(kept, moved):
    found = later_dates(
        CLOSES,
        CLOSES + timedelta(days=7),
        questions_until=datetime(2026, 12, 4, 11, tzinfo=UTC),
        judging_deadline=datetime(2026, 12, 18, 11, tzinfo=UTC),
        decision_due=datetime(2026, 12, 22, 11, tzinfo=UTC),
        now=datetime(2026, 12, 1, tzinfo=UTC),
        kept=kept,
    )
    assert {name: (at.year, at.month, at.day) for name, at in found.items()} == moved


def test_the_decision_does_not_come_before_a_deadline_of_judges_that_was_given():
    judged = CLOSES + timedelta(days=28)
    found = later_dates(
        CLOSES,
        CLOSES + timedelta(days=7),
        judging_deadline=judged,
        decision_due=CLOSES + timedelta(days=13),
        kept={"judging_deadline"},
    )
    assert found == {"decision_due": judged}


HOURS = st.integers(1, 60 * 24)


@given(HOURS, HOURS, st.integers(0, 60 * 24), HOURS)
def test_dates_stay_in_order_come_no_earlier_and_move_to_working_days(more, judging, deciding, asking):
    later = CLOSES + timedelta(hours=more)
    judged = CLOSES + timedelta(hours=judging)
    until = CLOSES - timedelta(hours=asking)
    dates: dict[str, Any] = {
        "questions_until": until,
        "judging_deadline": judged,
        "decision_due": judged + timedelta(hours=deciding),
    }
    moved = later_dates(CLOSES, later, **dates, now=until - timedelta(hours=1))
    after = dates | moved
    assert after["questions_until"] < later < after["judging_deadline"] <= after["decision_due"]
    for name, moment in moved.items():
        assert moment >= dates[name]
        assert moment == dates[name] or is_working_day(london_day(moment))
        assert say_time(moment) == say_time(dates[name])
