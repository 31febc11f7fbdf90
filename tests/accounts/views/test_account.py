"""My account: what is mine, and that nobody else's is reached."""

import pytest

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import ParkedForm, Person
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Role
from pitchfest.mail.operations import enqueue
from pitchfest.mail.queries import message
from tests.accounts.people import (
    PASSWORD,
    actor_in,
    first_error,
    is_in,
    link_in,
    sent,
    try_to_sign_in,
    with_password,
)
from tests.support import builders as make
from tests.support.client import PageClient
from tests.support.signing_in import browser_of, sign_in


@pytest.fixture
def rosa(app):
    make.a_region(demo=False)
    firm = make.an_organisation("Kestrel Rounds Ltd")
    person = make.a_person("Rosa Whitfield", organisation=firm, owner=True)
    with_password(person)
    return person


@pytest.fixture
def mallory(app, rosa):
    return browser_of(app, make.a_person("Mallory"))


@pytest.fixture
def hers(app, rosa):
    return browser_of(app, rosa)


def fields_of(client, page="/account"):
    client.get(page)
    return next(f for f in client.page.forms if f["method"] == "post")["fields"]


@pytest.mark.parametrize(
    "page", ["/account", "/account/messages", "/account/kept", "/account/name", "/account/prove"]
)
def test_these_pages_ask_to_sign_in(client, rosa, page):
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next={page}"


def test_my_account_shows_what_is_mine(hers):
    hers.get("/account")
    for words in ("Rosa Whitfield", "Kestrel Rounds Ltd", "Firefox on Linux", "This one"):
        assert words in hers.text


def test_i_change_my_name(hers, rosa):
    hers.fill("/account/name", name=" Rosa  Whitfield-Roe ")
    assert "Your name is changed" in hers.text
    assert queries.person_names([rosa])[rosa] == "Rosa Whitfield-Roe"
    hers.fill("/account/name", name="")
    assert "Enter your name" in first_error(hers)


def test_i_change_my_password_and_every_other_browser_is_out(app, hers, rosa):
    elsewhere = browser_of(app, rosa)
    hers.fill("/account/password", password_now="wrong wrong wrong", password="another good password")
    assert "not your password" in first_error(hers)
    hers.fill("/account/password", password_now=PASSWORD, password="short")
    assert "at least 12" in first_error(hers)
    hers.fill("/account/password", password_now=PASSWORD, password="another good password")
    assert is_in(hers)
    assert not is_in(elsewhere)
    fresh = PageClient(app)
    email = db.session.get_one(Person, rosa).email
    try_to_sign_in(fresh, email)
    assert not is_in(fresh)


def test_i_end_another_of_my_sessions(app, hers, rosa, now):
    elsewhere = browser_of(app, rosa)
    hers.get("/account")
    form = next(f for f in hers.page.forms if (f["action"] or "").endswith("/end"))
    hers.post(form["action"], data=form["fields"])
    assert not is_in(elsewhere)
    assert is_in(hers)


def test_i_sign_out_everywhere_else_at_once(app, hers, rosa):
    others = [browser_of(app, rosa) for _ in range(2)]
    hers.get("/account")
    hers.send("/account", action="end-others")
    assert [is_in(other) for other in others] == [False, False]
    assert is_in(hers)


def test_mallory_cannot_end_my_session(mallory, hers, rosa, now):
    (row,) = queries.sessions_of(rosa, now)
    fields = fields_of(mallory)
    assert mallory.post(f"/account/sessions/{row.id}/end", data=fields).status_code == 404
    assert mallory.post("/account/sessions/9999/end", data=fields_of(mallory)).status_code == 404
    assert is_in(hers)


def test_mallory_sees_nothing_of_my_organisation(mallory, rosa):
    (firm,) = queries.organisations_of(rosa)
    at = f"/account/organisations/{firm.id}"
    fields = fields_of(mallory)
    assert mallory.get(at).status_code == 404
    assert mallory.get(f"{at}/invite").status_code == 404
    invited = {**fields, "name": "M", "email": "m@people.example"}
    assert mallory.post(f"{at}/invite", data=invited).status_code == 404
    ended = {**fields_of(mallory), "person": str(rosa)}
    assert mallory.post(f"{at}/end-member", data=ended).status_code == 404
    assert queries.person_by_email("m@people.example") is None
    assert queries.organisations_of(rosa)


def test_the_only_owner_cannot_leave(hers, rosa):
    (firm,) = queries.organisations_of(rosa)
    fields = {**fields_of(hers), "person": str(rosa)}
    answer = hers.post(f"/account/organisations/{firm.id}/end-member", data=fields)
    assert answer.status_code == 422
    assert "only one" in hers.text
    assert queries.organisations_of(rosa)


