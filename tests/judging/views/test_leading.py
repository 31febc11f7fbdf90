"""The procurement lead's pages: starting, deputies, fewer cards, and what waits for whom."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import RoleGrant
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.notices import KINDS
from pitchfest.kernel.actor import Role
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules import PitchState
from tests.judging.setting import (
    Setting,
    Statements,
    a_round,
    close,
    declare_all,
    fill,
    plan_and_give_out,
    recuse,
    score_all,
)
from tests.support import builders
from tests.support.signing_in import browser_of


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def waiting(setting: Setting, person: int, now: datetime) -> list[str]:
    return [task.text.replace("\u00a0", " ") for task in queries.waiting(setting.actor(person), now)]


def test_judging_is_started_from_its_page(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.ELIGIBILITY)
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}")
    assert "Start judging" in lead.text
    lead.fill(f"/manage/challenges/{setting.reference}/start-judging")
    assert "Judging has begun" in lead.text
    assert lead.text.count("Has not declared") == 3


@pytest.mark.parametrize("pitches", [3, 9])
def test_where_a_pitch_goes_to_some_judges_the_lead_is_asked_for_the_plan(
    app: Flask, now: datetime, pitches: int
) -> None:
    some = pitches == 9  # so many that each goes to some judges only
    setting = a_round(now, state=ChallengeState.ELIGIBILITY, pitches=pitches, judges=4)
    lead, page = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}"
    says, task = "Plan who reads what: you see who gets what and why", "and give the scorecards out"
    lead.get(f"{page}/start-judging")
    assert ("Once the judges have declared, you plan who reads what" in lead.text) == some
    lead.fill(f"{page}/start-judging")
    assert (says in lead.text) == some, "and on the board"
    assert task not in lead.get("/").text, "first they declare"
    officer = browser_of(app, setting.officer)
    officer.get(f"{page}/board")
    assert says not in officer.text, "who cannot plan is not told to"
    declare_all(setting, now)
    assert (queries.cards(setting.challenge) == []) == some
    assert (task in lead.get("/").text) == some
    if some:
        lead.get(f"{page}/assignment")
        plan_and_give_out(setting, now)
    assert says not in lead.get(f"{page}/board").text
    assert task not in lead.get("/").text


def test_the_first_page_says_where_somebody_is_free_for_a_pitch_that_lacks_judges(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now, pitches=9, judges=5)
    declare_all(setting, now)
    plan_and_give_out(setting, now)
    lead, says = browser_of(app, setting.lead), "somebody is free"
    assert says not in lead.get("/").text
    recuse(setting, next(card[1:3] for card in queries.cards(setting.challenge)), now)
    assert "1\u00a0pitch lacks judges of" in lead.get("/").text
    assert says in lead.text
    lead.get(f"/manage/challenges/{setting.reference}/board")
    assert "has too few judges, and somebody is free" in lead.text


def test_the_board_gives_out_what_lacks_where_everyone_reads_everything(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=9, judges=4)
    declare_all(setting, now)
    with transaction():
        db.session.get_one(Pitch, setting.pitches[0]).state = PitchState.EXCLUDED
    lead, page = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}/board"
    assert "8\u00a0pitches lack judges" in lead.get("/").text
    lead.fill(page, action="/board/share-out")
    assert "New scorecards given out: 32" in lead.text
    assert "Give them out" not in lead.text
    assert "pitches lack judges" not in lead.get("/").text


def test_with_nothing_eligible_the_start_page_says_what_happens_instead(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.ELIGIBILITY, pitch_states=[PitchState.INELIGIBLE] * 3)
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/start-judging")
    assert "No pitch is eligible, so there is nothing to judge" in lead.text
    assert not any("start-judging" in (f["action"] or "") for f in lead.page.forms)  # type: ignore[union-attr]


def test_once_scoring_is_closed_the_panel_stays_to_be_read(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    score_all(setting, now)
    close(setting, now)
    page = f"/manage/challenges/{setting.reference}/panel"
    for person in (setting.lead, setting.officer):
        browser = browser_of(app, person)
        browser.get(f"/manage/challenges/{setting.reference}")
        assert page in browser.html
        browser.get(page)
        assert "Judge C" in browser.text
        assert "Invite" not in browser.text
        assert browser.page is not None
        assert [f for f in browser.page.forms if "sign-out" not in f["action"]] == []
    assert browser_of(app, setting.approver).get(page).status_code == 403


def test_a_deputy_is_named_on_the_page(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    recuse(setting, setting.pair(0, 0), now)
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/panel")
    assert "Nobody yet" in lead.text
    address = f"/manage/challenges/{setting.reference}/panel/deputies/{setting.pitch_reference(0)}"
    lead.fill(address, member=str(setting.members[2]))
    assert queries.explainers(setting.challenge)[setting.pitches[0]] == setting.judges[2]
    assert browser_of(app, setting.officer).get(address).status_code == 403


def test_two_people_agree_on_fewer_cards_on_the_page(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now, but=[2])
    for judge in range(2):
        fill(setting, judge, 0, (3, 3, 3), now)
    address = f"/manage/challenges/{setting.reference}/fewer/{setting.pitch_reference(0)}"
    lead, approver = browser_of(app, setting.lead), browser_of(app, setting.approver)
    approver.get(address)
    assert "The procurement lead can propose it" in approver.text
    lead.fill(address)
    assert waiting(setting, setting.approver, now) == [
        "Leo Lead asks you to agree to two scorecards for Supplier A Ltd"
    ]
    lead.get(address)
    assert "Someone else must agree" in lead.text
    approver.fill(address)
    assert "as two people agreed" in approver.text
    assert waiting(setting, setting.lead, now)[0].startswith("Close scoring for")


def test_the_recused_hear_of_no_count_where_fewer_cards_are_asked_for(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1, judges=4)
    declare_all(setting, now)
    recused, other = setting.judges[:2]
    for person in (recused, other):
        db.session.add(RoleGrant(person_id=person, role=Role.OFFICER, granted_at=now))
    db.session.commit()
    recuse(setting, setting.pair(0, 0), now)
    for judge in (1, 2):
        fill(setting, judge, 0, (3, 3, 3), now)
    with transaction():
        operations.propose_fewer(
            setting.actor(setting.lead, proved_at=now),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(0),
            now=now,
        )
    asked = "Leo Lead asks you to agree to two scorecards for Supplier A Ltd"
    assert asked in waiting(setting, other, now)
    assert asked not in waiting(setting, recused, now)


def test_what_waits_moves_on_with_the_round(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.ELIGIBILITY, pitches=1)
    judge = setting.judges[0]
    assert waiting(setting, judge, now) == []
    assert waiting(setting, setting.lead, now)[0].startswith("Start judging")
    with transaction():
        operations.start(
            setting.actor(setting.lead), reference=setting.reference, expected_version=None, now=now
        )
    assert waiting(setting, judge, now)[0].startswith("Say whether you know 1 supplier")
    assert waiting(setting, setting.lead, now) == []
    reference = setting.pitch_reference(0)
    with transaction():
        operations.declare(
            setting.actor(judge),
            reference=setting.reference,
            interests={reference: "My sister works there."},
            now=now + timedelta(hours=2),
        )
    assert waiting(setting, judge, now) == []
    assert waiting(setting, setting.lead, now)[0].startswith("Decide on 1 declared interest")
    [asked] = queries.waiting(setting.actor(setting.lead), now)
    assert asked.since == now + timedelta(hours=2), "it waits since it was declared, not since judging began"
    assert waiting(setting, setting.officer, now) == []
    [declaration] = queries.declarations(setting.challenge)
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=declaration.id,
            recuse=False,
            reason="They have no influence there.",
            now=now,
        )
    assert waiting(setting, judge, now)[0].startswith("1 pitch left to score")
    declare_all(setting, now, but=[0])
    score_all(setting, now)
    assert waiting(setting, judge, now) == []
    assert waiting(setting, setting.lead, now)[0].startswith("Close scoring")
    close(setting, now)
    assert waiting(setting, setting.lead, now) == []


@pytest.mark.parametrize("rounds", [1, 3])
def test_what_waits_takes_a_constant_number_of_statements(app: Flask, now: datetime, rounds: int) -> None:
    settings = [a_round(now) for _ in range(rounds)]
    for setting in settings:
        declare_all(setting, now)
        db.session.execute(
            db.text(
                f"UPDATE panel_member SET person_id = {settings[0].judges[0]} WHERE id = {setting.members[0]}"
            )
        )
        db.session.commit()
    actor = settings[0].actor(settings[0].judges[0])
    lead = settings[0].actor(settings[0].lead)
    with Statements() as judge_counts:
        assert len(queries.waiting(actor, now)) == rounds
    with Statements() as lead_counts:
        queries.waiting(lead, now)
    assert (judge_counts.count, lead_counts.count) == (3, 3)


def test_a_recused_lead_hears_nothing_of_the_round(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    other = builders.a_person("Lena Lead", Role.LEAD)
    db.session.execute(
        db.text(f"UPDATE panel_member SET person_id = {other} WHERE id = {setting.members[2]}")
    )
    db.session.commit()
    setting.judges[2] = other
    declare_all(setting, now)
    recuse(setting, setting.pair(2, 0), now)
    score_all_but = [(j, p) for j in range(3) for p in range(3) if (j, p) != (2, 0)]
    for judge, pitch in score_all_but:
        fill(setting, judge, pitch, (3, 3, 3), now)
    assert waiting(setting, other, now) == []
    assert len(waiting(setting, setting.lead, now)) == 1


def test_every_message_can_be_read_by_the_one_it_is_for_and_nobody_after(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.ELIGIBILITY, pitches=9, judges=4)
    with transaction():
        operations.start(
            setting.actor(setting.lead), reference=setting.reference, expected_version=None, now=now
        )
    interests = {setting.pitch_reference(0): "My sister works there."}
    with transaction():
        operations.declare(
            setting.actor(setting.judges[0]), reference=setting.reference, interests=interests, now=now
        )
    people = [*setting.judges, setting.lead]

    def messages() -> dict[str, str]:
        with app.test_request_context():
            found = [m for p in people for m in mail.to_person(p)]
            sheets = [(m.kind, render(m, now=now)) for m in found if m.kind in KINDS]
        return {kind: sheet.subject + sheet.body for kind, sheet in sheets if sheet is not None}

    assert {"judge_declare", "judge_interest"} == messages().keys()
    declare_all(setting, now, but=[0])
    recuse_own = next(d for d in queries.declarations(setting.challenge) if d.interest)
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=recuse_own.id,
            recuse=True,
            reason="Too close a relation for this.",
            now=now,
        )
    plan_and_give_out(setting, now)
    found = messages()
    assert found.keys() == {"judge_declare", "judge_cards", "judge_interest_decided"}
    assert "You will not judge this pitch" in found["judge_interest_decided"]
    assert f"/judging/{setting.reference}/declare" in found["judge_declare"]
    db.session.get_one(Challenge, setting.challenge).state = ChallengeState.RECOMMENDED
    db.session.commit()
    assert messages() == {}
