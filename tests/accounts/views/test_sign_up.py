"""Signing up and being invited, in a browser."""

import pytest

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import Organisation, SignUp
from pitchfest.accounts.rules import Capacity
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Role
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.accounts.people import (
    PASSWORD,
    first_error,
    is_in,
    link_in,
    sent,
    the_person,
    try_to_sign_in,
    words_of,
)
from tests.support import builders as make
from tests.support.client import PageClient
from tests.support.signing_in import browser_of

ROSA = {
    "name": "Rosa Whitfield",
    "email": "rosa@kestrel.example",
    "password": PASSWORD,
    "organisation": "Kestrel Rounds Ltd",
    "size": "small",
    "place": "Brentholme",
}


@pytest.fixture(autouse=True)
def region(app):
    make.a_region(demo=True)


def sign_up(client, **changes):
    return client.fill("/sign-up", **{**ROSA, **changes})


def test_from_sign_up_to_the_first_page(app, client):
    sign_up(client)
    assert "Check your email" in client.text
    assert queries.person_by_email(ROSA["email"]) is None
    link = link_in(app, sent("confirm")[0])
    client.get(link)
    assert "Kestrel Rounds Ltd" in client.text
    assert not is_in(client)
    assert queries.person_by_email(ROSA["email"]) is None
    client.get(link)
    client.send(link, follow=False)
    assert is_in(client)
    person = the_person(ROSA["email"])
    (firm,) = queries.organisations_of(person.id)
    assert (firm.name, firm.place, firm.number, firm.is_owner) == (
        "Kestrel Rounds Ltd",
        "Brentholme",
        None,
        True,
    )
    assert firm.capacities == {Capacity.SUPPLIER}
    assert client.get(link).status_code == 404
    other = PageClient(app)
    assert try_to_sign_in(other, ROSA["email"]).status_code == 302


def test_the_words_are_the_same_for_a_known_address_and_its_owner_is_told(app, client):
    sign_up(client)
    fresh = client.text
    make.a_person("Rosa Whitfield", email="known@kestrel.example")
    other = PageClient(app)
    sign_up(other, email="Known@Kestrel.example")
    assert other.text == fresh
    assert len(sent("confirm")) == 1
    (told,) = sent("already_registered")
    words = words_of(told, make.LONG_AGO)
    assert "already have an account" in words.subject
    assert queries.organisations_of(the_person("known@kestrel.example").id) == []


def test_at_most_three_mails_a_day_to_an_unconfirmed_address(app, clock):
    for _ in range(5):
        sign_up(PageClient(app))
        clock.move(seconds=40)
    assert len(sent("confirm")) == 3
    clock.move(hours=24)
    sign_up(PageClient(app))
    assert len(sent("confirm")) == 4


def test_sign_up_always_makes_a_new_organisation(app, client):
    make.an_organisation("Kestrel Rounds Ltd")
    sign_up(client)
    link = link_in(app, sent("confirm")[0])
    client.get(link)
    client.send(link)
    assert db.session.query(Organisation).filter_by(name="Kestrel Rounds Ltd").count() == 2


def test_the_second_of_two_sign_ups_counts_and_the_first_link_stops(app, client, clock):
    sign_up(client)
    sign_up(PageClient(app), organisation="Kestrel Two Ltd")
    first, second = (link_in(app, i) for i in sent("confirm"))
    client.get(second)
    client.send(second)
    assert client.get(first).status_code == 404
    person = the_person(ROSA["email"])
    assert [o.name for o in queries.organisations_of(person.id)] == ["Kestrel Two Ltd"]
    assert {row.password_hash for row in db.session.query(SignUp)} == {None}


def test_a_confirm_link_works_for_three_days(app, client, clock):
    sign_up(client)
    link = link_in(app, sent("confirm")[0])
    clock.move(days=3)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "  ", "Enter your name"),
        ("email", "rosa", "email address in full"),
        ("password", "short", "at least 12"),
        ("password", "password1234", "first that others would try"),
        ("organisation", "", "organisation"),
        ("size", "", "Choose a size"),
        ("place", "", "town or city"),
        ("name", "x" * 121, "too long"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, field, value, says):
    sign_up(client, **{field: value})
    assert says in first_error(client)
    assert sent("confirm") == []
    if field != "place":
        assert 'value="Brentholme"' in client.html
    assert PASSWORD not in client.html