# Messages


def tell(person, now, kind="already_registered"):
    with transaction():
        enqueue(kind, now=now, person_id=person)
    return message(sent(kind)[-1]).public_id


def test_i_read_my_messages_and_nobody_elses(hers, mallory, rosa, now):
    mine = tell(rosa, now)
    hers.get("/account/messages")
    assert "There is an account already" in hers.text
    assert hers.get(f"/account/messages/{mine}").status_code == 200
    assert "You already have an account" in hers.text
    assert "Dear Rosa Whitfield" in hers.text
    assert mallory.get(f"/account/messages/{mine}").status_code == 404
    assert mallory.post(f"/account/messages/{mine}", data=fields_of(mallory)).status_code == 404
    mallory.get("/account/messages")
    assert "No messages yet" in mallory.text


def test_a_link_is_made_by_a_button_and_works(app, hers, mallory, rosa, now, client):
    mine = tell(rosa, now, "reset")
    hers.get(f"/account/messages/{mine}")
    assert "/reset/" not in hers.html
    hers.send(f"/account/messages/{mine}")
    link = hers.html.split('href="/reset/')[1].split('"')[0] if 'href="/reset/' in hers.html else ""
    assert link
    assert client.get(f"/reset/{link}").status_code == 200


def test_where_mail_is_sent_the_link_is_in_the_mailbox_only(app, hers, rosa, now):
    mine = tell(rosa, now, "reset")
    app.config["SMTP_HOST"] = "mail.example"
    try:
        hers.get(f"/account/messages/{mine}")
        assert "Get the link" not in hers.text
        hers.post(f"/account/messages/{mine}", data=fields_of(hers))
        assert "/reset/" not in hers.html
    finally:
        app.config["SMTP_HOST"] = ""


# Proving that it is you


def needs_proof(client):
    """Open a page that asks for proof; where it leads."""
    return client.get("/admin/people/invite").location


def test_proof_by_password_counts_for_five_minutes_and_leads_back(app, rosa, clock):
    admin = make.a_person("Ada Lovell", Role.ADMIN)
    with_password(admin)
    hers = browser_of(app, admin, proved=False)
    asked = needs_proof(hers)
    assert asked == "/account/prove?next=/admin/people/invite"
    hers.get(asked)
    hers.send(asked, action="/account/prove", password="not it at all, no")
    assert "not your password" in first_error(hers)
    answer = hers.send(asked, action="/account/prove", follow=False, password=PASSWORD)
    assert answer.location == "/admin/people/invite"
    assert hers.get("/admin/people/invite").status_code == 200
    clock.move(minutes=5)
    assert needs_proof(hers)


def test_proof_by_code_for_someone_without_a_password(app, rosa, clock):
    admin = make.a_person("Ada Lovell", Role.ADMIN)
    hers = browser_of(app, admin, proved=False)
    asked = needs_proof(hers)
    hers.get(asked)
    hers.send(asked, action="/account/prove/code")
    path = link_in(app, sent("proof_code")[-1])
    code = path.rpartition("=")[2]
    thief = browser_of(app, admin, proved=False)
    thief.get("/account/prove")
    thief.send("/account/prove", code=code)
    assert "not right" in first_error(thief)
    hers.get(asked)
    hers.send(asked, code="WRONG234")
    assert "not right" in first_error(hers)
    hers.get(path)
    hers.send(path, action="/account/prove", code=f" {code[:4].lower()} {code[4:]} ")
    assert hers.get("/admin/people/invite").status_code == 200
    clock.move(minutes=6)
    hers.get("/account/prove")
    hers.send("/account/prove", code=code)
    assert "not right" in first_error(hers)


def test_a_code_bears_five_wrong_tries(app, rosa, now):
    admin = make.a_person("Ada Lovell", Role.ADMIN)
    token = sign_in(PageClient(app), admin, proved=False)
    actor = actor_in(token, now)
    with transaction():
        operations.send_code(actor, now=now)
    code = link_in(app, sent("proof_code")[-1]).rpartition("=")[2]
    for _ in range(5):
        with transaction():
            assert not operations.code_is_right(actor, code="WRONG234", now=now)
    with transaction():
        assert not operations.code_is_right(actor, code=code, now=now)


def test_a_one_click_session_proves_by_one_click_in_the_demo_only(app, rosa):
    admin = make.a_person("Ada Lovell", Role.ADMIN)
    with_password(admin)
    hers = browser_of(app, admin, proved=False, demo=True)
    hers.get("/account/prove")
    assert "Your password" in hers.text
    hers.send("/account/prove", action="/account/prove")
    assert needs_proof(hers)


