"""Adjusted totals as the basis of a decision: where they may be chosen, and what everyone reads of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge, Snapshot
from pitchfest.challenges.rules import (
    BASES,
    DecisionBasis,
    Instead,
    Lane,
    Route,
    basis_problem,
    read_template,
    template_body,
)
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import RuleViolation
from tests.challenges.world import ANSWERS, BRIEF, a_draft, settle_route
from tests.support.routes import settle_duties

CALIBRATED = DecisionBasis.CALIBRATED
REFUSED = "Totals cannot be adjusted where we buy under the Procurement Act"
GIFT = replace(ANSWERS, buying=False, instead=Instead.GIFT)
FULL = replace(ANSWERS, value_pence=30_000_000)


@pytest.fixture
def reference(cast, now):
    return a_draft(cast, now)


def answer(cast, reference, now, answers):
    with transaction():
        operations.answer_route(cast.actor("officer"), reference=reference, answers=answers, now=now)


def choose(cast, reference, now, basis=CALIBRATED):
    with transaction():
        operations.edit_settings(cast.actor("officer"), reference=reference, now=now, decision_basis=basis)


def basis_of(reference, now):
    return queries.by_reference(reference, now).decision_basis


def test_only_purchases_under_the_act_refuse_it():
    assert {route for route in Route if basis_problem(CALIBRATED, route)} == {
        Route.BELOW_THRESHOLD,
        Route.COMPETITIVE_FLEXIBLE,
    }
    assert basis_problem(CALIBRATED, None) == ""
    for basis in (DecisionBasis.RAW_MEAN, DecisionBasis.MODERATED):
        assert not any(basis_problem(basis, route) for route in Route)


@pytest.mark.parametrize("answers", [ANSWERS, FULL], ids=["below the threshold", "competitive"])
def test_saving_it_is_refused_where_the_route_is_a_purchase(app, cast, reference, now, answers):
    answer(cast, reference, now, answers)
    before = basis_of(reference, now)
    browser = cast.browser(app, "officer")
    browser.get(f"/manage/challenges/{reference}/settings")
    assert BASES[CALIBRATED][1] in browser.text
    browser.fill(f"/manage/challenges/{reference}/settings", decision_basis="calibrated")
    assert REFUSED in browser.text
    assert "Error:" in browser.html
    assert basis_of(reference, now) == before


def test_a_grant_takes_it_and_the_record_and_the_public_page_say_so(app, cast, reference, now):
    answer(cast, reference, now, GIFT)
    choose(cast, reference, now)
    publish_whole(cast, reference, now)
    [body] = db.session.scalars(select(Snapshot.body))
    assert json.loads(body)["judging"]["decision_basis"] == "calibrated"
    page = app.test_client().get(f"/challenges/{reference}").get_data(as_text=True)
    assert BASES[CALIBRATED][1] in page


def publish_whole(cast, reference, now):
    with transaction():
        operations.edit_brief(
            cast.actor("officer"), reference=reference, now=now, **{**BRIEF, "budget_pence": GIFT.value_pence}
        )
    with transaction():
        settle_duties(cast.actor("lead"), reference, now)
    for step, who in (
        (operations.send_for_approval, "officer"),
        (operations.approve, "approver"),
        (operations.publish, "officer"),
    ):
        with transaction():
            step(cast.actor(who), reference=reference, now=now)


def test_a_route_that_is_answered_later_stands_in_the_way_of_approval(cast, reference, now):
    answer(cast, reference, now, GIFT)
    choose(cast, reference, now)
    with transaction():
        settle_route(cast, reference, now)
    with pytest.raises(RuleViolation, match=REFUSED), transaction():
        operations.send_for_approval(cast.actor("officer"), reference=reference, now=now)
    [problem] = queries.missing(queries.by_reference(reference, now), now)
    assert (problem.page, problem.field) == ("settings", "decision_basis")


def test_and_of_publication_where_it_changed_after_the_approval(cast, reference, now):
    with transaction():
        operations.send_for_approval(cast.actor("officer"), reference=reference, now=now)
    with transaction():
        operations.approve(cast.actor("approver"), reference=reference, now=now)
    db.session.execute(update(Challenge).values(decision_basis=CALIBRATED))
    db.session.commit()
    with pytest.raises(RuleViolation, match=REFUSED), transaction():
        operations.publish(cast.actor("officer"), reference=reference, now=now)


def test_a_small_round_counts_as_what_its_budget_says(cast, now):
    reference = a_draft(cast, now, whole=False)
    db.session.execute(update(Challenge).values(lane=Lane.SMALL, budget_pence=900_000))
    db.session.commit()
    with pytest.raises(RuleViolation, match=REFUSED):
        choose(cast, reference, now)
    db.session.execute(update(Challenge).values(budget_pence=0))
    db.session.commit()
    choose(cast, reference, now)
    assert basis_of(reference, now) == CALIBRATED


def test_before_the_route_is_known_and_in_practice_it_can_be_chosen(cast, reference, now):
    bare = a_draft(cast, now, whole=False)
    choose(cast, bare, now)
    db.session.execute(update(Challenge).where(Challenge.reference == reference).values(practice=True))
    db.session.commit()
    choose(cast, reference, now)
    assert basis_of(bare, now) == basis_of(reference, now) == CALIBRATED


def test_a_template_carries_it_in_its_file(cast, now):
    reference = a_draft(cast, now, whole=False)
    choose(cast, reference, now)
    lent = queries.lent_by(queries.by_reference(reference, now), now)
    assert read_template(template_body(lent)).decision_basis == CALIBRATED
