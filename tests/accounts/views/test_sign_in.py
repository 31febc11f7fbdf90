"""Signing in and out in a browser, and what someone with bad intent gets."""

import re

import pytest

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import Person
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Role
from tests.accounts.people import (
    PASSWORD,
    first_error,
    is_in,
    link_in,
    sent,
    session_token,
    try_to_sign_in,
    with_password,
)
from tests.support import builders as make
from tests.support.client import PageClient
from tests.support.signing_in import browser_of, sign_in


@pytest.fixture
def rosa(app):
    make.a_region(demo=False)
    person = make.a_person("Rosa Whitfield")
    with_password(person)
    return person


def email_of(person):
    return db.session.get_one(Person, person).email


def test_the_right_password_signs_in_whatever_the_case_of_the_address(client, rosa):
    answer = try_to_sign_in(client, f"  {email_of(rosa).upper()} ")
    assert answer.status_code == 302
    assert is_in(client)
    assert "Rosa Whitfield" in client.text


def test_a_wrong_password_and_an_unknown_address_look_the_same(app, client, rosa):
    wrong = try_to_sign_in(client, email_of(rosa), "not the password at all")
    said = first_error(client)
    other = PageClient(app)
    unknown = try_to_sign_in(other, "nobody@people.example", "not the password at all")
    assert wrong.status_code == unknown.status_code == 422
    assert said == first_error(other)
    assert "not right" in said
    assert not is_in(client)


def test_the_password_is_never_sent_back(client, rosa):
    try_to_sign_in(client, email_of(rosa), "my secret but wrong one")
    assert "my secret but wrong one" not in client.html


def test_a_disabled_or_unconfirmed_person_cannot_sign_in(client, rosa):
    row = db.session.get_one(Person, rosa)
    row.confirmed_at = None
    db.session.commit()
    try_to_sign_in(client, email_of(rosa))
    assert not is_in(client)
    row.confirmed_at, row.disabled_at = make.LONG_AGO, make.LONG_AGO
    db.session.commit()
    try_to_sign_in(client, email_of(rosa))
    assert not is_in(client)


def test_one_browser_waits_longer_and_longer_and_then_gets_in(client, rosa, clock):
    for _ in range(5):
        try_to_sign_in(client, email_of(rosa), "not the password at all")
        assert "not right" in first_error(client)
        clock.move(seconds=20)
    clock.move(seconds=-20)
    try_to_sign_in(client, email_of(rosa))
    assert "Try again in 4 seconds" in first_error(client)
    assert not is_in(client)
    clock.move(seconds=4)
    assert try_to_sign_in(client, email_of(rosa)).status_code == 302
    assert is_in(client)


def test_someone_elses_guessing_never_locks_the_account(app, client, rosa, clock):
    for _ in range(30):
        stranger = PageClient(app)
        try_to_sign_in(stranger, email_of(rosa), "not the password at all")
        clock.move(seconds=10)
    assert try_to_sign_in(client, email_of(rosa)).status_code == 302


def test_attempts_at_once_are_counted_before_they_are_checked(app, rosa, clock):
    keys = operations.attempt_keys("a@people.example", browser="b", address="127.0.0.1")
    allowed = []
    for _ in range(10):
        with transaction():
            allowed.append(operations.attempt(keys, now=clock.now()))
    assert allowed.count(None) == 4


def sign_out(client):
    client.get("/account")
    fields = next(f["fields"] for f in client.page.forms if f["action"] == "/sign-out")
    return client.post("/sign-out", data=fields)


def test_success_starts_the_count_afresh(client, rosa):
    for _ in range(3):
        for _ in range(3):
            try_to_sign_in(client, email_of(rosa), "not the password at all")
        assert try_to_sign_in(client, email_of(rosa)).status_code == 302
        sign_out(client)


def test_signing_in_again_gives_a_new_session_and_ends_the_old_one(client, rosa, now):
    client.get("/sign-in")
    old = sign_in(client, rosa)
    client.send("/sign-in", action="/sign-in", follow=False, email=email_of(rosa), password=PASSWORD)
    new = session_token(client)
    assert new != old
    assert is_in(client)
    assert queries.session_actor(old, now) is None


def test_only_a_hash_of_the_session_id_is_stored(client, rosa, now):
    token = sign_in(client, rosa)
    stored = db.session.connection().exec_driver_sql("SELECT token_hash FROM user_session").scalars().all()
    assert token not in stored
    assert stored == [queries.digest(token)]


