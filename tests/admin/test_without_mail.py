"""Production without a mail server: no page promises mail, and people come in by links handed over."""

import json
import re

import pytest

from pitchfest.accounts.models import RegionSettings
from pitchfest.db import db
from pitchfest.kernel.actor import Role
from pitchfest.mail.transport import deliver_due
from tests.accounts.people import PASSWORD, is_in, the_person
from tests.support import builders as make
from tests.support.client import PageClient
from tests.support.signing_in import browser_of

PROMISED = r"on its way|[Ww]e (will )?email|[Ee]mail me|Check your email"


@pytest.fixture
def hers(app, monkeypatch):
    make.a_region(demo=False)
    monkeypatch.setitem(app.config, "PITCHFEST_DEMO", False)
    return browser_of(app, make.a_person("Ada Lovell", Role.ADMIN, email="ada@n.gov.uk"))


def test_an_invitation_is_handed_over_and_asks_for_a_password(app, hers, clock):
    hers.get("/admin/set-up/team")
    assert "nobody gets an email" in hers.text
    hers.fill("/admin/people/invite", name="Bryn", email="bryn@n.gov.uk", role="officer")
    deliver_due(clock.now)
    person = the_person("bryn@n.gov.uk").id
    hers.get(f"/admin/people/{person}")
    assert "Not sent: there is no mail server. Hand over a link" in hers.text
    hers.send(f"/admin/people/{person}", action="/link")
    link, *_ = re.findall(r"/invitation/[\w-]+", hers.html)
    theirs = PageClient(app)
    theirs.get(link)
    assert "Without one, we email you" not in theirs.text
    theirs.send(link)
    assert not is_in(theirs)
    assert "Error:" in theirs.text
    theirs.send(link, password=PASSWORD)
    assert is_in(theirs)


@pytest.mark.parametrize(
    "page", ["/sign-in/link", "/reset", "/sign-up", "/sign-in/sent/link", "/sign-in", "/help"]
)
def test_a_page_for_who_is_not_in_promises_no_mail(app, hers, page):
    stranger = PageClient(app)
    stranger.get(page)
    assert not re.search(PROMISED, stranger.text), stranger.text


def test_finishing_promises_no_accounts(app, hers):
    row = db.session.get_one(RegionSettings, 1)
    texts = dict.fromkeys(("privacy", "accessibility_contact", "accessibility_checked"), "Ask **Colm**.")
    row.finished_at, row.texts, row.sender_address = None, json.dumps(texts), "no-reply@n.gov.uk"
    db.session.commit()
    hers.get("/admin/set-up")
    assert "Suppliers can create accounts once there is a mail server" in hers.text
    hers.send("/admin/set-up", action="/finish")
    assert "Setting up is finished" in hers.text
    assert "once there is a mail server" in hers.text
