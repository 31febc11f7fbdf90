"""Whatever is sent, the answer is a page in plain words, never a failure of ours."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pitchfest.accounts.models import Person
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
    "directions and faces": "\u202egnp\0.exe 😀",
    "a formula": '=HYPERLINK("http://evil.example")',
    "markup": '"><script>alert(1)</script>',
    "new lines": "Name\r\nBcc: someone@evil.example",
}
#: Who sends the forms of which kind of page.
SENDERS = ("nobody", "sender", "judge", "chair", "officer", "lead", "approver", "decider", "admin")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def region(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, roles.Region]]:
    """The application with somebody in every role, and the region's people, once for each database."""
    with databases.application(request.param, MovableClock(BEGINNING), tmp_path_factory) as app:
        with app.app_context():
            found = roles.a_populated_region(BEGINNING)
            db.session.remove()
        yield app, found


def browser(app: Flask, region: roles.Region, name: str) -> PageClient:
    """A browser of that person's."""
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


def forms(client: PageClient, path: str) -> list[dict[str, Any]]:
    """The forms of a page that change something."""
    response = FlaskClient.open(client, path)
    if response.mimetype != "text/html" or response.status_code != 200:
        return []
    page = Page(response.get_data(as_text=True))
    return [f for f in page.forms if f["method"] == "post" and "sign-out" not in (f["action"] or "")]


def nonsense(form: dict[str, Any], text: str) -> Iterator[dict[str, str]]:
    """The form with `text` in every field, and only in those that were empty."""
    own = {name: value for name, value in form["fields"].items() if name in ("csrf_token", "form_token")}
    filled = {name: value for name, value in form["fields"].items() if value}
    for kept in ({}, filled):
        yield {**dict(form["buttons"][:1]), **dict.fromkeys(form["fields"], text), **kept, **own}


@pytest.mark.timeout(600)  # every form, several times over
def test_every_form_answers_nonsense_with_a_page(region: tuple[Flask, roles.Region]) -> None:
    app, found = region
    failed, sent = set(), set()
    match = app.url_map.bind("localhost").match
    clients = [browser(app, found, name) for name in SENDERS]
    with roles.writes_stopped(app, at_the_end=True):
        for client, path in product(clients, pages(app, found)):
            for form in forms(client, path):
                action = form["action"] or path
                shape = (match(action, method="POST")[0], *sorted(form["fields"]))
                if shape in sent:
                    continue
                sent.add(shape)
                for what, text in NASTY.items():
                    for data in nonsense(form, text):
                        response = FlaskClient.open(client, action, method="POST", data=data)
                        if response.status_code >= 500:
                            failed.add((shape[0], what, response.status_code))
    assert failed == set()
    assert len(sent) > 50


NUMBERS = {
    "organisation_id",
    "person_id",
    "card_id",
    "session_id",
    "member_id",
    "need_id",
    "criterion_id",
    "number",
}


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_beyond_every_column_leads_nowhere(region: tuple[Flask, roles.Region], number: int) -> None:
    app, found = region
    values = {**found.plain, **found.stages[roles.S.JUDGING]}
    clients = [browser(app, found, name) for name in ("admin", "judge", "sender", "officer")]
    build = app.url_map.bind("localhost").build
    for rule in rules(app, "GET"):
        if numbers := rule.arguments & NUMBERS:
            # the converter would not spell such a number, so it takes the place of one that is spelt
            told = build(rule.endpoint, {n: 31337 if n in numbers else values[n] for n in rule.arguments})
            for client in clients:
                assert FlaskClient.open(client, told.replace("31337", str(number))).status_code in (
                    403,
                    404,
                ), told


@pytest.mark.parametrize(
    "query",
    [
        "search=%00",
        "search=%ff%fe",
        "page=-1",
        f"page={'9' * 30}",
        "action=%00&object=%00",
        f"search={'x' * 5000}",
    ],
)
def test_nonsense_in_a_question_is_answered(region: tuple[Flask, roles.Region], query: str) -> None:
    app, found = region
    admin = browser(app, found, "admin")
    for path in ("/admin/people", "/admin/log", "/admin/outbox", "/challenges", "/manage/challenges"):
        assert admin.get(f"{path}?{query}").status_code in (200, 400, 404), path
    sender = browser(app, found, "sender")
    question = f"/pitches/{found.stages[roles.S.OPEN]['pitch']}/questions/1"
    for value in ("%00", "9" * 30, "-1", str(2**63)):
        assert sender.get(f"{question}?version={value}").status_code in (200, 404), value


def test_a_number_in_a_question_beyond_every_column_leads_nowhere(region: tuple[Flask, roles.Region]) -> None:
    app, found = region
    judged = {**found.plain, **found.stages[roles.S.JUDGING]}
    files = {
        "officer": f"/manage/pitches/{judged['pitch']}/file",
        "judge": f"/judging/cards/{judged['card_id']}/file",
    }
    for value in (str(2**31), "9" * 30, "-1", "%00"):
        for name, path in files.items():
            assert browser(app, found, name).get(f"{path}?question={value}").status_code == 404, value
        page = f"/pitches/{found.stages[roles.S.OPEN]['pitch']}/questions/1?kept={value}"
        assert browser(app, found, "sender").get(page).status_code == 200, value


