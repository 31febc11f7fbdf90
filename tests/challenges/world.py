"""The people and drafts that tests of challenges begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from pitchfest.challenges import operations, queries
from pitchfest.challenges.rules import Answers, ChallengeState, CriterionKind, Instead, QuestionKind
from pitchfest.db import transaction
from pitchfest.kernel.actor import Actor, Role
from tests.support import builders
from tests.support.client import PageClient
from tests.support.routes import settle_duties
from tests.support.signing_in import browser_of

#: Every part of a brief, as an officer would write it.
BRIEF: dict[str, Any] = {
    "title": "Clear the right drain before the rain",
    "question": "How might we know which road drains will block?",
    "problem": "There are 214,000 gullies.\n\n- Half of the calls come from 6% of them.",
    "who_has_it": "Highways crews.",
    "tried_before": "In-drain sensors. A third failed.",
    "outcome_sought": "Cut repeat calls by 30%.",
    "out_of_scope": "River flooding.",
    "eligibility": "- Any legal entity",
    "after_win": "A pilot of five months.",
    "timetable": "Decision within four weeks.",
    "budget_pence": 8_500_000,
    "owner_name": "Bryn Haldane",
    "owner_organisation": "Testshire Highways",
}
ANCHORS = {value * 100: (f"Label {value}", f"Meaning of {value}.") for value in range(6)}


@dataclass(frozen=True)
class Cast:
    """Ids of the staff of a small region."""

    officer: int
    second_officer: int
    approver: int
    lead: int
    observer: int
    admin: int
    supplier: int

    def actor(self, name: str) -> Actor:
        return builders.actor(getattr(self, name))

    def browser(self, app: Flask, name: str) -> PageClient:
        return browser_of(app, getattr(self, name))


def a_cast() -> Cast:
    """A region and its people."""
    builders.a_region()
    firm = builders.an_organisation("Gully Wise Ltd")
    return Cast(
        officer=builders.a_person("Bryn Haldane", Role.OFFICER),
        second_officer=builders.a_person("Leah Montrose", Role.OFFICER, Role.APPROVER),
        approver=builders.a_person("Ruth Penhaligon", Role.APPROVER),
        lead=builders.a_person("Devinder Sahota", Role.LEAD),
        observer=builders.a_person("Colm Brannigan", Role.OBSERVER),
        admin=builders.a_person("Olu Adebayo", Role.ADMIN),
        supplier=builders.a_person("Sam Supplier", organisation=firm),
    )


def a_draft(cast: Cast, now: datetime, *, whole: bool = True) -> str:
    """A draft written through the operations, complete unless said otherwise; its reference."""
    me = cast.actor("officer")
    with transaction():
        reference = operations.create(me, title=BRIEF["title"], question=BRIEF["question"], now=now)
        if not whole:
            return reference
        operations.edit_brief(me, reference=reference, now=now, **BRIEF)
        fit = operations.save_criterion(
            me, reference=reference, now=now, name="Fit", weight=90, threshold=300, anchors=ANCHORS
        )
        price = operations.save_criterion(
            me, reference=reference, now=now, name="Price", weight=10, kind=CriterionKind.PRICE
        )
        operations.save_question(
            me,
            reference=reference,
            now=now,
            ask="How would it work?",
            kind=QuestionKind.TEXT,
            max_words=200,
            criterion_id=fit,
        )
        operations.save_question(
            me, reference=reference, now=now, ask="Your price", kind=QuestionKind.MONEY, criterion_id=price
        )
        operations.edit_settings(
            me,
            reference=reference,
            now=now,
            closes_at=now + timedelta(days=18),
            judging_deadline=now + timedelta(days=30),
            decision_due=now + timedelta(days=40),
            decision_maker_id=cast.lead,
            minimum_cards=3,
            reason_words=10,
            minimum_total=6000,
        )
        settle_route(cast, reference, now)
    return reference


#: A purchase below the threshold, but not so small that it needs nothing.
ANSWERS = Answers(buying=True, value_pence=8_500_000, others=False, instead=Instead.NOTHING, research=False)


def settle_route(cast: Cast, reference: str, now: datetime) -> None:
    """The officer answers the five questions; the lead confirms and records each duty."""
    operations.answer_route(cast.actor("officer"), reference=reference, answers=ANSWERS, now=now)
    settle_duties(cast.actor("lead"), reference, now)


def published(cast: Cast, now: datetime) -> str:
    """A challenge that went the whole way to the public; its reference."""
    reference = a_draft(cast, now)
    with transaction():
        operations.send_for_approval(cast.actor("officer"), reference=reference, now=now)
    with transaction():
        operations.approve(cast.actor("approver"), reference=reference, now=now)
    with transaction():
        operations.publish(cast.actor("officer"), reference=reference, now=now)
    return reference


def state_of(reference: str, now: datetime) -> ChallengeState:
    """The stored state."""
    return queries.by_reference(reference, now).state


def closing_of(reference: str, now: datetime) -> datetime:
    """When the challenge closes."""
    closes_at = queries.by_reference(reference, now).closes_at
    assert closes_at is not None
    return closes_at


def closing_on(day: datetime) -> dict[str, str]:
    """The fields of a form in which the closing day is typed; the time stays as it stands there."""
    return {f"closes_at__{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
