"""The team's page, inviting by hand, and the page that an invitation leads to."""

from __future__ import annotations

import re

import pytest

from pitchfest.db import db
from pitchfest.pitches.rules.teams import INVITATION_LASTS
from tests.pitches.cast import sent, started
from tests.pitches.test_pages import asked_by
from tests.pitches.test_teams import address, fresh_token, invite, on_the_panel, partner
from tests.support import builders

GONE = "This invitation does not work"


@pytest.fixture
def pitch(bare_app, cast, now):
    with bare_app.app_context():
        return sent(cast, now)


@pytest.fixture
def link(bare_app, cast, pitch, now):
    """The link of an invitation that went to Gwen."""
    with bare_app.app_context():
        invite(cast, pitch, now, email=address(cast.gwen))
        token = fresh_token(now)
        db.session.remove()
    return f"/pitches/invitations/{token}"


def test_from_the_invitation_to_the_team_by_hand(bare_app, browser, cast, pitch):
    with bare_app.app_context():
        email = address(cast.gwen)
    rosa, gwen = browser(cast.rosa), browser(cast.gwen)
    rosa.fill(f"/pitches/{pitch}/people/invite", email=email, right="edit")
    assert f"We have invited {email}" in rosa.text
    assert "Invited by Rosa Whitfield" in rosa.text
    gwen.get("/account/messages")
    message = next(a for a in gwen.html.split('"') if a.startswith("/account/messages/"))
    gwen.fill(message, action="/messages")
    link = re.findall(r"/pitches/invitations/[\w-]{43}", gwen.html)[0]
    assert gwen.get(f"/pitches/{pitch}").status_code == 404
    assert gwen.get(link).status_code == 200
    assert gwen.get(f"/pitches/{pitch}").status_code == 404, "opening the link changes nothing"
    gwen.fill(link)
    assert "You are on the team of this pitch" in gwen.text
    assert pitch in gwen.text
    rosa.get(f"/pitches/{pitch}/people")
    assert "Gwen Moss Gannet Data" in rosa.text
    assert email not in rosa.text
    assert gwen.get(link).location == f"/pitches/{pitch}"
    gwen.get(f"/pitches/{pitch}/people")
    assert "Invite someone" not in gwen.text
    gwen.get(f"/pitches/{pitch}/people/{cast.gwen}/take")
    gwen.send(f"/pitches/{pitch}/people/{cast.gwen}/take")
    assert "You can no longer see this pitch" in gwen.text


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(client, link):
    response = client.get(link)
    assert response.status_code == 200
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert f'href="/sign-in?next={link}"' in client.html
    assert "Sign up" in client.text
    assert not any(form["action"] == link for form in client.page.forms)


@pytest.mark.parametrize("person", ["rosa", "imran", "officer", "admin"])
def test_somebody_elses_link_looks_like_none(browser, cast, link, person):
    client = browser(getattr(cast, person))
    for page in (link, "/pitches/invitations/nonsense"):
        response = client.get(page)
        assert response.status_code == 404
        assert GONE in client.text
        assert "Kestrel" not in client.text
    client.get("/account")
    data = {k: v for k, v in client.page.forms[0]["fields"].items() if k in {"csrf_token", "form_token"}}
    assert client.post(link, data=data).status_code == 404


def test_a_link_that_is_too_old_says_so_to_whom_it_was_sent(browser, cast, link, clock):
    clock.move(days=INVITATION_LASTS.days)
    client = browser(cast.gwen)
    assert client.get(link).status_code == 403
    assert "This invitation is too old" in client.text


def test_a_judge_is_told_why_not(bare_app, browser, cast, pitch, now):
    with bare_app.app_context():
        judge = on_the_panel(cast, now)
        invite(cast, pitch, now, email=address(judge))
        link = f"/pitches/invitations/{fresh_token(now)}"
    client = browser(judge)
    assert client.get(link).status_code == 403
    assert "You are on the panel of this challenge" in client.text
    assert "Say yes" not in client.text


def test_an_invitation_is_sent_again_and_taken_back_by_hand(bare_app, browser, cast, pitch, link, clock):
    page = f"/pitches/{pitch}/people"
    rosa, gwen = browser(cast.rosa), browser(cast.gwen)
    assert rosa.fill(page, action="/again").status_code == 422
    assert "It can be sent again tomorrow" in rosa.text
    clock.move(days=1)
    rosa, gwen = browser(cast.rosa), browser(cast.gwen)
    rosa.fill(page, action="/again")
    assert "on its way again" in rosa.text
    assert gwen.get(link).status_code == 404, "the link before stops working"
    rosa.fill(page, action="/take-back")
    assert "no longer works" in rosa.text
    assert "Invited" not in rosa.text


def test_a_wrong_address_is_kept_as_typed(browser, cast, pitch):
    rosa = browser(cast.rosa)
    response = rosa.fill(f"/pitches/{pitch}/people/invite", email="not<an>address", right="view")
    assert response.status_code == 422
    assert "Enter an email address in full" in rosa.text
    assert 'value="not&lt;an&gt;address"' in rosa.html


def test_mallory_reaches_no_invitation_of_another_pitch(bare_app, browser, cast, pitch, link, now):
    """Gwen, on a pitch of her own, names an invitation of Kestrel's."""
    with bare_app.app_context():
        own = started(cast, now, person=cast.gwen, organisation=cast.gannet)
    gwen = browser(cast.gwen)
    gwen.get(f"/pitches/{own}/people")
    fields = gwen.page.forms[-1]["fields"]
    for act in ("again", "take-back"):
        assert gwen.post(f"/pitches/{own}/people/invitations/1/{act}", data=fields).status_code == 404
    assert gwen.get(link).status_code == 200


def test_the_team_page_asks_the_same_for_one_partner_and_for_three(bare_app, browser, cast, pitch, now):
    rosa, asked = browser(cast.rosa), []
    for names in (["Gwen"], ["Hal", "Ida"]):
        with bare_app.app_context():
            for name in names:
                who = cast.gwen
                if name != "Gwen":
                    who = builders.a_person(name, organisation=builders.an_organisation(f"{name} Ltd"))
                partner(cast, pitch, now, who=who)
                invite(cast, pitch, now, email=f"{name.lower()}@elsewhere.example")
        asked.append(asked_by(bare_app, rosa, f"/pitches/{pitch}/people"))
    assert asked[0] == asked[1]


def test_a_partner_can_still_start_the_pitch_of_their_own_organisation(bare_app, browser, cast, pitch, now):
    with bare_app.app_context():
        partner(cast, pitch, now)
    gwen, page = browser(cast.gwen), f"/challenges/{cast.reference}"
    gwen.get(page)
    assert "Start your pitch" in gwen.text
    assert f"/pitches/{pitch}" in gwen.html  # the pitch that they work on is still named
    gwen.fill(f"{page}/start", action="/start")
    gwen.get(page)
    assert "Go to your pitch" in gwen.text
