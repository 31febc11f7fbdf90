"""What a supplier keeps of a pitch: downloads, messages without words, and versions side by side."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from pitchfest.accounts.models import Organisation
from pitchfest.db import db, transaction
from pitchfest.pitches import operations
from tests.pitches.cast import WORDS, closing, opened, read_mail, save, sending, sent, started, write

SECOND = "We start in April with two foremen and a van."


@pytest.fixture
def twice(bare_app, cast, now):
    """Kestrel's pitch, sent twice: the second answer differs, and there is a script in the first."""
    with bare_app.app_context():
        pitch = sent(cast, now)
        write(operations.change, cast.rosa, reference=pitch, now=now)
        save(pitch, 2, SECOND, cast.rosa, now)
        save(pitch, 1, "<script>alert(1)</script>", cast.rosa, now)
        later = now + timedelta(hours=1)
        write(operations.submit, cast.rosa, reference=pitch, declared=True, expected_version=None, now=later)
        return pitch


def test_anyone_can_check_the_seal_of_every_sending(bare_app, browser, cast, twice, now):
    rosa = browser(cast.rosa)
    for number in (1, 2):
        answer = rosa.get(f"/pitches/{twice}/receipts/{number}.json")
        with bare_app.app_context():
            expected = sending(twice, cast.rosa, now, number).sha256
        assert hashlib.sha256(answer.data).hexdigest() == expected
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{twice}-{number}.json"'
        assert "no-store" in answer.headers["Cache-Control"]
        assert json.loads(answer.data)["number"] == number
        rosa.get(f"/pitches/{twice}/receipts/{number}")
        assert f"sha256sum {twice}-{number}.json" in rosa.text


def test_the_page_to_keep_holds_the_words_and_needs_nothing_from_this_site(
    bare_app, browser, cast, twice, now
):
    rosa = browser(cast.rosa)
    answer = rosa.get(f"/pitches/{twice}/receipts/2.html")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{twice}-2.html"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = answer.get_data(as_text=True)
    assert SECOND in page
    assert "&lt;script&gt;alert(1)" in page
    for loads in ("<script", "src=", "href=", "<style", "<link"):
        assert loads not in page
    with bare_app.app_context():
        assert sending(twice, cast.rosa, now, 2).sha256 in page
    assert rosa.get(f"/pitches/{twice}/receipts/3.html").status_code == 404


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ("", "Removed: March Added: April", "rode"),
        ("?earlier=2&later=2", "Nothing differs", WORDS[2]),
        ("?earlier=1&later=2", "Removed: March Added: April", "rode"),
        ("?earlier=2&later=1", "Removed: April Added: March", "rode"),
        ("?earlier=9&later=%3Cb%3E", "Removed: March Added: April", "<b>"),
    ],
)
def test_two_versions_are_compared_word_by_word(browser, cast, twice, asked, shown, hidden):
    rosa = browser(cast.rosa)
    assert rosa.get(f"/pitches/{twice}/compare{asked}").status_code == 200
    assert shown in rosa.text
    assert hidden not in rosa.text
    if "differs" not in shown:
        assert "The same in both: questions 3 and 4" in rosa.text


def test_what_stands_now_is_compared_with_what_was_sent(bare_app, browser, cast, twice, now):
    with bare_app.app_context():
        write(operations.change, cast.rosa, reference=twice, now=now)
        save(twice, 4, '[{"label": "Everything", "pence": 4500000}]', cast.rosa, now)
    rosa = browser(cast.rosa)
    rosa.get(f"/pitches/{twice}")
    assert f"/pitches/{twice}/compare" in rosa.html
    rosa.get(f"/pitches/{twice}/compare?earlier=2&later=now")
    assert "Removed: £50,000 Added: £45,000" in rosa.text


def test_a_pitch_that_was_never_sent_has_no_versions(bare_app, browser, cast, now):
    with bare_app.app_context():
        pitch = started(cast, now)
    assert browser(cast.rosa).get(f"/pitches/{pitch}/compare").status_code == 404


def test_the_words_can_be_left_out_of_messages(bare_app, browser, cast, twice, clock):
    rosa = browser(cast.rosa)
    rosa.fill(f"/pitches/{twice}", action="/change")
    rosa.fill(f"/pitches/{twice}/questions/3", action="/questions", answer="Signs in five languages.")
    rosa.fill(f"/pitches/{twice}/check", action="/check", declared="y", link_only="y")
    assert "without your words" in rosa.text
    rosa.fill(f"/pitches/{twice}", action="/change")
    rosa.fill(f"/pitches/{twice}/questions/3", action="/questions", answer="Signs in six languages.")
    rosa.get(f"/pitches/{twice}/check")
    assert 'value="y" checked' in rosa.html
    with bare_app.app_context():
        words = read_mail(bare_app, cast.rosa, clock.now(), "pitch_receipt").body
        assert "leave the words of your pitch out" in words
        assert f"/pitches/{twice}/receipts/3" in words
        assert not [text for text in (*WORDS.values(), SECOND, "languages") if text in words]
        later = closing(cast) + timedelta(minutes=3)
        with transaction():
            operations.seal_at_closing(cast.challenge, now=later)
        words = read_mail(bare_app, cast.rosa, later, "pitch_closed").body
        assert "The changes do not count" in words
        assert "languages" not in words


def test_the_details_of_the_organisation_go_with_the_pitch_and_stay_as_they_were(
    bare_app, browser, cast, twice
):
    with bare_app.app_context():
        organisation = db.session.get_one(Organisation, cast.kestrel)
        before = organisation.place
        organisation.name, organisation.place = "Kestrel Renamed", "Elsewhere"
        db.session.commit()
    rosa = browser(cast.rosa)
    kept = json.loads(rosa.get(f"/pitches/{twice}/receipts/1.json").data)["organisation"]
    assert (kept["name"], kept["place"]) == ("Kestrel Rounds", before)
    rosa.get(f"/pitches/{twice}/receipts/1")
    assert f"Kestrel Rounds, {before}" in rosa.text
    assert f"Kestrel Rounds, {before}" in rosa.get(f"/pitches/{twice}/receipts/1.html").get_data(as_text=True)
    with bare_app.app_context():
        opened(cast)
    officer = browser(cast.officer)
    officer.get(f"/manage/pitches/{twice}")
    assert "Kestrel Renamed" in officer.text
    assert "Sent as Kestrel Rounds" in officer.text
    assert "Elsewhere" not in officer.text
