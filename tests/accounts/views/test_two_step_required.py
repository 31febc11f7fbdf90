"""Where the region asks for two-step sign-in: staff and judges set it up before anything else."""

import pytest
from flask.testing import FlaskClient

from pitchfest.accounts import operations
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import transaction
from pitchfest.kernel.actor import Role
from tests.accounts.two_step import SET_UP, set_up
from tests.support import builders as make
from tests.support.signing_in import browser_of


@pytest.fixture
def required(app, clock):
    make.a_region(demo=False)
    with transaction():
        admin = make.actor(make.a_person("Ada", Role.ADMIN), proved_at=clock.now())
        operations.save_signing(admin, two_step_required=True, now=clock.now())


@pytest.mark.parametrize("page", ["/", "/manage/challenges", "/account", "/challenges", "/account/messages"])
def test_staff_without_it_get_nowhere_before_they_set_it_up(app, required, page, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_HOST", "mail.example")
    client = browser_of(app, make.a_person("Olive", Role.OFFICER))
    assert client.get(page).location == f"{SET_UP}?next={page}"
    assert client.get("/privacy").status_code == 200
    set_up(client, page)
    assert f'href="{page}"' in client.html, "and then go on to where they wanted"
    assert client.get(page).status_code in (200, 302)
    assert SET_UP not in (client.get(page).location or "")


#: What answers whoever has yet to set it up: pages for everyone, the ways in and out, setting it up.
OPEN_TO_THEM = {
    *("accounts.two_step_set_up", "accounts.make_key", "accounts.prove", "accounts.send_code"),
    *(
        "accounts.sign_in",
        "accounts.sign_out",
        "accounts.signed_out",
        "accounts.second",
        "accounts.second_lost",
    ),
    *("accounts.ask_for_link", "accounts.ask_for_reset", "accounts.link_sent", "accounts.use_link"),
    *("accounts.reset", "accounts.sign_up", "accounts.signed_up", "accounts.confirm", "accounts.invitation"),
    *("accounts.demo_sign_in", "accounts.demo_mail", "accounts.demo_message", "accounts.first_administrator"),
    *("accounts.region_sheet", "accounts.region_logo", "assets.built", "health.healthz"),
    *(
        "privacy.notice",
        "pages.accessibility",
        "pages.contact",
        "pages.cookies",
        "pages.favicon",
        "pages.get_help",
    ),
}
ANY_VALUE = {"reference": "CH-2026-004", "token": "x", "kind": "csv", "theme": "x", "role": "officer"}


def test_no_address_of_all_there_are_goes_round_it(app, required, monkeypatch):
    """Signed in, and with the token of a form of theirs, they get to no other page than these."""
    monkeypatch.setitem(app.config, "SMTP_HOST", "mail.example")
    olive = make.a_person("Olive", Role.OFFICER, Role.ADMIN)
    client = browser_of(app, olive)
    client.get(SET_UP)
    fields = client.form("/account/two-step/key")["fields"]
    build = app.url_map.bind("localhost").build
    around = set()
    for rule in (r for r in app.url_map.iter_rules() if r.endpoint not in OPEN_TO_THEM):
        values = {n: getattr(rule._converters[n], "items", None) for n in rule.arguments}
        values = {n: min(v) if v else ANY_VALUE.get(n, 1) for n, v in values.items()}
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            path = build(rule.endpoint, values, method=method)
            answer = FlaskClient.open(client, path, method=method, data=fields if method == "POST" else None)
            if not (answer.location or "").startswith(SET_UP):
                around.add((method, rule.endpoint, answer.status_code))
    assert around == set()


def test_what_they_typed_when_it_began_to_be_required_is_kept(app, required):
    client = browser_of(app, make.a_person("Olive", Role.OFFICER))
    client.get(SET_UP)
    token = client.form("/account/two-step/key")["fields"]
    answer = client.post("/account/name", data={**token, "name": "Olive Overlong"})
    assert answer.location == f"{SET_UP}?next=/account/kept"
    set_up(client, answer.location)
    client.get("/account/kept")
    assert "Olive Overlong" in client.text


def test_judges_are_asked_as_staff_are(app, required, now):
    officer = make.a_person("Olive", Role.OFFICER)
    challenge = make.a_challenge(state=ChallengeState.OPEN, officer=officer, now=now)
    judge = make.a_person("Jude")
    client = browser_of(app, judge)
    assert client.get("/account").status_code == 200
    make.a_panel_member(challenge=challenge, person=judge, invited_by=officer, now=now)
    assert client.get("/judging").location == f"{SET_UP}?next=/judging"
    set_up(client, "/judging")
    assert client.get("/judging").status_code == 200


def test_suppliers_may_and_need_not(app, required):
    organisation = make.an_organisation("Alder Ltd")
    client = browser_of(app, make.a_person("Sam", organisation=organisation))
    assert client.get("/account").status_code == 200
    set_up(client)


def test_whoever_signs_out_or_gets_help_is_not_stopped(app, required):
    client = browser_of(app, make.a_person("Olive", Role.OFFICER))
    client.get(SET_UP)
    assert client.page is not None
    fields = next(f["fields"] for f in client.page.forms if f["action"] == "/sign-out")
    assert client.post("/sign-out", data=fields).location == "/signed-out"


def test_one_click_in_a_demonstration_needs_none_and_only_there(app, clock):
    make.a_region(demo=True)
    with transaction():
        admin = make.actor(make.a_person("Ada", Role.ADMIN), proved_at=clock.now())
        operations.save_signing(admin, two_step_required=True, now=clock.now())
    olive = make.a_person("Olive", Role.OFFICER)
    assert browser_of(app, olive, demo=True).get("/account").status_code == 200
    assert browser_of(app, olive).get("/account").location.startswith(SET_UP)


def test_only_the_present_time_decides(app, required, clock):
    """A role that begins while someone is signed in asks for the second step from then on."""
    person = make.a_person("Newcomer")
    client = browser_of(app, person)
    assert client.get("/account").status_code == 200
    with transaction():
        admin = make.actor(make.a_person("Bea", Role.ADMIN), proved_at=clock.now())
        operations.grant_role(admin, person_id=person, role=Role.OFFICER, now=clock.now())
    assert client.get("/account").location.startswith(SET_UP)
