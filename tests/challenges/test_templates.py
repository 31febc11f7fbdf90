"""Templates of the region, copies of challenges, and the library: what is taken over and what is not."""

from datetime import UTC, datetime, timedelta

import pytest

from pitchfest.audit import queries as log
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import SMALL_ROUND, ChallengeState, Lane, template_body
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm
from tests.challenges.world import a_cast, a_draft, published
from tests.support import builders


def keep(cast, reference, now, *, by="officer", name="Drains", note="For roads."):
    with transaction():
        return operations.keep_template(cast.actor(by), reference=reference, name=name, note=note, now=now)


def copy(cast, reference, now, *, by="second_officer", **values):
    with transaction():
        return operations.copy(cast.actor(by), reference=reference, now=now, **values)


def parts(reference, now):
    """Criteria and questions without their ids, questions naming their criterion's position."""
    row = queries.by_reference(reference, now)
    criteria = queries.criteria(row.id)
    positions = {c.id: c.position for c in criteria}
    return (
        [(c.position, c.name, c.kind, c.weight, c.threshold, c.anchors) for c in criteria],
        [(q.position, q.ask, q.kind, positions.get(q.criterion_id or 0)) for q in queries.questions(row.id)],
    )


def test_a_template_keeps_what_is_not_about_the_problem(app, now):
    cast = a_cast()
    template_id = keep(cast, a_draft(cast, now), now)
    row = queries.template(actor=None, now=now, template_id=template_id)
    assert (row.name, row.made_from, row.made_by, row.uses) == ("Drains", "CH-2026-001", "Bryn Haldane", 0)
    assert "gullies" not in row.body
    with transaction():
        reference = operations.start_from_template(
            cast.actor("second_officer"), template_id=template_id, title="Buses", question="", now=now
        )
    begun = queries.by_reference(reference, now)
    assert (begun.problem, begun.timetable, begun.minimum_total) == ("", "Decision within four weeks.", 6000)
    assert parts(reference, now) == parts("CH-2026-001", now)
    assert queries.authors(begun.id) == {cast.second_officer}
    assert queries.template(actor=None, now=now, template_id=template_id).uses == 1
    entries, _ = log.page(number=1, size=1, action="challenge.create")
    assert f"template:{template_id}" in entries[0]["detail"]
    assert "Drains" not in "".join(e["detail"] for e in log.page(number=1, size=99)[0])


def test_dates_move_by_working_days_over_christmas(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)  # 18 days: 13 working days on, to Friday 11 December at 9am
    later = datetime(2026, 12, 21, 12, tzinfo=UTC)
    row = queries.by_reference(copy(cast, reference, now), now)
    assert row.closes_at == queries.by_reference(reference, now).closes_at
    template_id = keep(cast, reference, now)
    with transaction():
        begun = operations.start_from_template(
            cast.actor("officer"), template_id=template_id, title="Buses", question="", now=later
        )
    assert queries.by_reference(begun, later).closes_at == datetime(2027, 1, 13, 9, tzinfo=UTC)


def test_a_copy_of_a_published_challenge_is_a_draft_of_its_copier(app, now):
    cast = a_cast()
    source = published(cast, now)
    row = queries.by_reference(copy(cast, source, now), now)
    old = queries.by_reference(source, now)
    assert (row.state, row.published_at, row.title) == (ChallengeState.DRAFT, None, f"{old.title} (copy)")
    assert (row.problem, row.budget_pence, row.decision_maker_id) == (
        old.problem,
        old.budget_pence,
        old.decision_maker_id,
    )
    assert row.officer_id == cast.second_officer
    assert queries.authors(row.id) == {cast.second_officer}
    assert queries.reviews(row.id) == []
    assert queries.newest_snapshot(row.id) is None
    assert [p.page for p in queries.missing(row, now)] == ["route"]  # answered anew for each challenge
    assert parts(row.reference, now) == parts(source, now)
    assert queries.by_reference(source, now).version == old.version


@pytest.mark.parametrize("state", list(ChallengeState))
def test_every_challenge_can_be_copied_whatever_became_of_it(app, now, state):
    cast = a_cast()
    challenge = db.session.get_one(
        Challenge, builders.a_challenge(state=state, officer=cast.officer, now=now)
    )
    challenge.practice, challenge.lane = True, Lane.SMALL
    reference, title = challenge.reference, challenge.title
    db.session.commit()
    row = queries.by_reference(copy(cast, reference, now), now)
    over = {"standstill", "awarded", "in_pilot", "complete", "unsuccessful", "withdrawn", "cancelled"}
    assert row.title == (title if state in over else f"{title} (copy)")
    assert (row.state, row.practice, row.lane) == (ChallengeState.DRAFT, False, Lane.SMALL)
    assert row.closes_at is None or row.closes_at > now


def test_a_decision_maker_who_left_is_not_copied(app, now):
    cast = a_cast()
    challenge = builders.a_challenge(
        state=ChallengeState.AWARDED, officer=cast.officer, now=now, decision_maker=cast.supplier
    )
    reference = db.session.get_one(Challenge, challenge).reference
    assert queries.by_reference(copy(cast, reference, now), now).decision_maker_id is None


