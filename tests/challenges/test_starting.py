"""Starting a draft from a template: one write, everything filled, nothing half done."""

from datetime import UTC, datetime, timedelta

import pytest

from pitchfest.audit import queries as log
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import SMALL_ROUND, ChallengeState, Lane
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation
from tests.challenges.world import BRIEF, a_cast


def start(cast, now, *, by="officer", title="Quieter buses", **fields):
    with transaction():
        return operations.start_from(cast.actor(by), template=SMALL_ROUND, title=title, now=now, **fields)


def test_a_small_round_lacks_only_what_it_is_about(app, now):
    cast = a_cast()
    reference = start(cast, now)
    row = queries.by_reference(reference, now)
    assert {p.page for p in queries.missing(row, now)} == {"brief", "settings", "route"}
    assert (row.state, row.title, row.officer_id) == (ChallengeState.DRAFT, "Quieter buses", cast.officer)
    assert row.closes_at == datetime(2026, 12, 8, 11, tzinfo=UTC)  # St Andrew's Day does not count
    assert queries.authors(row.id) == {cast.officer}


def test_with_a_brief_and_a_decision_maker_nothing_is_missing(app, now):
    cast = a_cast()
    about = {name: text for name, text in BRIEF.items() if name != "title"}
    reference = start(
        cast, now, decision_maker_id=cast.lead, lane=Lane.SMALL, practice=True, source="small", **about
    )
    row = queries.by_reference(reference, now)
    assert queries.missing(row, now) == []
    assert (row.lane, row.practice) == (Lane.SMALL, True)
    criteria, questions = queries.criteria(row.id), queries.questions(row.id)
    assert [q.criterion_id for q in questions] == [c.id for c in criteria]
    assert all(len(c.anchors) == 6 for c in criteria)
    with transaction():
        operations.send_for_approval(cast.actor("officer"), reference=reference, now=now)


def test_a_closing_time_given_wins_and_moves_the_others(app, now):
    row = queries.by_reference(start(a_cast(), now, closes_at=now + timedelta(days=2)), now)
    assert row.closes_at == now + timedelta(days=2)
    assert row.judging_deadline == datetime(2026, 12, 10, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"budget_pence": -1}, "budget_pence"),
        ({"closes_at": datetime(2026, 11, 23, 9, tzinfo=UTC)}, "closes_at"),
        ({"decision_maker_id": 999_999}, "decision_maker_id"),
        ({"reason_words": 0}, "reason_words"),
    ],
)
def test_what_no_draft_may_hold_is_refused_whole(app, now, fields, field):
    cast = a_cast()
    with pytest.raises(RuleViolation) as refusal:
        start(cast, now, **fields)
    assert [p.field for p in refusal.value.problems] == [field]
    assert db.session.query(Challenge).count() == 0
    assert log.page(number=1, size=9, action="challenge.create") == ([], 0)


def test_only_officers_start_one(app, now):
    cast = a_cast()
    with pytest.raises(NotAllowed):
        start(cast, now, by="approver")
    with pytest.raises(NotFound):
        start(cast, now, by="supplier")
    with pytest.raises(ValueError, match="state"):
        start(cast, now, state="open")
