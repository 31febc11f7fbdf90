"""Setting up in a browser: from the code to a region that suppliers can come to."""

import re
from io import BytesIO

import pytest
from sqlalchemy import update

from pitchfest.accounts import operations, queries
from pitchfest.audit.operations import record
from pitchfest.challenges import operations as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.kernel.actor import SYSTEM, Role
from pitchfest.kernel.errors import RuleViolation
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rules import Delivery
from pitchfest.mail.transport import deliver_due
from tests.accounts.people import PASSWORD, first_error, is_in, sent, the_person
from tests.support import builders as make
from tests.support.client import PageClient
from tests.support.pictures import png
from tests.support.signing_in import browser_of
from tests.support.statements import counted

REGION = {
    "name": "Northmoor City Region",
    "authority": "Northmoor Combined Authority",
    "unit": "Innovation Unit",
    "email": "innovation@northmoor.gov.uk",
    "phone": "01632 960200",
}
MAIL = {"sender_name": "Northmoor", "sender_address": "no-reply@n.gov.uk", "reply_to": "us@n.gov.uk"}
TEXTS = dict.fromkeys(("privacy", "accessibility_contact", "accessibility_checked"), "Ask **Colm**.")
START = "/admin/set-up/start"


@pytest.fixture(autouse=True)
def folder(bare_app, tmp_path, monkeypatch):
    monkeypatch.setattr(bare_app, "instance_path", str(tmp_path))


@pytest.fixture
def code(app, now):
    with transaction():
        return operations.make_set_up_code(now=now)


def start(client, typed, **changes):
    fields = {"code": typed, "name": "Ada Lovell", "email": "ada@n.gov.uk", "password": PASSWORD, **changes}
    return client.fill(START, action="start", follow=False, fields=fields)


@pytest.fixture
def hers(app, client, code):
    """The browser of the first administrator, who has just come in."""
    assert start(client, code).location == "/admin/set-up"
    return client


def save(client, part, fields, **kwargs):
    client.get("/admin/set-up")
    form = client.form(f"/admin/set-up/{part}")
    return client.post(
        f"/admin/set-up/{part}", data={**form["fields"], **fields}, follow_redirects=True, **kwargs
    )


def found(pattern, html):
    """The first group of what a pattern finds, which must be there."""
    [group] = re.findall(pattern, html, re.DOTALL)
    return group


def all_of_it(client):
    for part, fields in (("region", REGION), ("mail", MAIL), ("texts", TEXTS)):
        assert save(client, part, fields).status_code == 200, client.text[:500]


# Before anything


def test_a_new_installation_leads_everyone_to_the_code(app, client):
    assert client.get("/").location == "/admin/set-up"
    assert client.get("/", follow_redirects=True).request.path == START
    assert "Set up Pitchfest" in client.text
    client.get("/sign-in")
    assert START in client.html
    assert "region.example" not in client.html


def test_suppliers_cannot_sign_up_before_it_is_finished(hers, client, app):
    visitor = PageClient(app)
    assert visitor.get("/sign-up").status_code == 403
    assert "Accounts open soon" in visitor.text
    all_of_it(hers)
    assert visitor.get("/sign-up").status_code == 403
    hers.get("/admin/set-up")
    hers.send("/admin/set-up", action="/finish")
    assert "Setting up is finished" in hers.text
    assert visitor.get("/sign-up").status_code == 200


def test_a_wrong_code_keeps_what_was_typed_but_the_password_and_slows_down(app, client, code, clock):
    for _ in range(4):
        assert start(client, "2222-2222-2222-2222").status_code == 422
    assert "That code does not work" in first_error(client)
    assert "Ada Lovell" in client.html
    assert PASSWORD not in client.html
    assert start(client, code).status_code == 422
    assert "too many attempts" in first_error(client)
    assert not queries.has_administrator()
    clock.move(minutes=1)
    assert start(client, code).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("code", "", "Enter the set-up code"),
        ("name", "", "Enter your name"),
        ("email", "ada", "email address in full"),
        ("password", "short", "at least 12 characters"),
    ],
)
def test_what_is_wrong_is_said_and_the_code_stays_good(client, code, field, value, said):
    assert start(client, code, **{field: value}).status_code == 422
    assert said in first_error(client)
    assert start(client, code).status_code == 302


