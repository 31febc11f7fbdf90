"""Production without a mail server: no page promises mail, and people come in by links handed over."""

import re

import pytest

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
