"""Writing a draft: references, versions, authors, criteria and the form."""

from datetime import datetime, timedelta

import pytest

from pitchfest.challenges import operations, queries
from pitchfest.challenges.rules import CriterionKind, QuestionKind
from pitchfest.db import transaction
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm
from tests.challenges.world import a_cast, a_draft


def create(cast, now, **values):
    with transaction():
        return operations.create(cast.actor("officer"), title="Drains", question="", now=now, **values)


def test_references_count_up_within_a_year_without_gaps(app, now):
    cast = a_cast()
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=LONDON)
    assert [create(cast, now), create(cast, now), create(cast, new_year)] == [
        "CH-2026-001",
        "CH-2026-002",
        "CH-2027-001",
    ]


def test_the_region_loader_may_preset_a_reference_and_counting_goes_on_after_it(app, now):
    cast = a_cast()
    assert create(cast, now, reference="CH-2026-999") == "CH-2026-999"
    assert create(cast, now) == "CH-2026-1000"
    assert create(cast, now) == "CH-2026-1001"


def test_only_officers_start_challenges(app, now):
    cast = a_cast()
    with pytest.raises(NotAllowed), transaction():
        operations.create(cast.actor("approver"), title="Drains", question="", now=now)
    with pytest.raises(NotFound), transaction():
        operations.create(cast.actor("supplier"), title="Drains", question="", now=now)


def test_a_half_written_brief_is_kept(app, now):
    cast = a_cast()
    reference = create(cast, now)
    with transaction():
        operations.edit_brief(cast.actor("officer"), reference=reference, now=now, problem="They block.")
    row = queries.by_reference(reference, now)
    assert (row.problem, row.version, row.budget_pence) == ("They block.", 2, None)


def test_a_stale_form_says_who_changed_what_and_overwrites_nothing(app, now):
    cast = a_cast()
    reference = create(cast, now)
    with transaction():
        operations.edit_brief(
            cast.actor("second_officer"), reference=reference, expected_version=1, now=now, problem="Theirs."
        )
    with transaction():  # a save that changed nothing is not what they hear of
        operations.edit_brief(cast.actor("officer"), reference=reference, now=now, problem="Theirs.")
    with pytest.raises(StaleForm, match="Leah Montrose changed the brief at 9am"), transaction():
        operations.edit_brief(
            cast.actor("officer"), reference=reference, expected_version=1, now=now, problem="Mine."
        )
    assert queries.by_reference(reference, now).problem == "Theirs."


def test_saving_without_a_change_makes_nobody_an_author(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    row = queries.by_reference(reference, now)
    with transaction():
        operations.edit_brief(cast.actor("second_officer"), reference=reference, now=now, problem=row.problem)
    assert queries.authors(row.id) == {cast.officer}
    assert queries.by_reference(reference, now).version == row.version


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"closes_at": timedelta(0)}, "closes_at"),
        ({"minimum_cards": 0}, "minimum_cards"),
        ({"reason_words": 201}, "reason_words"),
        ({"judges_per_pitch": 0}, "judges_per_pitch"),
        ({"minimum_total": 10_001}, "minimum_total"),
        ({"decision_maker_id": 999_999}, "decision_maker_id"),
    ],
)
def test_settings_that_make_no_sense_are_refused_at_their_field(app, now, settings, field):
    cast = a_cast()
    reference = create(cast, now)
    values = {k: now + v if isinstance(v, timedelta) else v for k, v in settings.items()}
    with pytest.raises(RuleViolation) as refusal, transaction():
        operations.edit_settings(cast.actor("officer"), reference=reference, now=now, **values)
    assert [p.field for p in refusal.value.problems] == [field]


def test_a_supplier_cannot_decide(app, now):
    cast = a_cast()
    reference = create(cast, now)
    with pytest.raises(RuleViolation), transaction():
        operations.edit_settings(
            cast.actor("officer"), reference=reference, now=now, decision_maker_id=cast.supplier
        )


def test_a_budget_that_no_database_column_holds_is_refused(app, now):
    cast = a_cast()
    reference = create(cast, now)
    with pytest.raises(RuleViolation, match="at most"), transaction():
        operations.edit_brief(cast.actor("officer"), reference=reference, now=now, budget_pence=10**13)


def names(reference, now):
    return [c.name for c in queries.criteria(queries.by_reference(reference, now).id)]


def add(cast, reference, now, name, **values):
    with transaction():
        return operations.save_criterion(
            cast.actor("officer"), reference=reference, now=now, name=name, weight=20, **values
        )


