"""What somebody wrote who said no: in the copy of their data, and gone with an erasure or in time."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from pitchfest.db import db, transaction
from pitchfest.judging import operations
from pitchfest.judging.operations.privacy import erase, remove_words
from pitchfest.judging.queries.privacy import erasing
from pitchfest.judging.rules.refusals import Refusal
from pitchfest.kernel.privacy import removed_words
from tests.judging.refusing.acts import NOTE, Asked, ask, refuse, row_of
from tests.judging.setting import Setting, a_round
from tests.privacy.test_data import copy_of
from tests.support import builders


@pytest.fixture
def setting(app: Flask, now: datetime) -> Setting:
    builders.a_region()
    return a_round(now, pitches=2)


@pytest.fixture
def nia(setting: Setting, now: datetime) -> Asked:
    asked = ask(setting, now)
    refuse(setting, asked.person, now)
    return asked


def test_a_persons_copy_says_why_they_said_no_in_their_words(
    app: Flask, setting: Setting, nia: Asked
) -> None:
    copy = copy_of(app, nia.person)
    [panel] = copy["Panels you judge on, or were asked to"]
    assert (panel["Why you said no"], panel["Your words"]) == ("not my area", NOTE)
    [invitation] = copy["Invitations to you"]
    assert "2026" in invitation["You said no"]
    assert invitation["Taken back"] in (None, "")


def test_the_words_of_who_released_a_judge_are_not_in_the_judges_copy(
    app: Flask, setting: Setting, now: datetime
) -> None:
    with transaction():
        operations.release(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=setting.members[1],
            reason="Never answers the telephone.",
            now=now,
        )
    [panel] = copy_of(app, setting.judges[1])["Panels you judge on, or were asked to"]
    assert (panel["Why you said no"], panel["Your words"]) == ("", "")


def test_an_erasure_takes_their_words_and_leaves_that_they_said_no(
    app: Flask, setting: Setting, nia: Asked, now: datetime
) -> None:
    what = "What you wrote when you said no to judging"
    assert what in erasing(nia.person, own=True, _now=now).goes
    assert what not in erasing(setting.judges[0], own=True, _now=now).goes
    with transaction():
        erase(nia.person, now)
    row = row_of(setting, nia.member)
    assert (row.refusal, row.release_reason) == (Refusal.AREA, removed_words(now))


def test_their_words_go_with_those_on_the_first_pitch(
    app: Flask, setting: Setting, nia: Asked, now: datetime
) -> None:
    silent = ask(setting, now, "Olu Other")
    refuse(setting, silent.person, now, note="")
    other = a_round(now, pitches=1)
    elsewhere = ask(other, now, "Pia Past")
    refuse(other, elsewhere.person, now)
    with transaction():
        remove_words(setting.pitches[0], now)
    db.session.expire_all()
    assert row_of(setting, nia.member).release_reason == removed_words(now)
    assert row_of(setting, silent.member).release_reason == ""
    assert row_of(other, elsewhere.member).release_reason == NOTE