def test_the_first_administrator_is_in_and_nobody_else_gets_in_that_way(app, hers, code):
    assert is_in(hers)
    other = PageClient(app)
    assert other.get(START).status_code == 404
    assert other.get("/admin/set-up").location == "/sign-in?next=/admin/set-up"
    other.get("/sign-in")
    assert START not in other.html
    fields = {"csrf_token": other.form("/sign-in")["fields"]["csrf_token"], "form_token": "x", "code": code}
    assert other.post(START, data=fields).status_code == 404


def test_an_invited_administrator_finds_the_page_by_signing_in(app, client, now):
    person = make.a_person("Ada", Role.ADMIN)
    hers = browser_of(app, person)
    assert hers.get("/", follow_redirects=True).request.path == "/admin/set-up"
    assert "Name of the region" in hers.text


# The parts


def test_nothing_but_the_region_can_be_begun_with(hers):
    hers.get("/admin/set-up")
    assert hers.text.count("Cannot start yet") == 5
    assert "Save the addresses" not in hers.text
    save(hers, "region", REGION)
    assert "The region is saved" in hers.text
    assert "Cannot start yet" not in hers.text
    assert "Northmoor Combined Authority" in hers.text


def test_what_was_saved_is_there_after_stopping_and_the_rest_is_named(app, hers):
    save(hers, "region", REGION)
    save(hers, "mail", MAIL)
    later = browser_of(app, the_person("ada@n.gov.uk").id)
    later.get("/")
    assert "Finish setting up" in later.text
    later.get("/admin/set-up")
    assert later.form("/mail")["fields"]["reply_to"] == "us@n.gov.uk"
    assert "Write the privacy notice" in later.text
    assert "[name of the data protection officer]" in later.text


@pytest.mark.parametrize(
    ("part", "fields", "said"),
    [
        ("region", {"name": " "}, "Enter the name of your region"),
        ("region", {"email": "nobody"}, "email address in full"),
        ("region", {"phone": "abc"}, "Enter a telephone number, like 01632 960 001"),
        ("mail", {"sender_address": "x"}, "email address in full"),
        ("mail", {"sender_name": ""}, "name that mail comes from"),
        ("texts", {"privacy": ""}, "may not be empty"),
        ("texts", {"privacy": "x" * 20_001}, "1 characters too long"),
        ("look", {"brand": "#77bbee"}, "too light to read: it has a contrast of 1.8 to 1"),
        ("look", {"brand": "blue"}, "six letters and digits"),
    ],
)
def test_what_is_wrong_with_a_part_is_said_in_its_place(hers, part, fields, said):
    save(hers, "region", REGION)
    answer = save(hers, part, {**REGION, **MAIL, **TEXTS, **fields})
    assert answer.status_code == 422
    assert said in first_error(hers)
    assert hers.page.title.startswith("Error:")
    [(name, value)] = fields.items()
    shown = hers.form(f"/admin/set-up/{part}")["fields"][name].strip()
    assert shown.lower().lstrip("#") == value.strip().lower().lstrip("#")


def test_a_part_has_no_page_of_its_own(hers):
    assert hers.get("/admin/set-up/look").location == "/admin/set-up#look"
    assert hers.get("/admin/set-up/nonsense").status_code == 404


def test_finishing_with_something_missing_links_to_each_place(hers):
    save(hers, "region", REGION)
    hers.get("/admin/set-up")
    token = hers.form("/test-mail")["fields"]
    answer = hers.post("/admin/set-up/finish", data=token)
    assert answer.status_code == 422
    summary = found(r'error-summary__list">(.*?)</ul>', hers.html)
    for field in ("sender_address", "privacy", "accessibility_contact", "accessibility_checked"):
        assert f'href="#{field}"' in summary
        assert f'id="{field}"' in hers.html


def test_the_texts_stand_on_their_pages_and_markup_stays_words(app, hers):
    save(hers, "region", REGION)
    evil = "Ask **Colm**. <script>alert(1)</script> [x](javascript:alert(1))"
    save(hers, "texts", {**TEXTS, "privacy": evil, "accessibility_contact": "- call 01632 960200"})
    visitor = PageClient(app)
    visitor.get("/privacy")
    assert "<strong>Colm</strong>" in visitor.html
    assert "<script>alert" not in visitor.html
    assert 'href="javascript' not in visitor.html
    visitor.get("/accessibility-statement")
    assert '<li dir="auto">call 01632 960200</li>' in visitor.html
    assert visitor.html.count("<strong>Colm</strong>") == 1