def test_a_person_of_html_stays_text(app, client):
    sign_up(client, name="<script>alert(1)</script>", organisation="<b>Bold & Co</b>")
    client.get(link_in(app, sent("confirm")[0]))
    assert "<script>alert" not in client.html
    assert "&lt;b&gt;Bold &amp; Co" in client.html


# Invitations


@pytest.fixture
def admin(app, now):
    return make.actor(make.a_person("Ada Lovell", Role.ADMIN), proved_at=now)


def invite_judge(admin, now, email="sunita@judges.example", name="Sunita Devlin"):
    with transaction():
        return operations.invite_judge(admin, name=name, email=email, about="Clear the right drain", now=now)


def test_an_invited_judge_comes_in_with_or_without_a_password(app, client, admin, now):
    person = invite_judge(admin, now)
    message = mail.message(sent("invitation")[0])
    words = words_of(message.id, now)
    assert "judge" in words.subject
    assert "Clear the right drain" in words.body
    assert "Ada Lovell" in words.body
    link = link_in(app, message.id)
    assert client.get(link).headers["Referrer-Policy"] == "no-referrer"
    assert not is_in(client)
    came = client.send(link, follow=False, name="Dr Sunita Devlin")
    assert came.location == "/judging", "where the round is"
    assert is_in(client)
    assert queries.person_names([person]) == {person: "Dr Sunita Devlin"}
    assert client.get(link).status_code == 404
    assert render(message, now=now) is None


def test_someone_with_an_account_says_yes_and_signs_in_as_ever(app, client, admin, now):
    known = make.a_person("Sunita Devlin", email="sunita@judges.example")
    assert invite_judge(admin, now, email="Sunita@Judges.example", name="Someone Else") == known
    link = link_in(app, sent("invitation")[0])
    client.get(link)
    came = client.send(link, follow=False)
    assert not is_in(client)
    assert queries.person_names([known])[known] == "Sunita Devlin"
    client.get(came.location, follow_redirects=True)
    assert client.form("/sign-in")["fields"]["next"] == "/judging", "the desk, once signed in"


def test_an_invited_person_who_asks_for_a_link_gets_the_invitation_again(app, client, admin, now):
    invite_judge(admin, now)
    client.fill("/sign-in/link", email="sunita@judges.example")
    assert sent("sign_in_link") == []
    assert len(sent("invitation")) == 2


def test_someone_invited_can_still_sign_up_for_an_organisation(app, client, admin, now):
    person = invite_judge(admin, now, email=ROSA["email"])
    sign_up(client)
    link = link_in(app, sent("confirm")[0])
    client.get(link)
    client.send(link)
    assert the_person(ROSA["email"]).id == person
    assert [o.name for o in queries.organisations_of(person)] == ["Kestrel Rounds Ltd"]


def test_an_owner_invites_a_member_who_joins_by_saying_yes(app, client):
    firm = make.an_organisation("Kestrel Rounds Ltd")
    owner = make.a_person("Rosa Whitfield", organisation=firm, owner=True)
    hers = browser_of(app, owner)
    hers.fill(f"/account/organisations/{firm}/invite", name="Dafydd Roe", email="dafydd@kestrel.example")
    link = link_in(app, sent("invitation")[0])
    dafydd = the_person("dafydd@kestrel.example")
    assert queries.organisations_of(dafydd.id) == []
    client.get(link)
    came = client.send(link, follow=False, password=PASSWORD)
    assert came.location == "/", "who does not judge comes to the first page"
    assert [(o.name, o.is_owner) for o in queries.organisations_of(dafydd.id)] == [
        ("Kestrel Rounds Ltd", False)
    ]
    assert client.get(f"/account/organisations/{firm}/invite").status_code == 403
    hers.get(f"/account/organisations/{firm}")
    assert hers.page
    form = next(f for f in hers.page.forms if f["fields"].get("person") == str(dafydd.id))
    hers.post(form["action"], data=form["fields"])
    assert queries.organisations_of(dafydd.id) == []
    assert client.get(f"/account/organisations/{firm}").status_code == 404
