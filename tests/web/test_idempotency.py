"""A form sent twice happens once; with other words it is a conflict; a refused one may be sent again."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchfest.challenges.models import Challenge
from pitchfest.db import db
from pitchfest.kernel.actor import Role
from pitchfest.kernel.text import canonical_json
from pitchfest.web.idempotency import FormReceipt, forget_old
from tests.support.builders import a_person, a_region
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.signing_in import browser_of

NEW = "/manage/challenges/new"


@pytest.fixture
def officer(bare_app: Flask) -> PageClient:
    with bare_app.app_context():
        a_region()
        person = a_person("Olive", Role.OFFICER)
    return browser_of(bare_app, person)


def form_of(browser: PageClient, **values: str) -> dict[str, Any]:
    browser.get(NEW)
    return {**browser.form("/new")["fields"], **values}


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(Challenge)).scalar_one()


def test_a_double_click_makes_one(bare_app: Flask, officer: PageClient) -> None:
    form = form_of(officer, title="Drains", question="How might we?")
    first, second = officer.post(NEW, data=form), officer.post(NEW, data=form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert count(bare_app) == 1


def test_a_token_that_no_database_keeps_is_no_error(bare_app: Flask, officer: PageClient) -> None:
    form = form_of(officer, title="Drains", question="How might we?")
    assert officer.post(NEW, data={**form, "form_token": "a\0b"}).status_code == 302
    assert count(bare_app) == 1


def test_the_same_token_with_other_words_is_a_conflict_that_keeps_them(
    bare_app: Flask, officer: PageClient
) -> None:
    form = form_of(officer, title="Drains", question="How might we?")
    officer.post(NEW, data=form)
    answer = officer.post(NEW, data={**form, "title": "Another title altogether"})
    assert answer.status_code == 409
    assert "Another title altogether" in officer.text
    assert count(bare_app) == 1


def test_the_database_alone_does_not_tell_whether_a_guess_at_the_words_is_right(
    bare_app: Flask, officer: PageClient
) -> None:
    form = form_of(officer, title="Drains", question="How might we?")
    officer.post(NEW, data=form)
    fields = [(name, value) for name, value in form.items() if name != "csrf_token"]
    guesses = {hashlib.sha256(canonical_json(list(p)).encode()).hexdigest() for p in permutations(fields)}
    with bare_app.app_context():
        kept = db.session.scalars(select(FormReceipt.body_hash)).all()
    assert kept
    assert guesses.isdisjoint(kept)


def test_a_refused_form_does_not_use_its_token_up(bare_app: Flask, officer: PageClient) -> None:
    form = form_of(officer, title="", question="How might we?")
    assert officer.post(NEW, data=form).status_code == 422
    assert officer.post(NEW, data={**form, "title": "Drains"}).status_code == 302
    assert count(bare_app) == 1


def test_a_token_belongs_to_its_person_and_page(bare_app: Flask, officer: PageClient) -> None:
    form = form_of(officer, title="Drains", question="How might we?")
    officer.post(NEW, data=form)
    with bare_app.app_context():
        other = a_person("Oscar", Role.OFFICER)
    colleague = browser_of(bare_app, other)
    theirs = form_of(colleague, title="Drains", question="How might we?")
    assert colleague.post(NEW, data={**theirs, "form_token": form["form_token"]}).status_code == 302
    assert count(bare_app) == 2


def test_tokens_are_kept_for_48_hours(bare_app: Flask, officer: PageClient, clock: MovableClock) -> None:
    officer.post(NEW, data=form_of(officer, title="Drains", question="How might we?"))
    with bare_app.app_context():
        forget_old(clock.now() + timedelta(hours=47))
        db.session.commit()
        assert db.session.execute(select(func.count()).select_from(FormReceipt)).scalar_one() == 1
        forget_old(clock.now() + timedelta(hours=49))
        db.session.commit()
        assert db.session.execute(select(func.count()).select_from(FormReceipt)).scalar_one() == 0


def test_without_a_csrf_token_nothing_happens(bare_app: Flask, officer: PageClient) -> None:
    form = form_of(officer, title="Drains", question="How might we?")
    del form["csrf_token"]
    assert officer.post(NEW, data=form).status_code == 400
    assert count(bare_app) == 0
