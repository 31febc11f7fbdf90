"""What a register reminds of, and when an interest can have been."""

from __future__ import annotations

from datetime import date

import pytest

from pitchfest.judging.rules.interests import Entry, InterestKind, dates_problem, matching

TODAY = date(2026, 11, 23)


def test_a_register_reminds_also_of_what_has_ended() -> None:
    over = Entry(1, "Tidewater", InterestKind.JOB, None, date(2020, 1, 1), "")
    other = Entry(2, "Feather", InterestKind.JOB, None, None, "")
    assert matching([over, other], "Tidewater Systems Ltd") == [over]
    assert over.is_over(TODAY)
    assert not other.is_over(TODAY)


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (None, None, None),
        (date(2020, 1, 1), None, None),
        (date(2020, 1, 1), date(2020, 1, 1), None),
        (date(2020, 1, 2), date(2020, 1, 1), "until"),
        (date(1, 1, 1), None, "since"),
        (date(2030, 1, 1), None, "since"),
        (None, date(9999, 1, 1), "until"),
    ],
)
def test_an_interest_ends_after_it_begins(since: date | None, until: date | None, field: str | None) -> None:
    problem = dates_problem(since, until, TODAY)
    assert (problem.field if problem else None) == field