@pytest.mark.parametrize(
    "path", ["/%00", "/challenges/%ff", "/challenges/..%2f..%2fetc", "/static/dist/..%2f..%2fapp.py"]
)
def test_tricks_in_the_address_lead_nowhere(region: tuple[Flask, roles.Region], path: str) -> None:
    assert PageClient(region[0]).get(path).status_code == 404


def test_another_host_is_not_answered(region: tuple[Flask, roles.Region]) -> None:
    app, _ = region
    client = PageClient(app)
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert "evil.example" not in client.html
    client.get("/sign-in", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in client.html


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/%09/evil.example", "javascript:alert(1)"],
)
def test_signing_in_goes_on_to_this_site_only(region: tuple[Flask, roles.Region], target: str) -> None:
    app, found = region
    with app.app_context():
        email = db.session.get_one(Person, found.people["officer"]).email
        db.session.remove()
    client = PageClient(app)
    client.get("/sign-in", query_string={"next": target})
    form = client.form("demo")
    answer = client.post("/sign-in/demo", data={**form["fields"], "person": email, "next": target})
    assert answer.status_code == 302
    assert urlsplit(urljoin("http://localhost/", answer.location)).netloc == "localhost"


WORDS = "These words took an evening to find and must come back."


def a_brief(app: Flask, region: roles.Region) -> tuple[PageClient, str, dict[str, str]]:
    """The officer's browser with a draft's brief open: address and fields."""
    client = browser(app, region, "officer")
    path = f"/manage/challenges/{region.stages[roles.S.DRAFT]['reference']}/brief"
    client.get(path)
    return client, path, {**client.form("brief")["fields"], "problem": WORDS}


def test_a_forged_form_changes_nothing_and_shows_the_text(region: tuple[Flask, roles.Region]) -> None:
    client, path, fields = a_brief(*region)
    for token in ("", "nonsense"):
        answer = client.post(path, data={**fields, "csrf_token": token})
        assert answer.status_code == 400
        assert WORDS in client.text
    client.get(path)
    assert WORDS not in client.text


@pytest.mark.parametrize("broken", [b"caf%E9", b"caf%C3", b"%ff%fe"])
def test_broken_utf8_changes_nothing(region: tuple[Flask, roles.Region], broken: bytes) -> None:
    client, path, fields = a_brief(*region)
    body = urlencode({**fields, "title": ""}).encode().replace(b"title=", b"title=" + broken)
    answer = client.post(path, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert WORDS in client.text
    unquoted = client.post(path, data=b"title=\xff\xfe", content_type="application/x-www-form-urlencoded")
    assert unquoted.status_code == 400


def test_a_form_of_another_person_is_no_repeat(region: tuple[Flask, roles.Region]) -> None:
    """A form's token counts for its person and address: it can neither be used up nor read by others."""
    app, found = region
    client, path, fields = a_brief(app, found)
    assert client.post(path, data={**fields, "problem": "First words."}).status_code == 302
    other = browser(app, found, "recused")  # an officer, too
    other.get(path)
    mine = other.form("brief")["fields"]
    answer = other.post(path, data={**mine, "form_token": fields["form_token"], "problem": "Other words."})
    assert answer.status_code == 302
    assert client.post(path, data={**fields, "problem": "Words of a second thought."}).status_code == 409
    assert "Words of a second thought." in client.text


@pytest.mark.parametrize("size", [9_000_000, 60_000_000])
def test_a_body_beyond_the_limit_gets_a_page(region: tuple[Flask, roles.Region], size: int) -> None:
    client, path, fields = a_brief(*region)
    answer = client.post(path, data={**fields, "problem": "x" * size})
    assert answer.status_code == 413
    assert "larger than we can take" in client.text


def test_two_megabytes_come_back_and_thousands_of_fields_do_not(region: tuple[Flask, roles.Region]) -> None:
    client, path, fields = a_brief(*region)
    answer = client.post(path, data={**fields, "problem": "word " * 400_000})
    assert answer.status_code == 422
    assert client.html.count("word word") > 100_000
    many = {**fields, **{f"field{n}": "x" for n in range(3_000)}}
    assert client.post(path, data=many).status_code in (302, 413, 422)
    many_parts = client.post(path, data=many, content_type="multipart/form-data")
    assert many_parts.status_code == 413


def test_markup_in_a_brief_stays_words(region: tuple[Flask, roles.Region]) -> None:
    client, path, fields = a_brief(*region)
    evil = (
        "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) ![x](//evil.example)"
    )
    assert client.post(path, data={**fields, "problem": evil, "title": "<b>Bold</b>"}).status_code == 302
    client.get(path.replace("/brief", "/preview"))
    for bad in ("<script>alert", "<img", 'href="javascript', "<b>Bold"):
        assert bad not in client.html, bad


def test_a_name_cannot_add_a_header_to_mail(region: tuple[Flask, roles.Region]) -> None:
    app, found = region
    admin = browser(app, found, "admin")
    name = "Eve\r\nBcc: everyone@evil.example"
    admin.fill("/admin/people/invite", action="/invite", name=name, email="eve@evil.example", role="observer")
    with app.app_context():
        stored = db.session.query(Person).filter_by(email="eve@evil.example").one()
        assert "\n" not in stored.name
        assert "\r" not in stored.name
        db.session.remove()