def test_proof_by_one_click_in_the_demo(app):
    make.a_region(demo=True)
    admin = make.a_person("Ada Lovell", Role.ADMIN)
    hers = browser_of(app, admin, proved=False, demo=True)
    hers.get(needs_proof(hers))
    hers.send("/account/prove", action="/account/prove")
    assert hers.get("/admin/people/invite").status_code == 200


# Text that arrives too late


WORDS = "Every word I typed about drains"


def late_form(hers, clock):
    hers.get("/account/name")
    fields = {**hers.form()["fields"], "name": WORDS}
    clock.move(minutes=61)
    return fields


def test_text_sent_after_the_session_ended_waits_for_the_same_person(app, hers, rosa, clock):
    fields = late_form(hers, clock)
    answer = hers.post("/account/name", data=fields)
    assert answer.location == "/sign-in?next=/account/kept&ended=1"
    hers.get(answer.location)
    assert "We kept what you typed" in hers.text
    email = db.session.get_one(Person, rosa).email
    db.session.rollback()
    hers.send("/sign-in", action="/sign-in", email=email, password=PASSWORD)
    assert WORDS in hers.html
    assert "/account/name" in hers.html
    assert queries.person_names([rosa])[rosa] == "Rosa Whitfield"
    hers.send("/account/kept", action="/delete")
    assert "Nothing is kept" in hers.text


def test_nobody_else_sees_or_deletes_what_was_kept(app, hers, mallory, rosa, clock):
    fields = late_form(hers, clock)
    hers.post("/account/name", data=fields)
    late = browser_of(app, make.a_person("Mallory Two"))
    late.get("/account/kept")
    assert WORDS not in late.html
    kept = db.session.query(ParkedForm.id).scalar()
    assert late.post(f"/account/kept/{kept}/delete", data=fields_of(late)).status_code == 302
    assert db.session.query(ParkedForm.id).count() == 1


def test_what_is_kept_is_sealed_in_the_database_and_holds_no_password(app, hers, rosa, clock):
    fields = {**late_form(hers, clock), "password": "a password typed too", "password_now": "x y z"}
    hers.post("/account/name", data=fields)
    raw = db.session.connection().exec_driver_sql("SELECT body FROM parked_form").scalar_one()
    assert WORDS.encode() not in bytes(raw)
    (kept,) = queries.kept_forms(rosa, clock.now())
    assert ("name", WORDS) in kept.fields
    assert not any("password" in name or "token" in name for name, _ in kept.fields)


def test_kept_text_is_gone_after_a_day(app, hers, rosa, clock):
    hers.post("/account/name", data=late_form(hers, clock))
    clock.move(hours=24)
    assert queries.kept_forms(rosa, clock.now()) == []
    operations.sweep(clock.now)
    assert db.session.query(ParkedForm.id).count() == 0


def test_a_forged_form_leaves_nothing_behind(app, client, rosa):
    client.get("/sign-in")
    fields = {**client.form("/sign-in")["fields"], "name": WORDS}
    assert client.post("/account/name", data=fields).location == "/sign-in"
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "a token that never was one"
    assert client.post("/account/name", data=fields).location == "/sign-in"
    assert db.session.query(ParkedForm.id).count() == 0


def test_after_signing_out_nothing_is_kept(app, hers, rosa):
    hers.get("/account/name")
    fields = {**hers.form()["fields"], "name": WORDS}
    out = next(f["fields"] for f in hers.page.forms if f["action"] == "/sign-out")
    hers.post("/sign-out", data=out)
    assert hers.post("/account/name", data=fields).status_code == 400
    assert db.session.query(ParkedForm.id).count() == 0


def test_text_sent_when_proof_has_run_out_is_kept_too(app, rosa, clock):
    admin = make.a_person("Ada Lovell", Role.ADMIN)
    hers = browser_of(app, admin)
    hers.get("/admin/people/invite")
    fields = {
        **hers.form()["fields"],
        "name": "Bryn of Highways",
        "email": "bryn@people.example",
        "role": "officer",
    }
    clock.move(minutes=6)
    answer = hers.post("/admin/people/invite", data=fields)
    (kept,) = queries.kept_forms(admin, clock.now())
    assert ("name", "Bryn of Highways") in kept.fields
    assert queries.person_by_email("bryn@people.example") is None
    prove(hers, admin, answer.location)
    assert hers.path == "/admin/people/invite"
    assert "press the button again" in hers.text
    hers.send("/admin/people/invite")
    assert queries.person_by_email("bryn@people.example") is not None


