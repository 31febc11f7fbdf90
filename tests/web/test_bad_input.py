"""Whatever is sent, the answer is a page in plain words, never a failure of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pitchfest.db import db
from tests.conftest import BEGINNING
from tests.support import databases, roles
from tests.support.addresses import rules
from tests.support.client import Page, PageClient
from tests.support.clock import MovableClock
from tests.support.signing_in import browser_of

NASTY = {
    "a NUL": "a\0b",
    "digits beyond any column": "9" * 30,
    "a number beyond 32 bits": str(2**31 + 5),
    "a negative number": "-1",
    "a flood": "word " * 20_000,
    "directions and faces": "\u202egnp\u0000.exe 😀 \ud83d".encode("utf-8", "replace").decode(),
    "a formula": '=HYPERLINK("http://evil.example")',
    "markup": '"><script>alert(1)</script>',
    "new lines": "Name\r\nBcc: someone@evil.example",
}
#: Who sends the forms of which kind of page.
SENDERS = ("nobody", "sender", "judge", "chair", "officer", "lead", "approver", "decider", "admin")


@pytest.fixture
def region(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, roles.Region]]:
    with databases.application(engine, MovableClock(BEGINNING), tmp_path_factory) as app:
        with app.app_context():
            found = roles.a_populated_region(BEGINNING)
            db.session.remove()
        yield app, found


def browser(app: Flask, region: roles.Region, name: str) -> PageClient:
    return PageClient(app) if name == "nobody" else browser_of(app, region.people[name])


def pages(app: Flask, region: roles.Region) -> list[str]:
    """The address of every page at every stage."""
    build, found = app.url_map.bind("localhost").build, set()
    for rule in rules(app, "GET"):
        for stage in roles.STAGES:
            values = {**region.plain, **region.stages[stage]}
            if rule.rule.startswith(("/pitches/", "/manage/pitches/", "/judging/explanations/")):
                values["reference"] = values["pitch"]
            found.add(build(rule.endpoint, {name: values[name] for name in rule.arguments}))
    return sorted(found)


def forms(client: PageClient, path: str) -> list[dict]:
    response = FlaskClient.open(client, path)
    if response.mimetype != "text/html" or response.status_code != 200:
        return []
    page = Page(response.get_data(as_text=True))
    return [f for f in page.forms if f["method"] == "post" and "sign-out" not in (f["action"] or "")]


def test_every_form_answers_nonsense_with_a_page(region: tuple[Flask, roles.Region]) -> None:
    app, found = region
    failed, sent = set(), set()
    clients = {name: browser(app, found, name) for name in SENDERS}
    with roles.writes_stopped(app, at_the_end=True):
        for client in clients.values():
            for path in pages(app, found):
                for form in forms(client, path):
                    action = form["action"] or path
                    shape = (app.url_map.bind("localhost").match(action, method="POST")[0], *sorted(form["fields"]))
                    if shape in sent:
                        continue
                    sent.add(shape)
                    own = {k: v for k, v in form["fields"].items() if k in ("csrf_token", "form_token")}
                    for what, text in NASTY.items():
                        for kept in ({}, {k: v for k, v in form["fields"].items() if v}):
                            data = {**dict.fromkeys(form["fields"], text), **kept, **own}
                            for button, value in form["buttons"][:1]:
                                data.setdefault(button, value)
                            response = FlaskClient.open(client, action, method="POST", data=data)
                            if response.status_code >= 500:
                                failed.add((shape[0], what, response.status_code))
    assert not failed, sorted(failed)
    assert len(sent) > 50
