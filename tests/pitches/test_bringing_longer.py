"""What came another way within a supplier's longer time, where several are called the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from pitchfest.accounts.rules import Capacity, Size
from pitchfest.audit import queries as log
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.kernel.errors import RuleViolation
from pitchfest.pitches import operations
from pitchfest.pitches.models import WaitingEntry
from tests.pitches.another_way import assisted, brought
from tests.pitches.cast import closing
from tests.pitches.test_personal_extensions import lengthen, settled
from tests.support import builders

DAY = timedelta(days=1)


def namesake():
    made = builders.an_organisation("Smith Ltd", Capacity.SUPPLIER)
    builders.a_person("Somebody", organisation=made, owner=True)
    return made


@pytest.mark.parametrize("days", [(5, 1), (1, 5)])
def test_of_two_suppliers_called_the_same_the_longer_time_counts(app, cast, now, days):
    for number in days:
        lengthen(cast, now, organisation=namesake(), closes_at=closing(cast) + number * DAY)
    supplier = operations.Supplier("smith ltd", Size.MICRO, "Testford", "", "By post")
    at = closing(cast) + 4 * DAY
    settled(cast, at)
    with pytest.raises(RuleViolation):
        brought(cast, at + 2 * DAY, who=cast.officer, supplier=supplier, received_at=at + 1.5 * DAY)
    brought(cast, at, who=cast.officer, supplier=supplier, received_at=at - DAY)


def test_what_is_typed_for_a_supplier_waits_too_while_numbers_are_withheld(app, cast, now):
    lengthen(cast, now)
    at = closing(cast) + timedelta(hours=1)
    settled(cast, at)
    again = {"state": ChallengeState.OPEN, "closes_at": at + 5 * DAY}  # as opening it again for all does
    db.session.execute(update(Challenge).where(Challenge.id == cast.challenge).values(again))
    db.session.commit()
    before = log.page(number=1, size=1)[1]
    assisted(cast, at)
    assert log.page(number=1, size=1)[1] == before
    assert db.session.scalar(select(func.count()).select_from(WaitingEntry)) == 1
