"""The meeting after scoring in a real browser: on a phone, with and without JavaScript."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from config import read_settings
from pitchfest.accounts import queries as accounts
from pitchfest.app import create_app
from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.states import CardState, DeclarationState
from pitchfest.kernel.actor import Actor
from tests.journeys import pages as at
from tests.journeys.conftest import MORNING
from tests.support.chromium import PageMaker, axe, overflow
from tests.support.serving import Site

pytestmark = pytest.mark.browser

CHALLENGE = "CH-2026-004"
AGENDA = f"/manage/challenges/{CHALLENGE}/moderation"
LEAD, CHAIR = "rajesh.varma@calderwick-ca.example", "sunita.devlin@calderwick-ca.example"
APPROVER = "gwen.ashdown@calderwick-ca.example"
SIGNED = "In this answer you say who rides along, in which week, and what would be measured."
WHY = "Week three of the plan names who drives, and what happens in a flood."


@pytest.fixture(scope="module")
def moderating(region: Site) -> Site:
    """The sample region once every judge has signed and the lead has closed scoring."""
    app = create_app(read_settings({"PITCHFEST_INSTANCE": str(region.instance)}))
    with app.app_context():
        sign_everything(MORNING)
        db.session.remove()
        db.engine.dispose()
    return region


def sign_everything(now: datetime) -> None:
    """The interest that waits is decided, everyone declares, every open card is signed, scoring closes."""

    def actor(person_id: int | None) -> Actor:
        assert person_id is not None
        return accounts.actor_of(person_id, now=now, proved_at=now)

    found = accounts.person_by_email(LEAD)
    lead = actor(found.id if found else None)
    round_ = queries.round_of(actor=lead, now=now, reference=CHALLENGE)
    judges = {row.member_id: actor(row.person_id) for row in queries.panel(round_.id) if row.active}
    with transaction():
        for row in queries.declarations(round_.id, DeclarationState.INTEREST):
            operations.decide(
                lead,
                reference=CHALLENGE,
                declaration_id=row.id,
                recuse=True,
                reason="Too close a tie.",
                now=now,
            )
        for judge in judges.values():
            operations.declare(judge, reference=CHALLENGE, interests={}, now=now)
    criteria = [c.id for c in queries.criteria(round_.id) if c.kind == CriterionKind.JUDGED]
    for card in queries.cards(round_.id):
        if card.state == CardState.ASSIGNED:
            kept = {key: saved.mark for key, saved in queries.marks(card.card_id).items()}
            marks = {
                key: Mark(mark.hundredths or 300, SIGNED)
                for key in criteria
                for mark in [kept.get(key, Mark(None, ""))]
            }
            with transaction():
                operations.save_card(judges[card.member_id], card.card_id, marks, now=now)
                operations.sign_card(judges[card.member_id], card.card_id, now=now)
    with transaction():
        operations.close(lead, reference=CHALLENGE, expected_version=None, now=now)


def sound(page: Page, *, javascript: bool = True) -> None:
    assert overflow(page) == 0
    if javascript:  # axe is a script
        assert axe(page) == []


def settle(page: Page, choice: str) -> None:
    """What the panel agrees on the answer that the page is about."""
    page.get_by_role("radio", name=re.compile(choice)).check()
    page.get_by_label("What in the answer earns this score?").fill(WHY)
    at.press(page, "Save and go on")


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "plain"])
def test_the_chair_settles_answers_on_a_phone(
    moderating: Site, phone_page: PageMaker, javascript: bool
) -> None:
    page = phone_page(javascript=javascript, base_url=moderating.url)
    at.sign_in(page, CHAIR)
    page.goto(AGENDA)
    expect(page.get_by_role("heading", level=1)).to_contain_text("to settle")
    sound(page, javascript=javascript)
    for box in page.get_by_role("group", name="Who came?").get_by_role("checkbox").all():
        box.check()
    at.press(page, "Save the minutes")
    at.expect_text(page, "The minutes are saved.")
    page.locator("main").get_by_role("button", name=re.compile("answer")).click()
    sound(page, javascript=javascript)
    heading = page.get_by_role("heading", level=1).inner_text()
    at.press(page, "Save and go on")
    at.expect_text(page, "2 things to fix")
    sound(page, javascript=javascript)
    settle(page, "The mean stands")
    assert page.get_by_role("heading", level=1).inner_text() != heading, "on to the next answer"
    page.goto(AGENDA)
    at.expect_text(page, "Mean stands")
    page.goto(f"{AGENDA}/record")
    at.expect_text(page, WHY)
    sound(page, javascript=javascript)


def test_a_score_that_no_judge_gave_waits_for_a_second_person(
    moderating: Site, phone_page: PageMaker
) -> None:
    page = phone_page(base_url=moderating.url)
    at.sign_in(page, LEAD)
    page.goto(AGENDA)
    page.get_by_role("row", name=re.compile("To settle")).first.get_by_role("link").click()
    address = page.url
    for box in page.get_by_role("group", name="Who took part?").get_by_role("checkbox").all():
        box.check()
    settle(page, "^0 No answer$")
    at.prove(page)
    at.press(page, "Save and go on")
    at.expect_text(page, "It counts once a second person has agreed.")
    second = phone_page(base_url=moderating.url)
    at.sign_in(second, APPROVER)
    second.goto(address)
    at.expect_text(second, "Waits for a second person")
    sound(second)
    at.press(second, "Agree, as the second person")
    at.prove(second)
    at.press(second, "Agree, as the second person")
    at.expect_text(second, "The score counts from now on.")
