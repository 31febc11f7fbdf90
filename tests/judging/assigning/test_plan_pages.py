"""The pages of the plan of who reads what, as the procurement lead and everyone else get them."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import RoleGrant
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.kernel.actor import Role
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.judging.assigning.test_plan import (
    WHY,
    cards,
    exchange,
    found,
    give_out,
    make,
    pairs,
    planned,
    shared,
    swappable,
    unread,
)
from tests.judging.setting import Setting, Statements, a_round, declare_all, fill, recuse
from tests.support import builders
from tests.support.signing_in import browser_of


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def base(setting: Setting) -> str:
    return f"/manage/challenges/{setting.reference}/assignment"


def board(setting: Setting) -> str:
    return f"/manage/challenges/{setting.reference}/board"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_lead_plans_changes_and_gives_out(app: Flask, now: datetime) -> None:
    setting = shared(now)
    declare_all(setting, now, but=[3])
    lead = browser_of(app, setting.lead)
    lead.get(board(setting))
    assert "It is best to plan once everyone has declared" in lead.text
    lead.get(base(setting))
    assert "still to declare on a supplier: Judge D" in lead.text
    lead.fill(base(setting), action="/assignment/plan")
    assert "Nobody has been told" in lead.text
    assert "are linked" in lead.text
    declare_all(setting, now, but=[0, 1, 2])
    lead.fill(base(setting), action="/assignment/plan")
    assert "sends 8 scorecards" in plain(lead.text)

    pair = min(pairs(setting, now))
    page = f"{base(setting)}/{setting.pitch_reference(setting.pitches.index(pair[1]))}"
    lead.fill(page, action=page, judge=str(pair[0]), act="exclude")
    assert "Give the reason in a sentence" in lead.text
    lead.fill(page, action=page, judge=str(pair[0]), act="swap", other="")
    assert "Choose with whom" in lead.text
    lead.fill(page, action=page, judge=str(pair[0]), act="exclude", reason=WHY)
    assert "The plan is changed" in lead.text
    assert WHY in lead.text
    one, two = swappable(setting, now)
    page = f"{base(setting)}/{setting.pitch_reference(setting.pitches.index(one[1]))}"
    other = f"{two[0]}:{setting.pitch_reference(setting.pitches.index(two[1]))}"
    lead.fill(page, action=page, judge=str(one[0]), act="swap", other=other)
    assert "(pinned)" in lead.text
    assert "Also moved" not in lead.text, "an exchange moves nothing else"
    assert cards(setting) == set()
    lead.fill(base(setting), action="/assignment/release")
    assert "8 scorecards given out" in plain(lead.text)
    assert "The plan is given out" in lead.text
    assert "(has the scorecard, pinned)" in lead.text
    assert cards(setting) == pairs(setting, now)
    lead.get(board(setting))
    assert "Nothing is sent before you give it out" in plain(lead.text)
    lead.fill(base(setting), action="/assignment/discard")
    assert "The plan is gone" in lead.text


def test_where_nobody_has_declared_there_is_nothing_to_plan(app: Flask, now: datetime) -> None:
    setting = shared(now)
    lead = browser_of(app, setting.lead)
    lead.get(base(setting))
    assert "Nobody has declared yet, so there is nothing to plan." in lead.text
    assert "Make a plan" not in lead.text
    make(setting, now)
    lead.get(base(setting))
    assert "The plan gives nobody a pitch" in lead.text
    assert "Every judge has the scorecards" not in lead.text


def test_an_interest_that_waits_for_a_decision_is_named_with_the_pitch(app: Flask, now: datetime) -> None:
    setting = shared(now)
    declare_all(setting, now, but=[3])
    [supplier, *_] = queries.to_declare(setting.members[3], setting.challenge)
    with transaction():
        operations.declare(
            setting.actor(setting.judges[3]),
            reference=setting.reference,
            interests={supplier.key: "I worked there until last year."},
            now=now,
        )
    make(setting, now)
    lead = browser_of(app, setting.lead)
    lead.get(base(setting))
    assert lead.text.count("Judge D: waits for a decision") == 1


def test_a_judge_who_declared_late_and_got_nothing_is_named(app: Flask, now: datetime) -> None:
    setting = shared(now)
    declare_all(setting, now, but=[3])
    make(setting, now)
    give_out(setting, now)
    lead = browser_of(app, setting.lead)
    lead.get(base(setting))
    assert "No pitch for" not in lead.text, "Judge D has not declared"
    declare_all(setting, now, but=[0, 1, 2])
    lead.fill(base(setting), action="/assignment/plan")
    assert "No pitch for Judge D: a plan is made again with as few changes as possible." in lead.text
    assert "spread as evenly" not in lead.text
    page = f"{base(setting)}/{setting.pitch_reference(0)}"
    lead.fill(page, action=page, judge=str(setting.members[3]), act="pin")
    lead.get(base(setting))
    assert "No pitch for" not in lead.text


def test_a_change_says_what_else_it_moved(app: Flask, now: datetime) -> None:
    setting = planned(now)
    lead, before, pair = browser_of(app, setting.lead), pairs(setting, now), unread(setting, now)
    page = f"{base(setting)}/{setting.pitch_reference(setting.pitches.index(pair[1]))}"
    lead.fill(page, action=page, judge=str(pair[0]), act="pin")
    said = lead.text.partition("Also moved: ")[2].partition(".")[0]
    after = pairs(setting, now)
    for member, place in zip(setting.members, "ABCD", strict=True):
        moved = {p for m, p in (before ^ after) - {pair} if m == member}
        named = next((part for part in said.split("; ") if part.startswith(f"Judge {place}")), "")
        for pitch, letter in zip(setting.pitches, "ABCD", strict=True):
            assert (f"Supplier {letter} Ltd" in named) == (pitch in moved), said
    assert "; " in said or " from " in said


def test_an_exchange_that_cannot_be_says_why(app: Flask, now: datetime) -> None:
    setting = planned(now)
    give_out(setting, now)
    has = pairs(setting, now)
    both, mine, theirs, other = next(
        (judge, a, b, m)
        for judge, a in sorted(has)
        for m, b in sorted(has)
        if (judge, b) in has and (m, a) not in has
    )
    alone = next(m for m, p in has if p == mine and m != both)
    without = next(m for m in setting.members if (m, mine) not in has and m != other)
    called = dict(zip(setting.members, ("Judge A", "Judge B", "Judge C", "Judge D"), strict=True))
    named = dict(zip(setting.pitches, (f"Supplier {letter} Ltd" for letter in "ABCD"), strict=True))
    wants = f"{other}:{setting.pitch_reference(setting.pitches.index(theirs))}"
    page = f"{base(setting)}/{setting.pitch_reference(setting.pitches.index(mine))}"
    fill(setting, setting.members.index(alone), setting.pitches.index(mine), (3, 3, 3), now, sign=False)
    lead = browser_of(app, setting.lead)
    for judge, says in (
        (without, f"does not read {named[mine]}"),
        (both, f"already reads {named[theirs]}"),
        (alone, f"has begun to score {named[mine]}"),
    ):
        lead.fill(page, action=page, judge=str(judge), act="swap", other=wants)
        assert f"{called[judge]} {says}" in lead.text
    assert pairs(setting, now) == has


def test_a_conflict_after_the_preview_is_said_and_stops_it(app: Flask, now: datetime) -> None:
    setting = planned(now)
    lead = browser_of(app, setting.lead)
    lead.get(base(setting))
    form = lead.form("/assignment/release")
    pair = min(pairs(setting, now))
    recuse(setting, pair, now)
    answer = lead.send(base(setting), action="/assignment/release", **form["fields"])
    assert answer.status_code == 422
    assert "changed since this was planned" in lead.text
    assert "cannot read Supplier" in lead.text
    assert "Give the scorecards out" not in lead.text
    assert cards(setting) == set()
    page = f"{base(setting)}/{setting.pitch_reference(setting.pitches.index(pair[1]))}"
    lead.get(page)
    assert "Does not judge" in lead.text
    lead.fill(page, action=page, judge=str(pair[0]), act="pin")
    assert "not cleared" in lead.text


def test_two_windows_do_not_overwrite_each_other(app: Flask, now: datetime) -> None:
    setting = planned(now)
    lead = browser_of(app, setting.lead)
    lead.get(base(setting))
    form = lead.form("/assignment/release")
    lead.fill(base(setting), action="/assignment/plan")
    answer = lead.send(base(setting), action="/assignment/release", **form["fields"])
    assert answer.status_code == 409
    assert "changed meanwhile" in lead.text
    assert cards(setting) == set()


def test_who_loses_a_card_reads_their_own_pitches_and_no_other_judge(app: Flask, now: datetime) -> None:
    setting = planned(now)
    give_out(setting, now)
    one, two = swappable(setting, now)
    exchange(setting, one, two, now)
    give_out(setting, now)
    judge = setting.judges[setting.members.index(one[0])]
    with app.test_request_context():
        (message,) = [m for m in mail.to_person(judge) if m.kind == "judge_cards_taken"]
        sheet = render(message, now=now)
    assert sheet is not None
    assert f"- Supplier {'ABCD'[setting.pitches.index(one[1])]} Ltd" in sheet.body
    assert "You still have 2 pitches to score." in plain(sheet.body)
    assert not [name for name in ("Judge", "Leo") if name in sheet.body]
    browser = browser_of(app, judge)
    browser.get("/judging")
    assert browser.page is not None
    gone = queries.cards(setting.challenge)
    card = next(c.card_id for c in gone if (c.member_id, c.pitch_id) == one)
    assert browser.get(f"/judging/cards/{card}").status_code == 404


def test_where_every_judge_reads_everything_one_sentence_says_so(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    lead = browser_of(app, setting.lead)
    lead.get(board(setting))
    assert "/assignment" not in lead.html
    lead.get(base(setting))
    assert "Every judge reads every pitch, so there is nothing to plan." in lead.text
    assert "<button" not in lead.html[lead.html.index("<h1") : lead.html.index("</main>")]


def test_mallory_finds_no_plan(app: Flask, now: datetime) -> None:
    setting = planned(now)
    chair, member = setting.judges[0], setting.members[0]
    db.session.add(RoleGrant(person_id=chair, role=Role.LEAD, granted_at=now))
    db.session.commit()
    pages = [base(setting), f"{base(setting)}/{setting.pitch_reference(0)}"]
    leading = browser_of(app, chair)
    assert [leading.get(page).status_code for page in pages] == [200, 200]
    recuse(setting, (member, setting.pitches[0]), now)
    people = {
        chair: 404,
        setting.judges[1]: 404,
        setting.suppliers[0]: 404,
        setting.decider: 404,
        setting.officer: 403,
        setting.approver: 403,
    }
    for person, status in people.items():
        browser = browser_of(app, person)
        assert [browser.get(page).status_code for page in pages] == [status, status], person
        for act in ("plan", "release", "discard"):
            assert browser.post(f"{base(setting)}/{act}").status_code in {status, 400}
    assert cards(setting) == set()
    assert browser_of(app, setting.lead).get(f"{base(setting)}/PF-NONE").status_code == 404
    with pytest.raises(Exception, match=r"^$"), transaction():
        operations.pin(
            setting.actor(setting.lead),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(0),
            member_id=999,
            expected_version=found(setting, now).plan.version,  # type: ignore[union-attr]
            now=now,
        )


def test_the_page_takes_as_many_statements_for_any_number(app: Flask, now: datetime) -> None:
    counts = []
    setting = planned(now)
    lead = browser_of(app, setting.lead)
    for _ in range(2):
        lead.get(base(setting))
        with Statements() as statements:
            lead.get(base(setting))
        counts.append(statements.count)
        pair = unread(setting, now)
        with transaction():
            operations.exclude(
                setting.actor(setting.lead),
                reference=setting.reference,
                pitch_reference=setting.pitch_reference(setting.pitches.index(pair[1])),
                member_id=pair[0],
                reason=WHY,
                expected_version=found(setting, now).plan.version,  # type: ignore[union-attr]
                now=now,
            )
    assert counts[0] == counts[1]
