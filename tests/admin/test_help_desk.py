"""The help desk: technical facts by a code that was read out, nothing of words, and the person sees it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import SupportCode, Trouble
from pitchfest.accounts.rules import TROUBLES_KEPT
from pitchfest.audit import queries as log
from pitchfest.db import db, transaction
from pitchfest.db.transaction import STEPS_EXTENSION, Steps
from pitchfest.kernel.errors import RuleViolation, StorageFailed
from tests.pitches.cast import WORDS, a_cast, actor, save, sent, started
from tests.support.client import PageClient
from tests.support.signing_in import browser_of


def code_of(browser: PageClient) -> str:
    """Make a code and read it off the page."""
    browser.fill("/account/help-code", action="/account/help-code")
    found = re.search(r"govuk-panel__title\">([0-9A-Z]{4} [0-9A-Z]{4})<", browser.html)
    assert found is not None, browser.text
    return found[1]


def test_staff_see_technical_facts_and_nothing_that_was_written(app: Flask, now):
    cast = a_cast(now)
    rosa, officer = browser_of(app, cast.rosa), browser_of(app, cast.officer)
    pitch = started(cast, now)
    save(pitch, 1, WORDS[1], cast.rosa, now + timedelta(minutes=1))
    save(pitch, 1, WORDS[2], cast.rosa, now + timedelta(minutes=2))
    save(pitch, 2, WORDS[2], cast.rosa, now + timedelta(minutes=3))
    officer.fill("/manage/help-desk", action="/help-desk", code=code_of(rosa).lower().replace(" ", "-"))
    assert "Yes, in 1 browser" in officer.text
    assert "A pitch 2 9:03am on Monday 23 November 2026" in officer.text
    shown = officer.html.partition("<main")[2].partition("</main")[0]
    for word in ("Kestrel", "Rosa", pitch, cast.reference, "drain", "Kingfisher", "Not sent", "Sent"):
        assert word not in shown
    rosa.get("/account/help-code")
    assert "Josephine Okafor, at 9am on Monday 23 November 2026" in rosa.text


def test_whether_it_was_sent_does_not_show(app: Flask, now):
    cast = a_cast(now)
    sent(cast, now)
    drafted = started(cast, now, person=cast.gwen, organisation=cast.gannet)
    for position, text in WORDS.items():
        save(drafted, position, text, cast.gwen, now)
    save(drafted, 4, '[{"label": "All", "pence": 100}]', cast.gwen, now)
    officer = browser_of(app, cast.officer)
    pages = []
    for person in (cast.rosa, cast.gwen):
        officer.fill("/manage/help-desk", action="/help-desk", code=code_of(browser_of(app, person)))
        pages.append(officer.text)
    assert pages[0] == pages[1]


def test_the_person_ends_it_at_once_and_half_an_hour_ends_it_too(app: Flask, now, clock):
    cast = a_cast(now)
    rosa, officer = browser_of(app, cast.rosa), browser_of(app, cast.officer)
    facts = officer.fill("/manage/help-desk", action="/help-desk", code=code_of(rosa)).request.path
    rosa.fill("/account/help-code", action="/end")
    assert officer.get(facts).status_code == 404
    facts = officer.fill("/manage/help-desk", action="/help-desk", code=code_of(rosa)).request.path
    assert officer.get(facts).status_code == 200
    assert browser_of(app, cast.lead).get(facts).status_code == 404
    clock.move(minutes=30)
    assert officer.get(facts).status_code == 404


def test_a_new_code_takes_the_place_of_the_old_one_and_only_its_hash_is_kept(app: Flask, now):
    cast = a_cast(now)
    with transaction():
        old = operations.make_help_code(actor(cast.rosa), now=now)
    with transaction():
        new = operations.make_help_code(actor(cast.rosa), now=now)
    with pytest.raises(RuleViolation), transaction():
        operations.look(actor(cast.officer), code=old, now=now)
    with transaction():
        operations.look(actor(cast.admin), code=new, now=now)
    hashes = db.session.execute(select(SupportCode.code_hash)).scalars().all()
    assert not {old, new} & set(hashes)
    [entry], _ = log.page(number=1, size=5, action="support.look")
    assert f"person:{cast.rosa}" not in entry.values()
    assert entry["detail"] == "{}"


def test_guessing_is_slowed(app: Flask, now):
    cast = a_cast(now)
    officer = browser_of(app, cast.officer)
    for _ in range(5):
        officer.fill("/manage/help-desk", action="/help-desk", code="AAAA AAAA")
    assert "too many attempts" in officer.text
    lead, rosa = browser_of(app, cast.lead), browser_of(app, cast.rosa)
    for _ in range(6):
        lead.fill("/manage/help-desk", action="/help-desk", code=code_of(rosa))
        assert "Yes, in 1 browser" in lead.text
    assert browser_of(app, cast.approver).get("/manage/help-desk").status_code == 404


def test_error_pages_are_noted_without_words_and_the_newest_twenty_stay(app: Flask, now):
    cast = a_cast(now)
    rosa, officer = browser_of(app, cast.rosa), browser_of(app, cast.officer)
    for _ in range(TROUBLES_KEPT + 2):
        assert rosa.post("/account/name", data={"name": "Secret"}).status_code == 400
    assert db.session.execute(select(func.count()).select_from(Trouble)).scalar_one() == TROUBLES_KEPT
    rosa.post("/account/name", data={"name": "x" * 8_100_000})
    officer.fill("/manage/help-desk", action="/help-desk", code=code_of(rosa))
    assert "413. What they sent was too large." in officer.text
    assert "1 time lately" in officer.text
    [number] = db.session.execute(select(Trouble.request_id).order_by(Trouble.id.desc()).limit(1)).scalars()
    assert number in officer.text


def test_nothing_is_noted_of_strangers_or_of_what_a_form_says(app: Flask, client: PageClient, now):
    cast = a_cast(now)
    client.post("/sign-up", data={"name": "x"})
    rosa = browser_of(app, cast.rosa)
    rosa.fill("/account/name", action="/name", name="")
    rosa.get("/nowhere")
    assert db.session.execute(select(func.count()).select_from(Trouble)).scalar_one() == 0


def test_a_full_disk_fails_neither_the_page_nor_the_next_one(app: Flask, now):
    cast = a_cast(now)
    rosa = browser_of(app, cast.rosa)
    before: Steps = app.extensions[STEPS_EXTENSION]

    def full(_write: object) -> None:
        raise StorageFailed

    app.extensions[STEPS_EXTENSION] = Steps(first=(full,), last=())
    assert rosa.fill("/account/name", action="/name", name="Rosa W").status_code == 503
    app.extensions[STEPS_EXTENSION] = before
    assert rosa.fill("/account/name", action="/name", name="Rosa W").status_code == 200
    assert queries.looks_at(cast.rosa) == []