# The look


def logo(data=None, name="logo.png"):
    return {"logo": (BytesIO(png() if data is None else data), name)}


def test_a_colour_changes_every_page_and_the_default_asks_for_no_sheet(app, hers):
    visitor = PageClient(app)
    save(hers, "region", REGION)
    visitor.get("/help")
    assert "region.css" not in visitor.html
    save(hers, "look", {"brand": "00504A"})
    visitor.get("/help")
    address = found(r'href="(/region\.css\?colour=00504a)"', visitor.html)
    assert 'content="#00332f"' in visitor.html
    sheet = visitor.get(address)
    assert sheet.mimetype == "text/css"
    assert b"--pf-brand:#00504a" in sheet.data
    assert "immutable" in sheet.headers["Cache-Control"]
    assert "Set-Cookie" not in sheet.headers
    assert "immutable" in hers.get(address).headers["Cache-Control"], "for people who are signed in, too"
    again = visitor.get(address, headers={"If-None-Match": sheet.headers["ETag"]})
    assert again.status_code == 304
    assert "immutable" not in visitor.get("/region.css?colour=ff0000").headers["Cache-Control"]


def test_a_logo_is_shown_and_served_as_it_is_with_a_name_that_never_lies(app, hers):
    save(hers, "region", REGION)
    assert save(hers, "look", logo(), content_type="multipart/form-data").status_code == 200
    assert "Colour and logo are saved" in hers.text
    visitor = PageClient(app)
    visitor.get("/help")
    address = found(
        r'src="(/region-logo-[0-9a-f]{16}\.png)" alt="Northmoor Combined Authority"', visitor.html
    )
    picture = visitor.get(address)
    assert picture.data == png()
    assert picture.mimetype == "image/png"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in picture.headers["Cache-Control"]
    assert visitor.get("/region-logo-0000000000000000.png").status_code == 404
    save(hers, "look", {"remove_logo": "y"}, content_type="multipart/form-data")
    visitor.get("/help")
    assert "region-logo" not in visitor.html
    assert visitor.get(address).status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo.svg", "cannot take SVG"),
        (b"<svg/>", "logo.png", "must be a PNG"),
        (b"\xff\xd8\xff\xe0\xc3\x28", "logo.jpg", "must be a PNG"),
        (png(2001, 2), "wide.png", "2,000 pixels"),
        (b"\0" * 505_000, "big.png", "500 KB"),
    ],
)
def test_a_logo_that_is_no_small_png_is_refused_with_a_sentence(hers, data, name, said):
    save(hers, "region", REGION)
    answer = save(hers, "look", {"brand": "#00504a", **logo(data, name)}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in first_error(hers)
    assert hers.form("/look")["fields"]["brand"] == "#00504a"
    assert queries.fresh_region().logo == ""


def test_the_same_form_with_another_picture_is_another_form(hers):
    save(hers, "region", REGION)
    hers.get("/admin/set-up")
    fields = hers.form("/look")["fields"]
    first = hers.post("/admin/set-up/look", data={**fields, **logo()}, content_type="multipart/form-data")
    again = hers.post("/admin/set-up/look", data={**fields, **logo()}, content_type="multipart/form-data")
    other = hers.post(
        "/admin/set-up/look", data={**fields, **logo(png(9, 9))}, content_type="multipart/form-data"
    )
    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 409)


# Mail


def test_a_test_mail_says_how_far_it_came(app, hers, now, clock):
    save(hers, "region", REGION)
    hers.get("/admin/set-up")
    assert "We send one to ada@n.gov.uk" in hers.text
    hers.send("/admin/set-up", action="/test-mail")
    assert "On its way" in hers.text
    assert deliver_due(clock.now) == 1
    hers.get("/admin/set-up")
    assert "Kept here" in hers.text
    assert "Set SMTP_HOST" in hers.text
    hers.get("/account/messages")
    assert "Test mail" in hers.text


