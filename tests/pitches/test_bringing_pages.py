"""The page on which pitches received elsewhere are brought."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest

from pitchfest.kernel.clock import LONDON
from pitchfest.pitches import queries
from tests.pitches.another_way import PDF, SUPPLIER, after_closing, brought
from tests.pitches.cast import closing
from tests.support.statements import counted


@pytest.fixture(autouse=True)
def folder(bare_app, tmp_path, monkeypatch):
    """Where this test's files stand."""
    monkeypatch.setattr(bare_app, "instance_path", str(tmp_path))
    return tmp_path / "files"


def fields(cast, bare_app, **values):
    with bare_app.app_context():
        received = (closing(cast) - timedelta(hours=3)).astimezone(LONDON)
    return {
        "name": "Hedgerow Works",
        "place": "Testford",
        "size": "micro",
        "contact": "12 Kingfisher Row",
        "came_by": "portal",
        "received_at-day": str(received.day),
        "received_at-month": str(received.month),
        "received_at-year": str(received.year),
        "received_at-time": received.strftime("%H:%M"),
        "price": "40000",
        **values,
    }


@pytest.fixture
def bringing(bare_app, browser, cast, clock):
    """The lead's browser on the page, after closing."""
    with bare_app.app_context():
        clock.go_to(after_closing(cast))
    lead = browser(cast.lead)
    lead.get(f"/manage/challenges/{cast.reference}/bring")
    return lead


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pitch.pdf", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"),
        ("pitch.pdf", b"<!doctype html><title>Moorgate</title>"),
        ("pitch.pdf", b"MZ\x90\0"),
        ("pitch.exe", b"MZ\x90\0"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence_and_the_rest_kept(
    bare_app, cast, bringing, folder, name, data
):
    sent = fields(cast, bare_app, file=(io.BytesIO(data), name))
    answer = bringing.send(f"/manage/challenges/{cast.reference}/bring", action="/bring", fields=sent)
    assert answer.status_code == 422
    assert "Choose a PDF" in bringing.text or "not the kind of file" in bringing.text
    assert "12 Kingfisher Row" in bringing.html
    assert not folder.exists()


def test_the_same_form_with_another_file_is_a_conflict(bare_app, cast, bringing, folder):
    form = bringing.form("/bring")["fields"] | fields(cast, bare_app)
    page = f"/manage/challenges/{cast.reference}/bring"
    sends = [
        bringing.post(page, data={**form, "file": (io.BytesIO(data), "pitch.pdf")}).status_code
        for data in (PDF, PDF, PDF + b"more")
    ]
    assert sends == [302, 302, 409]
    assert len(list(folder.iterdir())) == 1
    with bare_app.app_context():
        assert queries.count(cast.challenge, after_closing(cast)) == 1


def test_everything_that_is_wrong_is_said_at_once(bare_app, cast, bringing):
    with bare_app.app_context():
        late = (closing(cast) + timedelta(minutes=1)).astimezone(LONDON)
    sent = fields(cast, bare_app, name="", price="", **{"received_at-time": late.strftime("%H:%M")})
    bringing.send(f"/manage/challenges/{cast.reference}/bring", action="/bring", fields=sent)
    for said in ("Enter the name of the supplier", "It came too late", "one of the two", "Enter the price"):
        assert said in bringing.text


def test_too_late_is_said_at_the_field(bare_app, cast, bringing):
    with bare_app.app_context():
        late = (closing(cast) + timedelta(minutes=1)).astimezone(LONDON)
    sent = fields(cast, bare_app, text="Words", **{"received_at-day": str(late.day)})
    sent |= {"received_at-time": late.strftime("%H:%M")}
    answer = bringing.send(f"/manage/challenges/{cast.reference}/bring", action="/bring", fields=sent)
    assert answer.status_code == 422
    assert "It came too late by 1 minute" in bringing.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_statements_for_one_and_for_three(
    bare_app, browser, cast, now, clock, number
):
    with bare_app.app_context():
        moment = after_closing(cast)
        for n in range(number):
            brought(cast, moment, supplier=replace(SUPPLIER, name=f"Works {n}"), text=f"Words {n}.")
        clock.go_to(moment)
    lead = browser(cast.lead)
    with bare_app.app_context(), counted() as statements:
        assert lead.get(f"/manage/challenges/{cast.reference}/bring").status_code == 200
    assert len(statements) <= 9, statements