def test_signing_out_ends_the_session_and_clears_the_browser(client, rosa, now):
    token = sign_in(client, rosa)
    answer = sign_out(client)
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert queries.session_actor(token, now) is None
    assert not is_in(client)


def test_a_page_without_the_token_cannot_sign_anyone_out(client, rosa):
    sign_in(client, rosa)
    assert client.post("/sign-out", data={"form_token": "x"}).status_code == 400
    assert is_in(client)


def test_a_session_ends_after_an_hour_without_use(client, rosa, clock):
    sign_in(client, rosa)
    clock.move(minutes=59)
    assert is_in(client)
    clock.move(minutes=60)
    assert not is_in(client)


def test_use_keeps_a_session_alive_but_not_beyond_twelve_hours(client, rosa, clock):
    sign_in(client, rosa)
    for _ in range(23):
        clock.move(minutes=30)
        assert is_in(client)
    clock.move(minutes=30)
    assert not is_in(client)


def test_a_changed_role_changes_the_session_id_and_keeps_the_person_in(client, rosa, now):
    admin = make.actor(make.a_person("Ada", Role.ADMIN), proved_at=now)
    old = sign_in(client, rosa)
    client.get("/account")
    with transaction():
        operations.grant_role(admin, person_id=rosa, role=Role.OFFICER, now=now)
    assert is_in(client)
    new = session_token(client)
    assert new != old
    assert queries.session_actor(old, now) is None
    assert is_in(client)
    assert session_token(client) == new


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\\\\evil.example"],
)
def test_signing_in_never_leads_to_another_site(client, rosa, target):
    client.get("/sign-in", query_string={"next": target})
    answer = client.send("/sign-in", action="/sign-in", follow=False, email=email_of(rosa), password=PASSWORD)
    assert answer.location == "/"
    other = PageClient(client.application)
    other.get("/sign-in")
    answer = other.send(
        "/sign-in", action="/sign-in", follow=False, email=email_of(rosa), password=PASSWORD, next=target
    )
    assert answer.location == "/"


def test_a_page_that_asked_to_sign_in_is_where_one_goes(client, rosa):
    asked = client.get("/account/messages")
    assert asked.location == "/sign-in?next=/account/messages"
    client.get(asked.location)
    answer = client.send("/sign-in", action="/sign-in", follow=False, email=email_of(rosa), password=PASSWORD)
    assert answer.location == "/account/messages"


# Links


def ask(client, email, what="sign-in/link"):
    return client.fill(f"/{what}", email=email)


def test_a_link_signs_in_by_its_button_and_only_once(app, client, rosa):
    ask(client, email_of(rosa))
    link = link_in(app, sent("sign_in_link")[0])
    page = client.get(link)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not is_in(client)
    client.get(link)
    client.send(link, follow=False)
    assert is_in(client)
    thief = PageClient(app)
    assert thief.get(link).status_code == 404
    assert "no longer works" in thief.text


def test_asking_for_a_link_looks_the_same_for_an_unknown_address(app, client, rosa):
    ask(client, email_of(rosa))
    known = client.text
    other = PageClient(app)
    ask(other, "nobody@people.example")
    assert other.text == known
    assert len(sent("sign_in_link")) == 1


def test_a_link_expires(app, client, rosa, clock):
    ask(client, email_of(rosa))
    link = link_in(app, sent("sign_in_link")[0])
    clock.move(minutes=29, seconds=59)
    assert client.get(link).status_code == 200
    clock.move(seconds=1)
    assert client.get(link).status_code == 404


def test_a_newer_link_of_the_same_message_voids_the_one_before(app, client, rosa):
    ask(client, email_of(rosa))
    first = link_in(app, sent("sign_in_link")[0])
    second = link_in(app, sent("sign_in_link")[0])
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_a_link_for_one_purpose_does_nothing_for_another(app, client, rosa):
    ask(client, email_of(rosa))
    token = link_in(app, sent("sign_in_link")[0]).rpartition("/")[2]
    for path in ("/reset/", "/confirm/", "/invitation/"):
        assert client.get(path + token).status_code == 404


def test_a_link_of_someone_disabled_meanwhile_does_not_work(app, client, rosa, now):
    ask(client, email_of(rosa))
    link = link_in(app, sent("sign_in_link")[0])
    db.session.get_one(Person, rosa).disabled_at = now
    db.session.commit()
    assert client.get(link).status_code == 404