def test_a_test_mail_that_fails_says_how(app, hers, clock, monkeypatch):
    save(hers, "region", REGION)
    monkeypatch.setitem(app.config, "SMTP_HOST", "127.0.0.1")
    monkeypatch.setitem(app.config, "SMTP_PORT", 1)
    hers.get("/admin/set-up")
    hers.send("/admin/set-up", action="/test-mail")
    deliver_due(clock.now)
    hers.get("/admin/set-up")
    assert "Failed: ConnectionRefusedError" in hers.text
    assert "Check SMTP_HOST" in hers.text


# The team


def test_a_team_is_invited_from_one_page(app, hers, now):
    save(hers, "region", REGION)
    hers.get("/admin/set-up/team")
    fields = hers.form("/team")["fields"]
    answer = hers.post(
        "/admin/set-up/team",
        data={
            **fields,
            "people-0-name": "Bryn",
            "people-0-email": "Bryn@n.gov.uk",
            "people-0-roles": ["officer", "champion"],
            "people-2-name": "Cal",
            "people-2-email": "cal@n.gov.uk",
            "people-2-roles": ["admin", "approver", "procurement_lead"],
        },
        follow_redirects=True,
    )
    assert answer.status_code == 200
    assert "We have invited 2 people" in hers.text
    assert queries.actor_of(the_person("cal@n.gov.uk").id, now=now).roles == {
        Role.ADMIN,
        Role.APPROVER,
        Role.LEAD,
    }
    assert len(sent("invitation")) == 2
    hers.get("/admin/set-up")
    assert hers.text.count("Your team Done") == 1


def test_the_team_page_asks_for_proof_before_anything_is_typed(app, hers, clock):
    save(hers, "region", REGION)
    clock.move(minutes=6)
    assert "/account/prove" in hers.get("/admin/set-up/team").location


# What is left


def test_the_checklist_names_what_is_left_and_goes_when_it_is_told_to(app, hers, now):
    all_of_it(hers)
    hers.get("/")
    assert "Before your first round" in hers.text
    assert "Two administrators" in hers.text
    ada = queries.actor_of(the_person("ada@n.gov.uk").id, now=now)
    left = {check.text for check in home.checklist(ada, mail_leaves=True) if not check.done}
    assert len(left) == 7
    assert "Privacy and accessibility texts without gaps" not in left
    officer = browser_of(app, make.a_person("Olive", Role.OFFICER))
    officer.get("/")
    assert "Before your first round" not in officer.text
    hers.send("/", action="/hide")
    assert "Before your first round" not in hers.text


def test_the_checklist_is_gone_once_everything_is_done(app, hers, now, clock):
    all_of_it(hers)
    save(hers, "look", logo(), content_type="multipart/form-data")
    hers.get("/admin/set-up")
    hers.send("/admin/set-up", action="/test-mail")
    deliver_due(clock.now)
    kept = home.checklist(queries.actor_of(the_person("ada@n.gov.uk").id, now=now), mail_leaves=False)
    (test_mail,) = [check for check in kept if "test mail" in check.text]
    assert (test_mail.done, test_mail.hint) == (False, "There is no mail server yet, so no mail leaves.")
    with transaction():
        db.session.execute(update(OutboxMessage).values(state=Delivery.SENT))
    make.a_person("Bea", *Role)
    with transaction():
        record(SYSTEM, "challenge.publish", "challenge:CH-2026-001", now=now)
    ada = queries.actor_of(the_person("ada@n.gov.uk").id, now=now)
    assert home.checklist(ada, mail_leaves=True) == []


def test_home_and_set_up_ask_the_same_number_of_questions_whoever_works_here(app, hers):
    all_of_it(hers)

    def asked(path):
        hers.get(path)
        queries.forget_region()
        with counted() as seen:
            hers.get(path)
        return len(seen)

    paths = ("/", "/admin/set-up", "/admin/set-up/team")
    before = [asked(path) for path in paths]
    for number in range(3):
        make.a_person(f"Person {number}", Role.OFFICER, Role.APPROVER)
    assert [asked(path) for path in paths] == before


def test_nothing_is_published_before_setting_up_is_finished(app, hers, now):
    save(hers, "region", REGION)
    officer = make.a_person("Olive", Role.OFFICER)
    ready = make.a_challenge(state=ChallengeState.APPROVED, officer=officer, now=now)
    reference = db.session.get_one(Challenge, ready).reference
    with pytest.raises(RuleViolation, match="still being set up"), transaction():
        challenges.publish(make.actor(officer), reference=reference, now=now)
