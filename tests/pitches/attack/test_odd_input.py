"""Odd input to the forms of more time and of duties."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pitchfest.db import db
from tests.challenges.test_afterwards import MONDAY, RELEASED, decided, release
from tests.challenges.world import a_cast as staff_cast
from tests.pitches.cast import closing
from tests.support.signing_in import browser_of

GOOD = {"reason": "She needs a screen reader and our form failed."}


@pytest.mark.parametrize(
    "odd",
    [
        {"organisation": "9" * 60},
        {"organisation": "-1"},
        {"organisation": "1\x00"},
        {"organisation": ["1", "2"]},
        {"organisation": "¹"},
        {"closes_at-year": "9999", "closes_at-day": "31", "closes_at-month": "12", "closes_at-time": "23:59"},
        {"closes_at-year": "0001", "closes_at-day": "1", "closes_at-month": "1", "closes_at-time": "00:00"},
        {"closes_at-time": "99:99"},
        {"closes_at-day": ["1", "2"]},
        {"reason": "five words are here now\x00"},
        {"reason": "\x00 \x00 \x00 \x00 \x00 \x00"},
        {"reason": "x " * 100_000},
    ],
    ids=str,
)
def test_no_odd_extension_is_an_error(bare_app, cast, now, odd):
    with bare_app.app_context():
        later = closing(cast) + timedelta(days=2)
        db.session.remove()
    lead = browser_of(bare_app, cast.lead)
    fields = {
        "organisation": str(cast.kestrel),
        "closes_at-day": str(later.day),
        "closes_at-month": str(later.month),
        "closes_at-year": str(later.year),
        "closes_at-time": "10:00",
        **GOOD,
        **odd,
    }
    lead.fill(f"/manage/challenges/{cast.reference}/longer/new", fields=fields)


@pytest.mark.parametrize(
    "when", [(1, 1, "0001", "00:00"), (31, 12, "9999", "23:59"), (14, 12, "2026", "10:00")], ids=str
)
@pytest.mark.parametrize(
    "evidence", ["\x00", "x" * 400, "2026/S 000-1\x00", ["a", "b"]], ids=lambda v: str(v)[:8]
)
def test_no_odd_duty_is_an_error(bare_app, now, clock, when, evidence):
    with bare_app.app_context():
        people = staff_cast()
        reference = decided(people, now)
        release(people, reference, RELEASED)
        db.session.remove()
    clock.go_to(MONDAY)
    lead = people.browser(bare_app, "lead")
    page = f"/manage/challenges/{reference}/route/duties/award_notice"
    day, month, year, time = when
    fields = {
        "at-day": str(day),
        "at-month": str(month),
        "at-year": year,
        "at-time": time,
        "evidence": evidence,
    }
    lead.fill(page, fields=fields)
    for odd in ("x", "%00", "a" * 500, "letters", "standstill", "details_notice"):
        assert lead.get(f"/manage/challenges/{reference}/route/duties/{odd}").status_code in {200, 404}


def test_the_minute_of_the_letters_is_accepted_as_the_page_says(bare_app, now, clock):
    """The page asks for "2pm or later" and a minute is all one can enter, whatever the seconds."""
    with bare_app.app_context():
        people = staff_cast()
        reference = decided(people, now)
        release(people, reference, RELEASED + timedelta(seconds=40))
        db.session.remove()
    clock.go_to(RELEASED + timedelta(seconds=55))
    lead = people.browser(bare_app, "lead")
    page = f"/manage/challenges/{reference}/route/duties/award_notice"
    fields = {
        "at-day": "11",
        "at-month": "12",
        "at-year": "2026",
        "at-time": "14:00",
        "evidence": "2026/S 000-1",
    }
    lead.fill(page, fields=fields)
    assert "or later, which is when" not in lead.text