def test_criteria_are_ordered_moved_and_removed_without_gaps(app, now):
    cast = a_cast()
    reference = create(cast, now)
    ids = {name: add(cast, reference, now, name) for name in "ABC"}
    me = cast.actor("officer")
    with transaction():
        operations.move_criterion(me, reference=reference, criterion_id=ids["C"], direction="up", now=now)
        operations.move_criterion(me, reference=reference, criterion_id=ids["A"], direction="up", now=now)
    assert names(reference, now) == ["A", "C", "B"]
    with transaction():
        operations.remove_criterion(me, reference=reference, criterion_id=ids["A"], now=now)
    assert [(c.position, c.name) for c in queries.criteria(queries.by_reference(reference, now).id)] == [
        (1, "C"),
        (2, "B"),
    ]
    add(cast, reference, now, "D")
    assert names(reference, now) == ["C", "B", "D"]


def test_removing_a_criterion_keeps_its_questions_unscored(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    challenge_id = queries.by_reference(reference, now).id
    fit = queries.criteria(challenge_id)[0]
    with transaction():
        operations.remove_criterion(cast.actor("officer"), reference=reference, criterion_id=fit.id, now=now)
    assert queries.questions(challenge_id)[0].criterion_id is None


def test_a_criterion_of_another_challenge_is_not_found(app, now):
    cast = a_cast()
    mine, other = create(cast, now), create(cast, now)
    theirs = add(cast, other, now, "Theirs")
    me = cast.actor("officer")
    with pytest.raises(NotFound), transaction():
        operations.remove_criterion(me, reference=mine, criterion_id=theirs, now=now)
    with pytest.raises(NotFound), transaction():
        operations.save_criterion(me, reference=mine, criterion_id=theirs, name="X", weight=5, now=now)
    with pytest.raises(RuleViolation), transaction():
        operations.save_question(
            me, reference=mine, ask="?", kind=QuestionKind.TEXT, max_words=9, criterion_id=theirs, now=now
        )
    assert names(other, now) == ["Theirs"]


@pytest.mark.parametrize(
    ("scale", "field"),
    [
        ({"minimum": 500, "maximum": 0}, "maximum"),
        ({"step": 300}, "step"),
        ({"step": 0}, "step"),
        ({"threshold": 550}, "threshold"),
        ({"threshold": 250}, "threshold"),
    ],
)
def test_numbers_that_are_no_scale_are_refused(app, now, scale, field):
    cast = a_cast()
    reference = create(cast, now)
    with pytest.raises(RuleViolation) as refusal:
        add(cast, reference, now, "Fit", **scale)
    assert [p.field for p in refusal.value.problems] == [field]


def test_there_is_one_price_criterion_at_most(app, now):
    cast = a_cast()
    reference = create(cast, now)
    price = add(cast, reference, now, "Price", kind=CriterionKind.PRICE)
    with pytest.raises(RuleViolation, match="one only"):
        add(cast, reference, now, "Cost", kind=CriterionKind.PRICE)
    add(cast, reference, now, "Total price", kind=CriterionKind.PRICE, criterion_id=price)
    assert names(reference, now) == ["Total price"]


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"kind": QuestionKind.TEXT, "max_words": None}, "max_words"),
        ({"kind": QuestionKind.TEXT, "max_words": 0}, "max_words"),
        ({"kind": QuestionKind.RADIOS, "options": ["Yes"]}, "options"),
        ({"kind": QuestionKind.RADIOS, "options": ["Yes", "Yes"]}, "options"),
    ],
)
def test_questions_that_cannot_be_answered_are_refused(app, now, question, field):
    cast = a_cast()
    reference = create(cast, now)
    with pytest.raises(RuleViolation) as refusal, transaction():
        operations.save_question(cast.actor("officer"), reference=reference, now=now, ask="What?", **question)
    assert [p.field for p in refusal.value.problems] == [field]


def test_money_goes_with_the_price_and_other_answers_with_judges(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    fit, price = queries.criteria(queries.by_reference(reference, now).id)
    for kind, criterion in ((QuestionKind.MONEY, fit), (QuestionKind.TEXT, price)):
        with pytest.raises(RuleViolation, match="money question"), transaction():
            operations.save_question(
                cast.actor("officer"),
                reference=reference,
                now=now,
                ask="How much?",
                kind=kind,
                max_words=50,
                criterion_id=criterion.id,
            )


def test_questions_move(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    challenge_id = queries.by_reference(reference, now).id
    first, second = queries.questions(challenge_id)
    with transaction():
        operations.move_question(
            cast.actor("officer"), reference=reference, question_id=first.id, direction="down", now=now
        )
    assert [q.id for q in queries.questions(challenge_id)] == [second.id, first.id]


def test_questions_end_at_the_usual_time_unless_another_is_set(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)

    def until():
        return queries.by_reference(reference, now).questions_until

    assert until() == datetime(
        2026, 12, 3, 9, tzinfo=LONDON
    )  # half of 13 working days, St Andrew's Day left out
    own = now + timedelta(days=3)
    with transaction():
        operations.edit_settings(
            cast.actor("officer"),
            reference=reference,
            now=now,
            closes_at=now + timedelta(days=18),
            questions_until=own,
        )
    assert until() == own