def test_a_reset_sets_the_password_and_ends_every_session(app, client, rosa, now):
    elsewhere = browser_of(app, rosa)
    ask(client, email_of(rosa), "reset")
    link = link_in(app, sent("reset")[0])
    client.get(link)
    client.send(link, password="short")
    assert "at least 12" in first_error(client)
    client.send(link, follow=False, password="quite another password")
    assert is_in(client)
    assert not is_in(elsewhere)
    assert client.get(link).status_code == 404
    fresh = PageClient(app)
    try_to_sign_in(fresh, email_of(rosa))
    assert not is_in(fresh)
    assert try_to_sign_in(fresh, email_of(rosa), "quite another password").status_code == 302


def test_nobody_floods_a_mailbox(app, rosa, clock):
    for _ in range(25):
        with transaction():
            operations.send_reset(email_of(rosa), now=clock.now())
    assert len(sent("reset")) == 10


# The demonstration


@pytest.fixture
def demo(app):
    make.a_region(demo=True)
    firm = make.an_organisation("Kestrel Rounds Ltd")
    make.a_person("Rosa Whitfield", email="rosa@people.example", organisation=firm)
    make.a_person("Ada Lovell", Role.ADMIN, email="ada@people.example")


def test_in_the_demo_people_are_listed_by_role_and_one_click_signs_in(client, demo):
    client.get("/sign-in")
    assert "Suppliers" in client.text
    assert "Kestrel Rounds Ltd" in client.text
    assert "Administrator" in client.text
    form = next(f for f in client.page.forms if f["fields"].get("person") == "ada@people.example")
    assert client.post("/sign-in/demo", data=form["fields"]).location == "/"
    assert is_in(client)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "10.0.0.1"},
        {"X-Forwarded-Host": "localhost"},
        {"X-Forwarded-Proto": "http"},
        {"Forwarded": "for=10.0.0.1"},
        {"X-Real-IP": "10.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
def test_one_click_is_refused_behind_a_proxy(client, demo, headers):
    client.get("/sign-in")
    fields = next(f for f in client.page.forms if "person" in f["fields"])["fields"]
    assert client.post("/sign-in/demo", data=fields, headers=headers).status_code == 404
    assert client.get("/demo/mail", headers=headers).status_code == 404
    assert "one click" not in client.get("/sign-in", headers=headers).get_data(as_text=True)
    assert not is_in(client)


def test_one_click_is_refused_under_another_host(app, client, demo):
    client.get("/sign-in")
    fields = next(f for f in client.page.forms if "person" in f["fields"])["fields"]
    before = app.config["ALLOWED_HOSTS"]
    app.config["ALLOWED_HOSTS"] = before | {"pitchfest.example"}
    try:
        answer = client.post("/sign-in/demo", data=fields, base_url="http://pitchfest.example")
        assert answer.status_code in (400, 404)
        assert client.get("/demo/mail", base_url="http://pitchfest.example").status_code == 404
    finally:
        app.config["ALLOWED_HOSTS"] = before
    assert client.get("/sign-in", base_url="http://evil.example").status_code == 400


def test_one_click_is_refused_where_the_region_is_real(client, rosa):
    client.get("/sign-in")
    fields = {**client.form("/sign-in")["fields"], "person": email_of(rosa)}
    assert client.post("/sign-in/demo", data=fields).status_code == 404
    assert client.get("/demo/mail").status_code == 404


def test_one_click_needs_the_token_of_the_page(client, demo):
    assert client.post("/sign-in/demo", data={"person": "ada@people.example"}).status_code == 400


def test_no_second_page_for_whoever_has_not_done_the_first(client):
    assert client.get("/sign-in/second").location == "/sign-in"


def test_the_mail_of_a_demonstration_says_whose_it_is(client, demo):
    new = {"name": "Ida Moss", "email": "ida@moss.example", "password": "seven small grey geese"}
    client.fill("/sign-up", **new, organisation="Moss Ltd", size="micro", place="Saltby")
    client.get("/demo/mail")
    assert client.page.title == "Mail to people who are not in yet - Pitchfest"
    assert "To ida@moss.example" in client.text
    client.get(re.findall(r"/demo/mail/[\w-]+", client.html)[0])
    assert client.page.title.endswith(", to ida@moss.example - Pitchfest")