def prove(browser, person, asked):
    """By password, on the page that asked; the browser then shows where that leads."""
    with_password(person)
    browser.get(asked)
    browser.send("/account/prove", action="/account/prove", password=PASSWORD)


def test_after_the_proof_the_page_is_there_with_the_form_filled_in(app, rosa, clock):
    """A form of several on the page, whose own address shows nothing: the nearest page above does."""
    ada, cal = make.a_person("Ada Lovell", Role.ADMIN), make.a_person("Cal Third", Role.APPROVER)
    make.a_person("Bea Second", Role.ADMIN)
    bob = make.a_person("Bob Fourth", Role.OFFICER)
    hers, page = browser_of(app, ada), f"/admin/people/{cal}"
    clock.move(minutes=6)
    hers.get(page)
    days = {"stand_in_role": "approver", "who": str(bob)}
    for name, moment in (("first_day", clock.now()), ("last_day", clock.now())):
        days |= {f"{name}-day": f"{moment.day}", f"{name}-month": f"{moment.month}"}
        days |= {f"{name}-year": f"{moment.year}"}
    asked = hers.send(page, action="/stand-ins", follow=False, fields=days).location
    prove(hers, ada, asked)
    assert hers.path == page
    assert "What you filled in is here again" in hers.text
    filled = hers.form("/stand-ins")["fields"]
    assert {name: filled[name] for name in days} == days
    assert not hers.form("/grant")["fields"].get("role")
    (kept,) = queries.kept_forms(ada, clock.now())
    came_from = {"Referer": f"http://localhost{page}?kept={kept.id}"}
    for form, left in (("/grant", 1), ("/stand-ins", 0)):
        data = {**hers.form(form)["fields"], **({"role": "champion"} if left else {})}
        hers.post(f"{page}{form}", data=data, headers=came_from)
        assert len(queries.kept_forms(ada, clock.now())) == left
        hers.get(f"{page}?kept={kept.id}")
    assert "It waits for a second administrator" in hers.text


def test_a_button_that_asked_for_proof_says_that_it_waits_to_be_pressed_again(app, rosa, clock, now):
    ada, bea = make.a_person("Ada Lovell", Role.ADMIN), make.a_person("Bea Second", Role.ADMIN)
    cal = make.a_person("Cal Third")
    actor = actor_in(sign_in(PageClient(app), ada), now)
    db.session.rollback()
    with transaction():
        operations.grant_role(actor, person_id=cal, role=Role.APPROVER, now=now)
    theirs, page = browser_of(app, bea, proved=False), f"/admin/people/{cal}"
    theirs.get(page)
    asked = theirs.send(page, action="/roles/confirm", follow=False).location
    prove(theirs, bea, asked)
    assert theirs.path == page
    assert "Nothing was done yet" in theirs.text
    assert queries.kept_forms(bea, now) == []
    theirs.send(page, action="/roles/confirm")
    assert queries.actor_of(cal, now=now).roles == {Role.APPROVER}


def test_nobody_fills_a_form_with_what_was_kept_for_somebody_else(app, hers, mallory, rosa, clock):
    hers.post("/account/name", data=late_form(hers, clock))
    (kept,) = queries.kept_forms(rosa, clock.now())
    for person, seen in ((rosa, True), (make.a_person("Mallory Two"), False)):
        browser = browser_of(app, person)
        browser.get(f"/account/name?kept={kept.id}")
        assert (WORDS in browser.html) is seen


def test_all_that_was_filled_in_is_shown_to_copy_and_no_more(app, hers, rosa, clock):
    fields = late_form(hers, clock) | {
        "reason-18": "It fits our vans",
        "score-18": "19",
        "keep": "1",
        "to": "x",
    }
    hers.post("/account/name", data=fields)
    back = browser_of(app, rosa)
    back.get("/account/kept")
    assert "Reason" in back.text
    assert "It fits our vans" in back.text
    assert "Score" in back.text
    assert ">\n19<" in back.html
    assert not any(word in back.text for word in ("Reason 18", "Keep"))


def test_staying_signed_in_keeps_the_session_alive(bare_app, clock):
    with bare_app.app_context():
        make.a_region()
        rosa = make.a_person("Rosa")
    browser = browser_of(bare_app, rosa)
    for _ in range(3):
        clock.move(minutes=50)
        assert browser.get("/account/stay").status_code == 204
    assert browser.get("/account").status_code == 200
    clock.move(minutes=61)
    assert browser.get("/account/stay").status_code == 302