def test_the_longest_title_still_gets_its_mark(app, now):
    cast = a_cast()
    with transaction():
        reference = operations.create(cast.actor("officer"), title="x" * 160, question="", now=now)
    assert queries.by_reference(copy(cast, reference, now), now).title == "x" * 153 + " (copy)"


def test_only_officers_copy_and_keep_and_nobody_copies_what_they_cannot_see(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    with pytest.raises(NotAllowed):
        copy(cast, reference, now, by="approver")
    with pytest.raises(NotFound):
        copy(cast, reference, now, by="observer")
    with pytest.raises(NotAllowed):
        keep(cast, reference, now, by="lead")
    assert db.session.query(Challenge).count() == 1


def test_a_name_is_taken_once(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    first, second = keep(cast, reference, now), keep(cast, reference, now, name="Roads")
    with pytest.raises(RuleViolation, match="of this name"):
        keep(cast, reference, now)
    with pytest.raises(RuleViolation, match="of this name"), transaction():
        operations.change_template(cast.actor("officer"), template_id=second, name="Drains", note="", now=now)
    with transaction():
        operations.change_template(
            cast.actor("officer"), template_id=first, name="Drains", note="New.", now=now
        )
    with pytest.raises(StaleForm), transaction():
        operations.change_template(
            cast.actor("officer"), template_id=first, name="D", note="", now=now, expected_version=1
        )


def test_a_retired_template_starts_nothing_until_it_is_brought_back(app, now):
    cast = a_cast()
    me = cast.actor("officer")
    template_id = keep(cast, a_draft(cast, now), now)
    with transaction():
        operations.retire_template(me, template_id=template_id, now=now)
    assert queries.templates(with_retired=False) == []
    start = {"template_id": template_id, "title": "Buses", "question": "", "now": now}
    with pytest.raises(RuleViolation, match="retired"), transaction():
        operations.start_from_template(me, **start)
    with transaction():
        operations.bring_template_back(me, template_id=template_id, now=now + timedelta(days=1))
    with transaction():
        operations.start_from_template(me, **start)


def test_a_file_from_elsewhere_is_taken_in_and_another_is_refused(app, now):
    cast = a_cast()
    me = cast.actor("officer")
    values = {"name": "From Westmoor", "note": "", "now": now}
    with pytest.raises(RuleViolation) as refusal, transaction():
        operations.take_in_template(me, text="{}", **values)
    assert [p.field for p in refusal.value.problems] == ["file"]
    with transaction():
        template_id = operations.take_in_template(me, text=template_body(SMALL_ROUND), **values)
    row = queries.template(actor=None, now=now, template_id=template_id)
    assert (row.template, row.made_from) == (SMALL_ROUND, "")


def test_the_library_adds_criteria_with_their_questions_after_what_is_there(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    with transaction():
        operations.add_from_library(
            cast.actor("officer"), reference=reference, weights={"team": 20, "new": 15}, now=now
        )
    criteria, questions = parts(reference, now)
    assert [(c[0], c[1], c[3]) for c in criteria[2:]] == [(3, "New or different", 15), (4, "Team", 20)]
    assert all(set(c[5]) == {0, 100, 200, 300, 400, 500} for c in criteria[2:])
    assert [(q[0], q[3]) for q in questions[2:]] == [(3, 3), (4, 4)]
    problems = queries.missing(queries.by_reference(reference, now), now)
    assert [p.message for p in problems] == ["Weights come to 135. They must come to exactly 100"]


@pytest.mark.parametrize(
    ("weights", "field"),
    [({}, "chosen"), ({"team": None}, "weight_team"), ({"team": 101}, "weight_team")],
)
def test_nothing_is_added_where_a_weight_is_wrong(app, now, weights, field):
    cast = a_cast()
    reference = a_draft(cast, now)
    with pytest.raises(RuleViolation) as refusal, transaction():
        operations.add_from_library(cast.actor("officer"), reference=reference, weights={**weights}, now=now)
    assert [p.field for p in refusal.value.problems] == [field]
    assert len(parts(reference, now)[0]) == 2


def test_the_same_criterion_is_not_added_twice(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    values = {"reference": reference, "weights": {"team": 20}, "now": now}
    with transaction():
        operations.add_from_library(cast.actor("officer"), **values)
    with pytest.raises(RuleViolation, match="already"), transaction():
        operations.add_from_library(cast.actor("officer"), **values)


def test_a_question_finds_the_criterion_of_its_name(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    with transaction():
        operations.save_criterion(cast.actor("officer"), reference=reference, now=now, name="Team", weight=10)
        operations.add_questions(cast.actor("officer"), reference=reference, keys=["scale", "team"], now=now)
    assert [(q[0], q[3]) for q in parts(reference, now)[1][2:]] == [(3, 3), (4, None)]


def test_a_published_challenge_takes_nothing_from_the_library(app, now):
    cast = a_cast()
    reference = published(cast, now)
    with pytest.raises(NotAllowed), transaction():
        operations.add_questions(cast.actor("officer"), reference=reference, keys=["team"], now=now)
