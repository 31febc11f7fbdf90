"""Judging through the pages: what each person can do, and what nobody may learn."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Organisation
from pitchfest.challenges.models import Criterion
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.kernel.actor import Role
from pitchfest.pitches.models import Pitch
from tests.judging.setting import (
    REASON,
    Setting,
    Statements,
    a_round,
    assert_totals_are_right,
    close,
    declare_all,
    fill,
    score_all,
)
from tests.support import builders
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.signing_in import browser_of


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def card_fields(setting: Setting, score: str, reason: str = REASON) -> dict[str, Any]:
    scores = {f"score-{c}": score for c in setting.criteria}
    return {**scores, **{f"reason-{c}": reason for c in setting.criteria}}


def test_a_judge_declares_scores_and_signs_and_the_lead_closes(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    for place, person in enumerate(setting.judges):
        judge = browser_of(app, person)
        judge.get("/judging")
        assert "say whether you know any of the suppliers" in judge.text
        assert "We will ride along" not in judge.text
        judge.fill(f"/judging/{setting.reference}/declare", nothing="1")
        assert "1 pitch left to score" in judge.text
        card = f"/judging/cards/{setting.card(place, 0)}"
        first: dict[str, Any] = {f"score-{setting.criteria[0]}": "4"}
        judge.fill(card, keep="1", **first)
        assert "1 of 3 scored" in judge.text
        judge.get(f"{card}/sign")
        assert "5 things are missing" in judge.text
        assert judge.html.count(f'"{card}#score-{setting.criteria[1]}"') == 2, "what is missing, and Change"
        judge.fill(card, **card_fields(setting, "4"), sign="1")
        assert "missing" not in judge.text
        judge.send(f"{card}/sign")
        assert "You have signed off your scorecard for Supplier A Ltd" in judge.text
        judge.get(card)
        assert "can no longer be changed" in judge.text
        assert judge.page is not None
        assert [f for f in judge.page.forms if "sign-out" not in f["action"]] == []
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/board")
    assert "Every scorecard is signed" in lead.text
    lead.fill(f"/manage/challenges/{setting.reference}/close-scoring")
    assert "Supplier A Ltd comes first" in lead.text
    assert "80.00" in lead.text
    lead.get(f"/manage/pitches/{setting.pitch_reference(0)}/scores")
    assert lead.text.count(REASON) == 9
    assert_totals_are_right()


def test_a_judge_reads_a_pitch_only_once_cleared_for_it(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    card = builders.a_card  # a card without a declaration cannot come from the pages
    member, pitch = setting.members[0], setting.pitches[0]
    card_id = card(member=member, pitch=pitch, now=now)
    judge = browser_of(app, setting.judges[0])
    assert judge.get(f"/judging/cards/{card_id}").status_code == 200
    from pitchfest.judging.models import Declaration  # noqa: PLC0415

    db.session.query(Declaration).delete()
    db.session.commit()
    assert judge.get(f"/judging/cards/{card_id}").status_code == 404


@pytest.mark.parametrize("part", ["", "/sign", "/conflict"])
def test_nobody_else_can_open_a_judges_card(app: Flask, now: datetime, part: str) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    fill(setting, 0, 0, (3, 3, 3), now, sign=False)
    address = f"/judging/cards/{setting.card(0, 0)}{part}"
    admin = builders.a_person("Adam Admin", Role.ADMIN)
    others = [setting.judges[1], setting.lead, setting.officer, setting.suppliers[0], admin, setting.decider]
    for person in others:
        client = browser_of(app, person)
        assert client.get(address).status_code == 404
    client = PageClient(app)
    assert client.get(address).status_code == 302
    client = browser_of(app, setting.judges[1])
    client.get(f"/judging/cards/{setting.card(1, 0)}")
    form = client.form()
    data = {**form["fields"], **card_fields(setting, "1"), "interest": "This is not my card at all."}
    assert client.post(address, data=data).status_code == 404
    assert queries.marks(setting.card(0, 0))[setting.criteria[0]].mark.hundredths == 300


def statuses(app: Flask, people: dict[str, int], address: str) -> dict[str, int]:
    return {name: browser_of(app, person).get(address).status_code for name, person in people.items()}


def everyone(setting: Setting) -> dict[str, int]:
    return {
        "officer": setting.officer,
        "lead": setting.lead,
        "approver": setting.approver,
        "decider": setting.decider,
        "observer": builders.a_person("Obi Observer", Role.OBSERVER),
        "admin": builders.a_person("Adam Admin", Role.ADMIN),
        "chair": setting.judges[0],
        "judge": setting.judges[1],
        "supplier": setting.suppliers[0],
        "author": setting.suppliers[1],
    }


def test_results_are_hidden_from_everyone_until_scoring_is_closed(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    score_all(setting, now)
    people = everyone(setting)
    pages = [
        f"/manage/challenges/{setting.reference}/{page}"
        for page in ("results", "results.csv", "results.xlsx", "scores.csv")
    ]
    pages.append(f"/manage/pitches/{setting.pitch_reference(0)}/scores")
    for page in pages:
        assert set(statuses(app, people, page).values()) == {404}, page
    close(setting, now)
    for page in pages:
        assert statuses(app, people, page) == {
            "officer": 200,
            "lead": 200,
            "approver": 200,
            "decider": 200,
            "observer": 200,
            "admin": 404,
            "chair": 200,
            "judge": 404,
            "supplier": 404,
            "author": 404,
        }, page


STAFF_PAGES = {
    "panel": {"officer": 200, "lead": 200, "approver": 403},
    "board": {"officer": 200, "lead": 200, "approver": 200, "chair": 200},
    "conflicts": {"officer": 403, "lead": 200, "approver": 403},
    "close-scoring": {"officer": 403, "lead": 200, "approver": 403},
}


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_staff_pages_open_to_those_whose_task_it_is(app: Flask, now: datetime, page: str) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    found = statuses(app, everyone(setting), f"/manage/challenges/{setting.reference}/{page}")
    assert found == {name: STAFF_PAGES[page].get(name, 404) for name in found}


def masked(html: str) -> str:
    """A page without its tokens and request id, which are random."""
    bare = re.sub(r'name="(csrf_token|form_token)" value="[^"]*"', "", html)
    return re.sub(r'pf-nowrap">[0-9a-f]{12}<', "", bare)


def test_a_recused_judge_learns_nothing_from_how_others_score(app: Flask, now: datetime) -> None:
    setting = a_round(now, judges=4)
    setting.judges[0] = chair = builders.a_person("Chris Chair", Role.OFFICER)
    db.session.execute(
        db.text(f"UPDATE panel_member SET person_id = {chair} WHERE id = {setting.members[0]}")
    )
    db.session.commit()
    declare_all(setting, now)
    mine = next(
        d
        for d in queries.declarations(setting.challenge)
        if d.member_id == setting.members[0] and d.pitch_id == setting.pitches[0]
    )
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=mine.id,
            recuse=True,
            reason="We learnt that they share an office.",
            now=now,
        )
    browser = browser_of(app, chair)
    addresses = [
        "/judging",
        f"/judging/cards/{setting.card(0, 1)}",
        f"/judging/cards/{setting.card(0, 0)}",
        *(
            f"/manage/challenges/{setting.reference}/{page}"
            for page in (
                "board",
                "results",
                "results.csv",
                "conflicts",
                "panel",
                "close-scoring",
                "scores.csv",
            )
        ),
        *(f"/manage/pitches/{setting.pitch_reference(i)}/scores" for i in range(3)),
    ]

    def seen() -> list[tuple[int, str]]:
        return [((r := browser.get(a)).status_code, masked(r.get_data(as_text=True))) for a in addresses]

    before = seen()
    assert [status for status, _ in before[3:]] == [404] * (len(addresses) - 3)
    for judge in (1, 2):
        for pitch in range(3):
            fill(setting, judge, pitch, (judge, 3, 5), now)
    assert seen() == before
    for pitch in range(3):
        fill(setting, 3, pitch, (0, 0, 0), now)
    for pitch in (1, 2):
        fill(setting, 0, pitch, (3, 3, 3), now)
    close(setting, now)
    assert [status for status, _ in seen()[2:]] == [404] * (len(addresses) - 2)


def test_ties_are_shown_as_ties(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=4)
    declare_all(setting, now)
    for judge in range(3):
        for pitch, score in enumerate((4, 5, 4, 2)):
            fill(setting, judge, pitch, (score,) * 3, now)
    close(setting, now)
    ranks = [(row.rank, row.tied) for row in queries.results(setting.challenge).ranked]
    assert ranks == [(1, False), (2, True), (2, True), (4, False)]
    officer = browser_of(app, setting.officer)
    officer.get(f"/manage/challenges/{setting.reference}/results")
    assert officer.text.count("Joint 2") == 2
    assert "Fit: under 3" in officer.text
    assert "In all: under 60" in officer.text


def test_price_points_are_added_when_the_results_are_read(app: Flask, now: datetime) -> None:
    setting = a_round(now, price=True)
    declare_all(setting, now)
    for judge in range(3):
        for pitch in range(3):
            fill(setting, judge, pitch, (5, 5, 5), now)
    close(setting, now)
    rows = queries.results(setting.challenge).ranked
    assert [(row.total_text, row.price_text) for row in rows] == [
        ("100.00", "10.00"),
        ("96.67", "6.67"),
        ("95.00", "5.00"),
    ]
    officer = browser_of(app, setting.officer)
    body = officer.get(f"/manage/challenges/{setting.reference}/results.csv").get_data(as_text=True)
    assert "290/3" in body
    assert body.count("\r\n") == 4


def test_what_a_judge_typed_stays_when_a_score_is_no_number(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    judge, first = browser_of(app, setting.judges[0]), setting.criteria[0]
    typed: dict[str, Any] = {f"score-{first}": "lots", f"reason-{first}": REASON}
    response = judge.fill(f"/judging/cards/{setting.card(0, 0)}", **typed)
    assert response.status_code == 422
    assert "Give the score as a number" in judge.text
    assert judge.form()["fields"][f"reason-{first}"].strip() == REASON


def test_a_second_window_does_not_overwrite_the_first(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    address, first = f"/judging/cards/{setting.card(0, 0)}", setting.criteria[0]
    one, two = browser_of(app, setting.judges[0]), browser_of(app, setting.judges[0])
    one.get(address)
    two.get(address)
    words: dict[str, Any] = {f"reason-{first}": "Words of the first window"}
    one.send(address, **words)
    words = {f"reason-{first}": "Words of the second window"}
    response = two.send(address, **words)
    assert response.status_code == 409
    assert "Words of the second window" in two.html
    assert queries.marks(setting.card(0, 0))[first].mark.reason == "Words of the first window"


def test_the_panel_page_invites_and_the_lead_releases(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.OPEN, pitches=0, judges=0)
    officer = browser_of(app, setting.officer)
    address = f"/manage/challenges/{setting.reference}/panel"
    officer.get(address)
    assert "Nobody is on the panel yet" in officer.text
    officer.fill(address, action="/panel", name="Jo Judge", email="jo@judges.example", chair="y")
    assert "Jo Judge is on the panel" in officer.text
    [member] = queries.panel(setting.challenge)
    assert member.is_chair
    assert officer.get(f"{address}/{member.member_id}/release").status_code == 403
    lead = browser_of(app, setting.lead)
    lead.fill(f"{address}/{member.member_id}/release", reason="Moved abroad last week.")
    assert "Moved abroad last week." in lead.text
    officer.fill(address, action="/panel", name="Jo Judge", email="jo@judges.example")
    assert "already on the panel, or was released" in officer.text


def test_a_late_card_is_shown_as_late(app: Flask, now: datetime, clock: MovableClock) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    moment = clock.move(days=20)
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/board")
    assert len(re.findall(r"\d late\b", lead.text)) == 3
    score_all(setting, moment)
    close(setting, moment)
    lead.get(f"/manage/pitches/{setting.pitch_reference(0)}/scores")
    assert lead.text.count("Late") == 3


@pytest.mark.parametrize("criteria", [1, 3])
def test_the_scorecard_costs_the_same_whatever_its_length(app: Flask, now: datetime, criteria: int) -> None:
    setting = a_round(now, pitches=criteria)
    declare_all(setting, now)
    fill(setting, 0, 0, (3, 3, 3), now, sign=False)
    judge = browser_of(app, setting.judges[0])
    judge.get("/judging")
    with Statements() as desk:
        judge.get("/judging")
    with Statements() as card:
        judge.get(f"/judging/cards/{setting.card(0, 0)}")
    assert (desk.count, card.count) <= (12, 12)
    counts = COUNTS.setdefault("card", (desk.count, card.count))
    assert (desk.count, card.count) == counts


COUNTS: dict[str, object] = {}


@pytest.mark.parametrize("pitches", [1, 3, 30])
def test_results_cost_the_same_statements_whatever_their_number(
    app: Flask, now: datetime, pitches: int
) -> None:
    setting = a_round(now, pitches=pitches, price=True)
    lead = browser_of(app, setting.lead)
    declare_all(setting, now)
    with Statements() as board:
        lead.get(f"/manage/challenges/{setting.reference}/board")
    for card in queries.cards(setting.challenge):
        judge, pitch = setting.members.index(card.member_id), setting.pitches.index(card.pitch_id)
        fill(setting, judge, pitch, (3, 3, 3), now)
    close(setting, now)
    with Statements() as results:
        lead.get(f"/manage/challenges/{setting.reference}/results")
    with Statements() as scores:
        lead.get(f"/manage/pitches/{setting.pitch_reference(0)}/scores")
    found = (board.count, results.count, scores.count)
    assert max(found) <= 12
    assert COUNTS.setdefault("results", found) == found
    assert_totals_are_right()


def test_a_scale_of_quarter_points_is_typed(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    scale: dict[Any, Any] = {"minimum": 0, "maximum": 1000, "step": 25, "threshold": None}
    db.session.query(Criterion).filter_by(challenge_id=setting.challenge).update(scale)
    db.session.commit()
    declare_all(setting, now)
    judge, address = browser_of(app, setting.judges[0]), f"/judging/cards/{setting.card(0, 0)}"
    judge.fill(address, sign="1", **card_fields(setting, "7.1"))
    assert "Give a score from 0 to 10 in steps of 0.25" in judge.text
    judge.fill(address, sign="1", **card_fields(setting, "7.25"))
    judge.send(f"{address}/sign")
    assert "You have signed off" in judge.text
    [mark] = {saved.mark.hundredths for saved in queries.marks(setting.card(0, 0)).values()}
    assert mark == 725


def test_judges_do_not_see_prices(app: Flask, now: datetime) -> None:
    setting = a_round(now, price=True)
    declare_all(setting, now)
    judge = browser_of(app, setting.judges[0])
    judge.get(f"/judging/cards/{setting.card(0, 0)}")
    assert "We will ride along" in judge.text
    assert "price" not in judge.text.lower()


def test_what_suppliers_wrote_is_shown_as_text(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    organisation = db.session.get_one(Pitch, setting.pitches[0]).organisation_id
    db.session.get_one(Organisation, organisation).name = "<script>alert(1)</script> Ltd"
    db.session.commit()
    judge = browser_of(app, setting.judges[0])
    judge.get(f"/judging/{setting.reference}/declare")
    assert "&lt;script&gt;" in judge.html
