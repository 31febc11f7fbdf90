"""Correcting a published challenge: what is allowed, what is kept, and who is told."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import News
from pitchfest.challenges.rules import Corrected
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm
from tests.accounts.people import first_error
from tests.challenges.world import a_draft, closing_of, closing_on, published

REASON = "We counted the gullies again last week."
FIXED = Corrected({"problem": "There are 241,000 gullies."})


def correct(cast, reference, now, by=FIXED, *, who="lead", closes_at=None, reason=REASON, version=None):
    with transaction():
        return operations.correct(
            cast.actor(who),
            reference=reference,
            by=by,
            reason=reason,
            closes_at=closes_at,
            expected_version=version,
            now=now,
        )


def test_it_is_published_anew_and_the_record_before_stays_to_the_letter(cast, reference, now):
    row = queries.by_reference(reference, now)
    first = queries.snapshot_body(row.id, 1)
    assert correct(cast, reference, now) == 1
    assert queries.snapshot_body(row.id, 1) == first
    second = queries.snapshot_body(row.id, 2)
    assert json.loads(second)["brief"]["problem"] == "There are 241,000 gullies."
    newest = queries.newest_snapshot(row.id)
    assert newest is not None
    assert newest.sha256 == hashlib.sha256(second.encode()).hexdigest()
    (kept,) = queries.corrections(row.id)
    assert (kept.number, kept.record, kept.material, kept.extended) == (1, 2, False, False)
    assert [c.label for c in queries.changes_of(row.id, 2)] == ["The problem"]
    assert closing_of(reference, now) == row.closes_at
    assert correct(cast, reference, now, Corrected({"owner_name": "Ada Lovelace"})) == 2
    news = select(News.kind, News.item).order_by(News.id)
    assert [tuple(row) for row in db.session.execute(news)] == [
        ("published", 1),
        ("corrected", 1),
        ("corrected", 2),
    ]


def test_what_suppliers_build_on_gives_everyone_five_more_working_days(cast, reference, now):
    before = closing_of(reference, now)
    budget = Corrected({"budget_pence": 9_000_000})
    with pytest.raises(RuleViolation, match=r"Suppliers build on this: Budget\. So close at"):
        correct(cast, reference, now, budget)
    with pytest.raises(RuleViolation, match="Suppliers build on"):
        correct(cast, reference, now, budget, closes_at=before + timedelta(days=4))
    later = before + timedelta(days=14)
    correct(cast, reference, now, budget, closes_at=later)
    row = queries.by_reference(reference, now)
    assert (row.closes_at, row.budget_pence) == (later, 9_000_000)
    assert row.judging_deadline is not None
    assert row.judging_deadline > later
    (kept,) = queries.corrections(row.id)
    assert (kept.material, kept.closed_before, kept.closes_at) == (True, before, later)


def test_criteria_and_the_form_can_be_put_right_and_stay_whole(cast, reference, now):
    row = queries.by_reference(reference, now)
    criteria, questions = queries.criteria(row.id), queries.questions(row.id)
    later = closing_of(reference, now) + timedelta(days=14)
    half = Corrected(criteria={criteria[0].id: {"weight": criteria[0].weight - 1}})
    with pytest.raises(RuleViolation, match="exactly 100"):
        correct(cast, reference, now, half, closes_at=later)
    both = Corrected(
        criteria={
            criteria[0].id: {"weight": criteria[0].weight - 1, "name": "Fits our roads"},
            criteria[1].id: {"weight": criteria[1].weight + 1},
        },
        questions={questions[0].id: {"max_words": 250}},
    )
    correct(cast, reference, now, both, closes_at=later)
    assert [c.weight for c in queries.criteria(row.id)][:2] == [
        criteria[0].weight - 1,
        criteria[1].weight + 1,
    ]
    labels = [c.label for c in queries.changes_of(row.id, 2)]
    assert f"{criteria[0].name}: name" in labels
    assert f"{criteria[1].name}: weight" in labels
    assert not any("Criterion" in label for label in labels), "suppliers see no numbers of criteria"
    assert "Question 1 of the form: limit" in labels
    with pytest.raises(RuleViolation, match="only be raised"):
        correct(
            cast, reference, now, Corrected(questions={questions[0].id: {"max_words": 200}}), closes_at=later
        )


@pytest.mark.parametrize(("weight", "words"), [(0, 200), (101, 200), (-5, 200), (40, 999_999)])
def test_numbers_keep_to_what_a_draft_may_hold(cast, reference, now, weight, words):
    row = queries.by_reference(reference, now)
    first, second = queries.criteria(row.id)[:2]
    question = queries.questions(row.id)[0]
    by = Corrected(
        criteria={first.id: {"weight": weight}, second.id: {"weight": first.weight + second.weight - weight}},
        questions={question.id: {"max_words": words}},
    )
    later = closing_of(reference, now) + timedelta(days=14)
    with pytest.raises(RuleViolation, match=r"weight from 1 to 100|at most 5,000 words"):
        correct(cast, reference, now, by, closes_at=later)


def test_another_challenges_criteria_are_out_of_reach(cast, reference, now):
    other = queries.criteria(queries.by_reference(published(cast, now), now).id)[0]
    with pytest.raises(ValueError, match="not of this challenge"):
        correct(cast, reference, now, Corrected(criteria={other.id: {"name": "Mine now"}}))


@pytest.mark.parametrize(
    ("by", "reason", "words"),
    [
        (Corrected(), REASON, "Nothing here differs"),
        (FIXED, "Wrong.", "Give the reason"),
        (Corrected({"title": "  "}), REASON, "title"),
        (Corrected({"problem": ""}), REASON, "Describe the problem"),
        (Corrected({"decision_due": None, "judging_deadline": None}), REASON, "judges must finish"),
    ],
)
def test_bad_corrections_change_nothing(cast, reference, now, by, reason, words):
    with pytest.raises(RuleViolation, match=words):
        correct(cast, reference, now, by, reason=reason)
    assert queries.corrections(queries.by_reference(reference, now).id) == []


def test_who_would_only_close_later_is_led_to_extending(cast, reference, now):
    later = closing_of(reference, now) + timedelta(days=14)
    with pytest.raises(RuleViolation, match="Only the closing time differs") as refused:
        correct(cast, reference, now, Corrected(), closes_at=later)
    assert [problem.field for problem in refused.value.problems] == ["closes_at"]


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_the_lead_publishes_corrections(cast, reference, now, who):
    with pytest.raises(NotAllowed):
        correct(cast, reference, now, who=who)


@pytest.mark.parametrize("who", ["observer", "supplier"])
def test_others_learn_nothing(cast, reference, now, who):
    with pytest.raises(NotFound):
        correct(cast, reference, now, who=who)


def test_not_before_publishing_not_after_closing_and_not_over_somebody_elses_change(cast, reference, now):
    with pytest.raises(NotAllowed, match="an officer simply changes it"):
        correct(cast, a_draft(cast, now), now)
    with pytest.raises(StaleForm):
        correct(cast, reference, now, version=1)
    closing = closing_of(reference, now)
    correct(cast, reference, closing - timedelta(seconds=1))
    with pytest.raises(NotAllowed, match="It has closed"):
        correct(cast, reference, closing, Corrected({"problem": "Other."}))


def test_the_log_tells_what_changed_and_holds_no_words_of_it(cast, reference, now):
    correct(cast, reference, now)
    detail = db.session.scalars(
        select(AuditEntry.detail).where(AuditEntry.action == "challenge.correct")
    ).one()
    assert json.loads(detail)["changed"] == ["The problem"]
    assert "241,000" not in detail
    assert "counted" not in detail


def test_a_correction_is_never_changed(cast, reference, now):
    correct(cast, reference, now)
    for statement in ("UPDATE challenge_correction SET reason = 'x'", "DELETE FROM challenge_correction"):
        with pytest.raises(DBAPIError, match="never changed"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_check_says_which_change_gives_everyone_more_time(app, cast, reference, now):
    lead = cast.browser(app, "lead")
    later = closing_of(reference, now) + timedelta(days=14)
    lead.fill(
        f"/manage/challenges/{reference}/correct",
        action="/correct",
        problem="There are 241,000 gullies.",
        budget_pence="90,000",
        reason=REASON,
        **closing_on(later),
        act="check",
    )
    assert "Check the correction" in lead.text
    problem, _, budget = lead.text.partition("Budget")
    assert "everyone gets more time" not in problem
    assert "everyone gets more time" in budget.partition("Closes")[0]


def test_the_lead_sees_it_once_more_before_it_is_published(app, cast, reference, client, now):
    lead = cast.browser(app, "lead")
    page = f"/manage/challenges/{reference}/correct"
    lead.get(f"/manage/challenges/{reference}")
    assert "Publish a correction" in lead.text
    lead.fill(page, action="/correct", problem="There are 241,000 gullies.", reason="Wrong.", act="check")
    assert "at least 5 words" in first_error(lead)
    assert "There are 241,000 gullies." in lead.html
    lead.send(page, action="/correct", reason=REASON, act="check")
    assert "Check the correction" in lead.text
    assert queries.corrections(queries.by_reference(reference, now).id) == []
    db.session.rollback()
    lead.send(page, action="/correct", act="change")
    assert REASON in lead.html
    lead.send(page, action="/correct", act="check")
    lead.send(page, action="/correct", act="publish")
    assert "Correction 1 is published" in lead.text
    client.get(f"/challenges/{reference}")
    assert REASON in client.text
    client.get(f"/challenges/{reference}/corrections")
    assert "<del>" in client.html
    assert "241,000" in client.text
    assert client.get(f"/challenges/{reference}/snapshots/1.json").status_code == 200


def test_without_corrections_the_page_says_so_and_drafts_have_none(app, cast, reference, client, now):
    client.get(f"/challenges/{reference}/corrections")
    assert "Nothing has been corrected" in client.text
    assert client.get(f"/challenges/{a_draft(cast, now)}/corrections").status_code == 404
