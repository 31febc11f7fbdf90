"""The procurement lead's pages about conflicts: hints from data, asking again, conditions, who reads what."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Membership, RoleGrant
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.notices import KINDS
from pitchfest.judging.queries import DeclarationRow
from pitchfest.judging.rules.interests import InterestKind
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.tabular import from_csv
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from pitchfest.pitches.models import Pitch
from tests.judging.setting import Setting, Statements, a_round, close, declare_all, score_all
from tests.support import builders
from tests.support.signing_in import browser_of

CONDITIONS = "Do not talk about this pitch <b>at the college</b>."


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def base(setting: Setting) -> str:
    return f"/manage/challenges/{setting.reference}/conflicts"


def declaration(setting: Setting, judge: int, pitch: int) -> DeclarationRow:
    pair = (setting.members[judge], setting.pitches[pitch])
    return next(d for d in queries.declarations(setting.challenge) if (d.member_id, d.pitch_id) == pair)


def belongs(setting: Setting, person: int, pitch: int, now: datetime, *, over: bool = False) -> None:
    """Make a person belong to the supplier of a pitch."""
    organisation = db.session.get_one(Pitch, setting.pitches[pitch]).organisation_id
    db.session.add(
        Membership(
            organisation_id=organisation, person_id=person, from_at=now, until_at=now if over else None
        )
    )
    db.session.commit()


def register(person: int, party: str, now: datetime) -> None:
    with transaction():
        operations.register_interest(
            builders.actor(person),
            kind=InterestKind.GIFT,
            party=party,
            words="Tickets for a match.",
            since=None,
            until=None,
            now=now,
        )


def test_all_that_a_decision_lacks_is_said_in_the_order_of_its_fields(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    with transaction():
        operations.declare(
            setting.actor(setting.judges[0]),
            reference=setting.reference,
            interests={setting.pitch_reference(0): "My sister works there."},
            now=now,
        )
    row = declaration(setting, 0, 0)
    lead = browser_of(app, setting.lead)
    lead.fill(f"{base(setting)}/{row.id}", fields={"outcome": "conditions"})
    first, second = "Say in a sentence what the judge keeps to", "Give the reason in a sentence"
    assert -1 < lead.text.find(first) < lead.text.find(second)


def test_a_hint_leads_to_asking_again_and_the_judge_reads_no_accusation(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    belongs(setting, setting.judges[1], 1, now, over=True)
    declare_all(setting, now)
    lead = browser_of(app, setting.lead)
    lead.get(base(setting))
    assert "Supplier B Ltd : Belonged to Supplier B Ltd, which pitches." in lead.text
    row = declaration(setting, 1, 1)
    lead.get(f"{base(setting)}/{row.id}/ask")
    assert "Belonged to Supplier B Ltd" in lead.html, "the reason is filled in"
    lead.fill(f"{base(setting)}/{row.id}/ask")
    assert "We have asked Judge B" in lead.text
    assert "Asked to declare again" in lead.text
    lead.get(base(setting))
    assert "They have not answered yet" in lead.text, "an unanswered question is no dead end"
    assert "Nothing to decide" not in lead.text
    assert f'href="{base(setting)}/{row.id}"' in lead.html
    judge = browser_of(app, setting.judges[1])
    for page in ("/judging", f"/judging/{setting.reference}/declare", "/account/data"):
        judge.get(page)
        assert "Belonged" not in judge.text
    judge.get(f"/judging/{setting.reference}/declare")
    assert "You declared on this supplier before" in judge.text
    with app.test_request_context():
        (sent,) = [m for m in mail.to_person(setting.judges[1]) if m.kind == "judge_declare_again"]
        words = render(sent, now=now)
    assert words is not None
    assert "Supplier B Ltd" in words.body
    assert "Belong" not in words.body
    judge.fill(f"/judging/{setting.reference}/declare", nothing="1")
    with app.test_request_context():
        assert render(sent, now=now) is None, "nothing is left to say"
    assert sent.kind in KINDS


def test_conditions_are_decided_and_stand_on_card_and_desk(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    reference = setting.pitch_reference(0)
    register(setting.judges[0], "Supplier A", now)
    register(setting.judges[0], "Elsewhere Ltd", now)
    with transaction():
        operations.declare(
            setting.actor(setting.judges[0]),
            reference=setting.reference,
            interests={reference: "I taught one of them."},
            now=now,
        )
    lead, row = browser_of(app, setting.lead), declaration(setting, 0, 0)
    address = f"{base(setting)}/{row.id}"
    lead.get(address)
    for text in ("In the judge’s register, perhaps about this supplier", "Elsewhere Ltd", "Tickets for"):
        assert text in lead.text
    sent = lead.fill(address, outcome="conditions", reason="It was long ago.")
    assert sent.status_code == 422
    assert "Say in a sentence what the judge keeps to" in lead.text
    assert "It was long ago." in lead.html
    sent = lead.fill(address, outcome="clear", reason="It was long ago.", conditions=CONDITIONS)
    assert sent.status_code == 422, "conditions that would not count are not dropped"
    lead.fill(address, outcome="conditions", reason="It was long ago.", conditions=CONDITIONS)
    judge = browser_of(app, setting.judges[0])
    for page in ("/judging", f"/judging/cards/{setting.card(0, 0)}"):
        judge.get(page)
        assert CONDITIONS in judge.text
    judge.get(f"/judging/cards/{setting.card(0, 1)}")
    assert "with conditions" not in judge.text
    lead.get(f"{base(setting)}/judges/{setting.members[0]}")
    assert CONDITIONS in lead.text
    with app.test_request_context():
        (told,) = [m for m in mail.to_person(setting.judges[0]) if m.kind == "judge_interest_decided"]
        words = render(told, now=now)
    assert words is not None
    assert "with conditions" in words.body
    assert CONDITIONS in words.body


def test_a_lead_who_judges_learns_nothing_about_themselves(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    db.session.add(RoleGrant(person_id=setting.judges[0], role=Role.LEAD, granted_at=now))
    db.session.commit()
    belongs(setting, setting.judges[0], 0, now, over=True)
    declare_all(setting, now)
    own, other = browser_of(app, setting.judges[0]), browser_of(app, setting.lead)
    row = declaration(setting, 0, 0)
    pages = (base(setting), f"{base(setting)}/{row.id}", f"{base(setting)}/{row.id}/ask")
    for page in (*pages, f"{base(setting)}/judges/{setting.members[0]}"):
        assert own.get(page).status_code == 200
        assert "Belonged" not in own.html
    for page in pages:
        other.get(page)
        assert "Belonged" in other.html


def test_a_lead_who_judges_gets_no_hint_about_a_pitch_they_may_not_read(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    db.session.add(RoleGrant(person_id=setting.judges[0], role=Role.LEAD, granted_at=now))
    db.session.commit()
    belongs(setting, setting.judges[1], 1, now, over=True)
    declare_all(setting, now, but=[0])
    both, lead = browser_of(app, setting.judges[0]), browser_of(app, setting.lead)
    for browser, seen in ((both, False), (lead, True)):
        browser.get(base(setting))
        assert ("Belonged to Supplier B Ltd" in browser.text) is seen
    declare_all(setting, now, but=[1, 2])
    both.get(base(setting))
    assert "Belonged to Supplier B Ltd" in both.text


def test_a_practice_round_gives_no_hints(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    belongs(setting, setting.judges[1], 1, now)
    db.session.get_one(Challenge, setting.challenge).practice = True
    db.session.commit()
    lead = browser_of(app, setting.lead)
    lead.get(base(setting))
    assert "What the data say" not in lead.text


def test_nobody_but_the_lead_comes_in(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    row = declaration(setting, 0, 0)
    pages = (f"{base(setting)}/{row.id}/ask", f"{base(setting)}/judges/{setting.members[0]}")
    who = {setting.officer: 403, setting.suppliers[0]: 404, setting.judges[1]: 404, setting.judges[0]: 404}
    for person, status in who.items():
        browser = browser_of(app, person)
        assert [browser.get(page).status_code for page in pages] == [status] * 2
    other = a_round(now)
    lead = browser_of(app, setting.lead)
    assert lead.get(f"{base(other)}/{row.id}/ask").status_code == 404
    assert lead.get(f"{base(other)}/judges/{setting.members[0]}").status_code == 404


def test_the_page_asks_the_same_number_of_statements_of_any_round(app: Flask, now: datetime) -> None:
    counts = []
    for pitches, judges in ((2, 3), (6, 7)):
        setting = a_round(now, pitches=pitches, judges=judges)
        for judge in setting.judges:
            belongs(setting, judge, 0, now)
            register(judge, "Supplier A", now)
        declare_all(setting, now)
        lead = browser_of(app, setting.lead)
        with Statements() as seen:
            lead.get(base(setting))
        counts.append(seen.count)
    assert counts[0] == counts[1]


def test_the_assessment_holds_what_was_declared_asked_and_decided(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    belongs(setting, setting.judges[1], 1, now, over=True)
    belongs(setting, setting.judges[2], 2, now, over=True)
    declare_all(setting, now, but=[0])
    with transaction():
        operations.declare(
            setting.actor(setting.judges[0]),
            reference=setting.reference,
            interests={setting.pitch_reference(0): "=I taught one of them."},
            now=now,
        )
    lead = browser_of(app, setting.lead)
    lead.fill(f"{base(setting)}/{declaration(setting, 1, 1).id}/ask")
    lead.fill(
        f"{base(setting)}/{declaration(setting, 0, 0).id}",
        outcome="conditions",
        reason="It was long ago.",
        conditions="Do not talk about it.",
    )
    page = f"{base(setting)}/assessment"
    lead.get(page)
    for words in (
        "Judge A, chair",
        "=I taught one of them.",
        "It was long ago. Conditions: Do not talk about it.",
        "Leo Lead asked the judge to declare again",
        "Belonged to Supplier B Ltd, which pitches.",
    ):
        assert words in lead.text
    assert "Belonged to Supplier C Ltd" not in lead.text, "a hint that nobody acted on is not in it"
    rows = from_csv(lead.get(f"{page}.csv").get_data(as_text=True))
    assert rows[0][:6] == ["Judge", "Chair", "Pitch", "Supplier", "Stands", "What happened"]
    assert len(rows) == 1 + 9 + 1 + 1, "a line for each declaration, the question, the decision"
    assert [row[8] for row in rows if row[5] == "declared an interest"] == ["=I taught one of them."]
    sheet = lead.get(f"{page}.xlsx")
    assert sheet.status_code == 200
    assert sheet.get_data()[:2] == b"PK"


def test_who_reads_the_assessment_and_when(app: Flask, now: datetime) -> None:
    setting = a_round(now, minimum_cards=2)
    declare_all(setting, now)
    score_all(setting, now)
    observer = builders.a_person("Oona Observer", Role.OBSERVER)
    page = f"{base(setting)}/assessment"
    people = {
        "lead": setting.lead,
        "observer": observer,
        "approver": setting.approver,
        "judge": setting.judges[0],
        "supplier": setting.suppliers[0],
    }

    def readers() -> list[str]:
        found = []
        for name, person in people.items():
            browser = browser_of(app, person)
            statuses = {browser.get(page + end).status_code for end in ("", ".csv", ".xlsx")}
            assert len(statuses) == 1
            found += [name] if statuses == {200} else []
        return found

    assert readers() == ["lead"]
    close(setting, now)
    assert readers() == ["lead", "observer"]


def test_a_lead_who_judges_does_not_read_why_they_were_asked(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    db.session.add(RoleGrant(person_id=setting.judges[0], role=Role.LEAD, granted_at=now))
    db.session.commit()
    declare_all(setting, now)
    with transaction():
        operations.ask_again(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=declaration(setting, 0, 0).id,
            reason="A member list names them.",
            now=now,
        )
    page = f"{base(setting)}/assessment"
    own, other = browser_of(app, setting.judges[0]), browser_of(app, setting.lead)
    for end in ("", ".csv"):
        assert "A member list" not in own.get(page + end).get_data(as_text=True)
        assert "A member list" in other.get(page + end).get_data(as_text=True)


def test_nobody_decides_on_words_that_they_have_not_read(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    row = declaration(setting, 1, 0)
    with transaction():
        operations.ask_again(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=row.id,
            reason="A partner has the same name.",
            now=now,
        )
    lead, page = browser_of(app, setting.lead), f"{base(setting)}/{row.id}"
    lead.get(page)
    sent = {**lead.form("")["fields"], "outcome": "clear", "reason": "They know nobody there."}
    interest = {setting.pitch_reference(0): "I own a third of this company."}
    with transaction():
        operations.declare(
            setting.actor(setting.judges[1]), reference=setting.reference, interests=interest, now=now
        )
    assert lead.post(page, data=sent).status_code == 409
    assert "The judge said something else meanwhile" in lead.text
    db.session.expire_all()
    assert declaration(setting, 1, 0).state == DeclarationState.INTEREST
    lead.get(page)
    assert "I own a third of this company." in lead.text
