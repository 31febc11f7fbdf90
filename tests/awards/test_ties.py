"""Equal totals at the end of a challenge: decided and told in the order that was published."""

from __future__ import annotations

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.awards.rules import Outcome
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import transaction
from pitchfest.judging import operations as judging
from pitchfest.kernel.errors import RuleViolation
from tests.awards.ending import Ending
from tests.judging.adjusting.world import the_end_of
from tests.judging.setting import a_round, close, declare_all, fill
from tests.support import builders
from tests.support.signing_in import browser_of

SETTLED = "Equal totals are told apart as the challenge said"


@pytest.fixture
def world(app: Flask, now) -> Ending:
    """Two pitches with the same total, 40, 40 and 20 points: the second has more on the first criterion."""
    builders.a_region()
    accounts.forget_region()
    setting = a_round(now, pitches=2, state=ChallengeState.ELIGIBILITY)
    with transaction():
        judging.start(
            setting.actor(setting.lead), reference=setting.reference, expected_version=None, now=now
        )
    declare_all(setting, now)
    for judge in range(3):
        fill(setting, judge, 0, [3, 5, 3], now)
        fill(setting, judge, 1, [5, 3, 3], now)
    close(setting, now)
    return the_end_of(setting, now)


def test_the_order_that_was_published_needs_no_reason_and_leaving_it_does(app: Flask, world) -> None:
    decider = browser_of(app, world.decider)
    decider.get(f"/manage/challenges/{world.reference}/decision")
    first, second = (
        decider.text.index(f"{n}. {entry.name}")
        for n, entry in ((1, world.entries[1]), (2, world.entries[0]))
    )
    assert first < second
    with pytest.raises(RuleViolation, match="differs from the ranking"):
        world.decide(Outcome.WON, Outcome.UNSUCCESSFUL)
    world.decide(Outcome.UNSUCCESSFUL, Outcome.WON)


def test_both_letters_say_how_their_total_was_told_apart(app: Flask, world) -> None:
    world.finish(Outcome.UNSUCCESSFUL, Outcome.WON)
    for entry, place in ((world.entries[0], "second"), (world.entries[1], "first")):
        supplier = browser_of(app, entry.author)
        supplier.get(f"/pitches/{entry.reference}/letter")
        assert "Yours came joint first" in supplier.text
        assert f"{SETTLED}, by the marks and then by lot: that puts yours {place}." in supplier.text
