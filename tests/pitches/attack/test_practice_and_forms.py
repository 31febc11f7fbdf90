"""Attacks on practice, clarifications and duties."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.pitches import operations
from pitchfest.pitches.models import WaitingEntry
from tests.pitches.cast import actor, closing, sent, write
from tests.pitches.test_kinds import TYPED, draft  # noqa: F401
from tests.pitches.test_personal_extensions import settled
from tests.support import builders

HOURS, DAYS, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def a_practice(cast, now):
    challenge = builders.a_challenge(state=ChallengeState.OPEN, officer=cast.officer, now=now)
    row = db.session.get_one(Challenge, challenge)
    row.practice = True
    db.session.commit()
    return challenge, row.reference


@pytest.mark.parametrize("engine", ["postgresql"])
def test_an_act_that_commits_during_the_opening_is_not_lost(bare_app, cast, now):
    """Sharing holds the pitch, the opening the challenge: what waits is read before the pitch is held."""
    with bare_app.app_context():
        pitch = sent(cast, now)
        at = closing(cast) + 3 * MINUTES
        settled(cast, at)
        write(operations.propose_opening, cast.lead, reference=cast.reference, now=at)
        db.session.remove()
    inside, go_on = threading.Event(), threading.Event()
    wrong = []

    def share():
        try:
            with bare_app.app_context():
                who = actor(cast.rosa, at)
                with transaction():
                    operations.give_right(
                        who,
                        reference=pitch,
                        person_id=cast.imran,
                        right=__import__("pitchfest.pitches.rules", fromlist=["PitchRight"]).PitchRight.VIEW,
                        now=at,
                    )
                    db.session.flush()
                    inside.set()
                    go_on.wait(10)
        except Exception as error:  # noqa: BLE001
            wrong.append(error)
            inside.set()

    def open_it():
        try:
            with bare_app.app_context():
                write(operations.confirm_opening, cast.officer, reference=cast.reference, now=at + MINUTES)
        except Exception as error:  # noqa: BLE001
            wrong.append(error)

    one, two = threading.Thread(target=share), threading.Thread(target=open_it)
    one.start()
    inside.wait(10)
    two.start()
    time.sleep(1.5)
    go_on.set()
    one.join(20)
    two.join(20)
    assert wrong == []
    with bare_app.app_context():
        left = db.session.scalars(select(WaitingEntry)).all()
        assert left == [], "its entry never enters the log"


WILD = [
    {"": "\x00"},
    {"": ["Sensors", "Sensors", "nothing offered", "\x00", "x" * 5000]},
    {"": ["x"] * 3000},
    {"-gate": "maybe\x00", "-1-1": "\x00", "-1-2": "9" * 4000, "-1-3": "31 12 99999"},
    {"-gate": "yes", "-1-1": "a", "-1-2": "b", "-1-3": "1 1 0001", "-999999-1": "z", "-1--1": "q", "-x": "y"},
    {"": '[["a"]]'},
    {"": '{"gate": 5}'},
]
