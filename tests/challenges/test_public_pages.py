"""What anyone may read without an account, and what nobody may read before publishing."""

import json
from datetime import timedelta

import pytest

from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import UNPUBLISHED, ChallengeState, sha256
from pitchfest.db import db, transaction
from tests.challenges.world import a_cast, a_draft, published
from tests.support import builders

S = ChallengeState
PAGES = ("/challenges/{}", "/challenges/{}/form", "/challenges/{}/snapshots/1.json")


@pytest.fixture
def cast(bare_app):
    with bare_app.app_context():
        return a_cast()


@pytest.fixture
def inside(bare_app):
    """Calls its argument with the application's context."""

    def call(work, *args, **kwargs):
        with bare_app.app_context():
            return work(*args, **kwargs)

    return call


def test_the_page_of_an_open_challenge_says_it_all(cast, client, now, inside):
    reference = inside(published, cast, now)
    assert client.get(f"/challenges/{reference}").status_code == 200
    for words in (
        "Clear the right drain before the rain",
        "18 days left",
        "Closes at 9am on Friday 11 December 2026",
        "Up to £85,000, VAT included",
        "Devinder Sahota",
        "You need 60 points in all to be funded",
        "needs at least 3 out of 5",
        "worked out from your price, not judged",
        "3 Label 3",
        "Meaning of 5.",
        "How would it work?",
        "Up to 200 words",
        "Half of the calls come from 6% of them.",
    ):
        assert words in client.text, words
    assert f"/challenges/{reference}/start" in client.html
    assert "Set-Cookie" not in client.get(f"/challenges/{reference}").headers


def test_after_the_closing_second_nothing_can_be_started(cast, client, clock, now, inside):
    reference = inside(published, cast, now)
    clock.go_to(now + timedelta(days=18))
    client.get(f"/challenges/{reference}")
    assert "Pitches closed at 9am on Friday 11 December 2026" in client.text
    assert f"/challenges/{reference}/start" not in client.html
    client.get("/challenges?stage=open")
    assert "None like that" in client.text
    client.get("/challenges?stage=judged")
    assert "Clear the right drain" in client.text


@pytest.mark.parametrize("state", sorted(UNPUBLISHED))
def test_before_publishing_there_is_nothing_to_find(cast, client, now, state, inside):
    inside(builders.a_challenge, state=state, officer=cast.officer, now=now, title="Secret plan")
    reference = inside(lambda: queries.staff_page(cast.actor("lead"), now)[0].reference)
    for who in (client, cast.browser(client.application, "supplier")):
        for page in PAGES:
            assert who.get(page.format(reference)).status_code == 404
        for listing in ("/challenges", "/challenges?q=Secret", "/challenges?stage=open"):
            assert "Secret plan" not in who.get(listing).get_data(as_text=True)


def test_the_published_record_can_be_checked_by_anyone(cast, client, now, inside):
    reference = inside(published, cast, now)
    response = client.get(f"/challenges/{reference}/snapshots/1.json")
    assert response.mimetype == "application/json"
    client.get(f"/challenges/{reference}")
    assert sha256(response.get_data(as_text=True)) in client.html.replace("<wbr>", "")
    assert json.loads(response.get_data())["reference"] == reference
    assert client.get(f"/challenges/{reference}/snapshots/2.json").status_code == 404
    assert client.get(f"/challenges/{reference}/snapshots/99999999999.json").status_code == 404


def test_questions_and_limits_can_be_printed_without_an_account(cast, client, now, inside):
    reference = inside(published, cast, now)
    client.get(f"/challenges/{reference}/form")
    assert "1. How would it work?" in client.text
    assert "Up to 200 words" in client.text
    assert "Milestones in pounds that add up to your price" in client.text
    assert not [f for f in client.page.forms if f["method"] == "post"]


def test_an_officers_words_cannot_become_markup(cast, client, now):
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://evil.example/p.png)"
    with client.application.app_context():
        challenge = builders.a_challenge(state=S.OPEN, officer=cast.officer, now=now, title=evil[:100])
        row = db.session.get_one(Challenge, challenge)
        row.problem = row.eligibility = row.question = evil
        reference = row.reference
        db.session.commit()
    for page in ("/challenges", f"/challenges/{reference}"):
        client.get(page)
        assert "<script>alert" not in client.html
        assert 'href="javascript' not in client.html
        assert "<img" not in client.html


def test_the_list_has_real_words_when_it_is_empty(cast, client):
    client.get("/challenges")
    assert "No challenges yet" in client.text
    client.get("/challenges?q=drains&stage=nonsense&page=-7")
    assert "Nothing found for “drains”" in client.text


def test_a_long_list_is_paged_by_25_and_keeps_its_filter(cast, client, now, inside):
    for n in range(27):
        inside(builders.a_challenge, state=S.OPEN, officer=cast.officer, now=now, title=f"Drain {n}")
    client.get("/challenges?q=drain&stage=open")
    assert client.html.count("pf-item__title") == 25
    assert "27 challenges" in client.text
    client.get("/challenges?q=drain&stage=open&page=2")
    assert client.html.count("pf-item__title") == 2
    assert "q=drain" in client.html.replace("&amp;", "&")
    client.get("/challenges?q=drain&stage=open&page=3")
    assert "This list ends before page 3." in client.text
    assert 'href="/challenges?q=drain&amp;stage=open&amp;page=1">Go to the first page' in client.html
    assert client.get("/challenges?page=99999999999999999999").status_code == 200


def test_the_public_page_needs_no_budget_to_be_named(cast, client, now, inside):
    reference = inside(a_draft, cast, now)
    with client.application.app_context(), transaction():
        operations.edit_brief(cast.actor("officer"), reference=reference, now=now, budget_pence=0)
    officer = cast.browser(client.application, "officer")
    officer.get(f"/manage/challenges/{reference}/preview")
    assert "No money: a pilot only" in officer.text
    assert "This is a preview" in officer.text
