"""How little the pages of a round ask of the database."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from tests.judging.setting import a_round, close, declare_all, score_all
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


@pytest.mark.parametrize("closed", [False, True])
def test_the_leads_pages_of_a_round_ask_little_of_the_database_however_many_pitch(
    app: Flask, now: datetime, closed: bool
) -> None:
    found: list[list[int]] = []
    for pitches in (4, 7):
        setting = a_round(now, pitches=pitches, judges=pitches + 1)
        declare_all(setting, now)
        score_all(setting, now)
        if closed:
            close(setting, now)
        base, lead = f"/manage/challenges/{setting.reference}", browser_of(app, setting.lead)
        pages = ["panel", "eligibility", "opening", "results" if closed else "conflicts"]
        pages += [] if closed else ["board"]
        pages = [base, *(f"{base}/{page}" for page in pages), f"/manage/pitches/{setting.pitch_reference(0)}"]
        found.append([])
        for page in pages:
            with counted() as seen:
                assert lead.get(page).status_code == 200, page
            assert len(seen) <= 12, page
            found[-1].append(len(seen))
    assert found[0] == found[1]
