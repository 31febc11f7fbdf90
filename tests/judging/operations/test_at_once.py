"""Judges who sign off the same pitch in the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from flask import Flask

from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from tests.judging.setting import a_round, assert_totals_are_right, declare_all, fill

JUDGES, TIMES = 8, 50


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_eight_judges_sign_one_pitch_at_once_fifty_times(app: Flask, now: datetime) -> None:
    """Each pitch is one time; a total that missed a card, or counted one twice, would be found."""
    setting = a_round(now, pitches=TIMES, judges=JUDGES)
    with transaction():
        db.session.get_one(Challenge, setting.challenge).judges_per_pitch = JUDGES
    declare_all(setting, now)
    for judge in range(JUDGES):
        for pitch in range(TIMES):
            fill(setting, judge, pitch, ((judge + pitch) % 6, judge % 6, pitch % 6), now, sign=False)
    cards = [[setting.card(judge, pitch) for judge in range(JUDGES)] for pitch in range(TIMES)]
    actors = [setting.actor(judge) for judge in setting.judges]
    together = Barrier(JUDGES)

    def sign(place: int, pitch: int) -> None:
        with app.app_context():
            together.wait(timeout=60)
            with transaction():
                operations.sign_card(actors[place], cards[pitch][place], now=now)

    with ThreadPoolExecutor(JUDGES) as pool:
        for pitch in range(TIMES):
            for done in [pool.submit(sign, place, pitch) for place in range(JUDGES)]:
                done.result(timeout=120)
    db.session.rollback()  # what was read before the others signed is not what stands
    assert_totals_are_right()
    assert [row.cards for row in queries.results(setting.challenge).ranked] == [JUDGES] * TIMES
