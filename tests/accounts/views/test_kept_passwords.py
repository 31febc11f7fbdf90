"""The password that somebody has now, typed into a form that could not be saved: nowhere is it seen again."""

from __future__ import annotations

import pytest

from pitchfest.accounts import operations
from pitchfest.accounts.models import ParkedForm, Person
from pitchfest.db import db, transaction
from tests.support import builders
from tests.support.signing_in import browser_of, sign_in

PASSWORD = "My Horse Eats Hay 42!"


@pytest.fixture
def rosa(app):
    builders.a_region()
    person = builders.a_person("Rosa Whitfield")
    db.session.get_one(Person, person).password_hash = operations.hash_password(PASSWORD, cheap=True)
    db.session.commit()
    return person


def filled_in(hers):
    """The form for a new password, with the present one in every field that is there to type in."""
    hers.get("/account/password")
    fields = hers.form()["fields"]
    typed = {name: PASSWORD for name, value in fields.items() if not value}
    return {**fields, **typed, "password": "another good password"}


def test_it_is_not_kept_when_the_session_ended(app, rosa, now):
    hers = browser_of(app, rosa)
    fields = filled_in(hers)
    with transaction():
        operations.end_all_sessions(rosa, now=now)
    assert hers.post("/account/password", data=fields).status_code == 302
    assert db.session.query(ParkedForm.id).count() == 0
    sign_in(hers, rosa)
    hers.get("/account/kept")
    assert PASSWORD not in hers.html


def test_it_is_not_on_the_page_that_says_that_a_form_was_too_old(app, rosa):
    hers = browser_of(app, rosa)
    fields = filled_in(hers) | {"csrf_token": "x"}
    assert hers.post("/account/password", data=fields).status_code >= 400
    assert PASSWORD not in hers.html
