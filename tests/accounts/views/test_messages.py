"""The list of my messages: in pages, and under addresses that say nothing of others."""

import re
from datetime import timedelta

import pytest

from pitchfest.accounts.queries import person_by_email
from pitchfest.db import transaction
from pitchfest.judging import operations
from pitchfest.kernel.actor import Role
from pitchfest.mail.operations import enqueue
from pitchfest.mail.queries import message
from tests.accounts.people import sent
from tests.judging.setting import a_round
from tests.support import builders as make
from tests.support.signing_in import browser_of
from tests.support.statements import counted


@pytest.fixture
def rosa(app):
    make.a_region(demo=False)
    return make.a_person("Rosa Whitfield")


@pytest.fixture
def hers(app, rosa):
    return browser_of(app, rosa)


def put(person, now):
    """What addresses call a message that was just written."""
    with transaction():
        enqueue("already_registered", now=now, person_id=person)
    return message(sent("already_registered")[-1]).public_id


def test_messages_come_in_pages_newest_first(hers, rosa, now):
    found = [put(rosa, now + timedelta(minutes=n)) for n in range(27)]
    shown = []
    for page in ("", "?page=2"):
        with counted() as seen:
            hers.get(f"/account/messages{page}")
        shown.append(re.findall(r'/account/messages/([0-9a-f]{32})"', hers.html))
        assert len([s for s in seen if "outbox_message" in s]) == 2
    assert shown == [found[:1:-1], found[1::-1]]
    assert 'rel="prev"' in hers.html


def test_however_long_the_list_it_takes_the_same_few_statements(hers, rosa, now):
    counts = []
    for more in (2, 20):
        for n in range(more):
            put(rosa, now + timedelta(minutes=n))
        with counted() as seen:
            hers.get("/account/messages")
        counts.append(len(seen))
    assert hers.text.count("There is an account already") == 22
    assert counts[0] == counts[1] <= 8


def test_the_list_ends_in_words(hers, rosa, now):
    put(rosa, now)
    assert "This list ends before page 9" in hers.get("/account/messages?page=9").text


def test_the_number_of_a_message_is_no_address(hers, rosa, now):
    """Or its gaps would tell how many messages about sealed pitches there are."""
    mine = put(rosa, now)
    hers.get("/account/messages")
    assert re.findall(r'/account/messages/([^"]*)"', hers.html) == [mine]
    assert re.fullmatch("[0-9a-f]{32}", mine)
    (number,) = sent("already_registered")
    assert hers.get(f"/account/messages/{number}").status_code == 404


def test_an_invitation_says_to_what(app, ada_invites, now):
    """As what, or what to judge once that is public."""
    staff, judge = ada_invites
    for person, says in (
        (staff, "Invitation Innovation officer"),
        (judge, "Invitation Clear the right drain"),
    ):
        theirs = browser_of(app, person)
        theirs.get("/account/messages")
        assert says in theirs.text


@pytest.fixture
def ada_invites(app, now):
    """An officer and a judge whom an administrator and an officer have asked in."""
    round_ = a_round(now)
    browser = browser_of(app, make.a_person("Ada Admin", Role.ADMIN))
    browser.fill("/admin/people/invite", name="Bryn Haldane", email="bryn@people.example", role="officer")
    with transaction():
        by, about = round_.actor(round_.officer), round_.reference
        operations.invite(by, reference=about, name="Jo Judge", email="jo@x.example", now=now)
    return [who.id for email in ("bryn@people.example", "jo@x.example") if (who := person_by_email(email))]
