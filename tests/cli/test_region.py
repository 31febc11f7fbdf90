"""The sample region, played in: complete, lawful, and alive on whatever day it is loaded."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.rules.region import placeholders
from pitchfest.audit.queries import chain
from pitchfest.audit.rules import first_break
from pitchfest.awards.models import Letter
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.cli.region.calendar import Calendar
from pitchfest.cli.region.command import SAMPLE, load_file
from pitchfest.cli.region.story import BadRegionError
from pitchfest.db import db
from pitchfest.judging import queries as judging
from pitchfest.judging.queries import total_differences
from pitchfest.kernel.actor import Role
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rules import Delivery
from pitchfest.pitches.models import Pitch
from tests.support.clock import MovableClock

S = ChallengeState


def test_the_sample_is_alive_and_its_log_holds(app: Flask, clock: MovableClock) -> None:
    clock.go_to(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    began = time.monotonic()
    load_file(SAMPLE)
    assert time.monotonic() - began < 30
    states = dict(db.session.execute(select(Challenge.reference, Challenge.state)).all())
    assert states == {
        "CH-2026-001": S.AWARDED,
        "CH-2026-002": S.AWARDED,
        "CH-2026-003": S.AWARDED,
        "CH-2026-004": S.JUDGING,
        "CH-2026-005": S.OPEN,
        "CH-2026-006": S.OPEN,
        "CH-2026-007": S.SCHEDULED,
        "CH-2026-008": S.DRAFT,
    }
    pitched = select(Challenge.reference, func.count()).join(Pitch, Pitch.challenge_id == Challenge.id)
    counts = dict(db.session.execute(pitched.group_by(Challenge.reference)).all())
    assert counts == {
        "CH-2026-001": 4,
        "CH-2026-002": 3,
        "CH-2026-003": 9,
        "CH-2026-004": 8,
        "CH-2026-005": 2,
    }
    assert db.session.execute(select(func.count()).select_from(Letter)).scalar_one() == 3 + 3 + 9
    skilled, drains = (challenges.by_reference(f"CH-2026-00{n}", clock.now()).id for n in (5, 4))
    assert [len(judging.expertise(key).levels) for key in (skilled, drains)] == [3, 5]
    assert [pay.name for pay in judging.payments(drains)] == ["Marcus Feather"]
    assert judging.trial(skilled).version == 1
    assert first_break(chain())[1] is None
    assert total_differences()[1] == []
    assert {p.name for p in accounts.staff(Role.ADMIN, now=clock.now())} == {
        "Josephine Okafor",
        "Elin Prosser",
    }
    assert accounts.region().is_demo
    assert accounts.fresh_region().is_finished
    assert placeholders(accounts.region()) == []
    assert "Colm Brannigan" in accounts.region().texts["privacy"]


def test_nothing_of_the_story_is_sent_as_mail(app: Flask, clock: MovableClock) -> None:
    clock.go_to(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    load_file(SAMPLE)
    left = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    assert set(dict(db.session.execute(left).all())) == {Delivery.KEPT}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("today", [date(2027, 1, 4), date(2026, 7, 1)])
def test_the_sample_is_alive_on_other_days(app: Flask, clock: MovableClock, today: date) -> None:
    clock.go_to(datetime(today.year, today.month, today.day, 12, tzinfo=UTC))
    load_file(SAMPLE, today)
    states = set(db.session.execute(select(Challenge.state)).scalars())
    assert states == {S.AWARDED, S.JUDGING, S.OPEN, S.SCHEDULED, S.DRAFT}
    assert first_break(chain())[1] is None


def test_a_second_region_is_refused(app: Flask, clock: MovableClock) -> None:
    load_file(SAMPLE)
    with pytest.raises(BadRegionError, match="already has a region"):
        load_file(SAMPLE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("challenges: []", "no entry `region`"),
        ("[1, 2]", "not a list of named entries"),
        ("a: [", "cannot be read"),
        ("region: {name: X}\npeople: [{name: A, joined: soon, roles: [officer]}]", "is not a time"),
        ("region: {name: X}", "lacks or misplaces"),
    ],
)
def test_a_bad_file_says_what_is_wrong(app: Flask, scratch: Path, text: str, reason: str) -> None:
    file = scratch / "region.yaml"
    file.write_text(text)
    with pytest.raises(BadRegionError, match=reason):
        load_file(file)


class TestCalendar:
    """Whole weeks, and off bank holidays."""

    def test_the_day_it_was_written_moves_nothing(self) -> None:
        assert Calendar(date(2026, 11, 23)).day(date(2026, 12, 11)) == date(2026, 12, 11)

    @pytest.mark.parametrize(
        ("as_of", "weeks"), [(date(2026, 11, 29), 0), (date(2026, 11, 30), 1), (date(2026, 11, 22), -1)]
    )
    def test_weeks_are_rounded_down(self, as_of: date, weeks: int) -> None:
        assert Calendar(as_of).shift.days == weeks * 7

    def test_bank_holidays_move_to_the_next_day_that_is_none(self) -> None:
        assert Calendar(date(2026, 11, 23)).day(date(2026, 11, 30)) == date(2026, 12, 1)
        assert Calendar(date(2026, 11, 23)).day(date(2026, 12, 25)) == date(2026, 12, 27)

    def test_times_are_london_times(self) -> None:
        assert Calendar(date(2026, 11, 23)).moment("2026-07-24T11:00") == datetime(
            2026, 7, 24, 10, tzinfo=UTC
        )
