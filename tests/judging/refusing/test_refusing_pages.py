"""Saying no to judging, as who is asked meets it and as staff read it: in a browser without JavaScript."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import update

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Person
from pitchfest.accounts.operations import invite_member, invite_staff
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations
from pitchfest.judging.rules.refusals import Refusal
from pitchfest.kernel.actor import Role
from tests.accounts.people import is_in, sent, words_of
from tests.judging.refusing.acts import NOTE, ask, newest_link, refuse, row_of
from tests.judging.setting import Setting, a_round, declare_all
from tests.support import builders
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.signing_in import browser_of
from tests.support.statements import counted

CANNOT = "I cannot judge this one"


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def page_of(setting: Setting) -> str:
    return f"/judging/{setting.reference}/no"


def panel_of(setting: Setting) -> str:
    return f"/manage/challenges/{setting.reference}/panel"


@pytest.mark.parametrize("account", [True, False])
def test_the_link_in_the_mail_lets_say_no_with_an_account_or_without(
    app: Flask, now: datetime, client: PageClient, *, account: bool
) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now, account=account)
    assert "yes, or that you cannot" in words_of(sent("invitation")[-1], now).body
    link = newest_link(app)
    client.get(link)
    assert f'href="{link}/no"' in client.html
    form = client.get(f"{link}/no")
    assert (form.headers["Referrer-Policy"], form.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "Officers and the procurement lead read this line" in client.text
    assert client.send(f"{link}/no").status_code == 422
    assert "Choose an answer to “Why can you not judge?”" in client.text
    assert client.send(f"{link}/no", refusal="other").status_code == 422
    assert "Say in a few words why you cannot judge" in client.text
    assert client.send(f"{link}/no", refusal="nonsense").status_code == 422
    assert row_of(setting, nia.member).active, "nothing was said yet"
    answer = client.send(f"{link}/no", refusal="not_my_area", note=NOTE)
    assert answer.request.path == link
    assert "You said no" in client.text
    assert "on Monday 23 November 2026" in client.text
    assert "ask Olive Officer to invite you again" in client.text
    assert NOTE not in client.text
    assert (row_of(setting, nia.member).refusal, row_of(setting, nia.member).release_reason) == (
        Refusal.AREA,
        NOTE,
    )
    assert not is_in(client)
    assert (db.session.get_one(Person, nia.person).confirmed_at is not None) is account


def test_a_link_that_said_no_says_when_ever_after(
    app: Flask, now: datetime, client: PageClient, clock: MovableClock
) -> None:
    setting = a_round(now, pitches=1)
    ask(setting, now, account=False)
    link = newest_link(app)
    client.fill(f"{link}/no", refusal="no_time")
    again = PageClient(app)
    clock.move(days=20)
    for path in (link, f"{link}/no"):
        assert again.get(path, follow_redirects=True).status_code == 200
        assert "You told us on Monday 23 November 2026" in again.text
        assert again.page is not None
        assert not [form for form in again.page.forms if form["method"] == "post"], "nothing to send"


def test_a_no_sent_twice_is_one_and_leads_to_the_same_page(
    app: Flask, now: datetime, client: PageClient
) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    link = newest_link(app)
    client.get(f"{link}/no")
    fields = {**client.form()["fields"], "refusal": "no_time", "note": ""}
    signed_in = browser_of(app, nia.person)
    signed_in.get(page_of(setting))
    own = {**signed_in.form()["fields"], "refusal": "conflict", "note": ""}
    for _ in range(2):
        assert client.post(f"{link}/no", data=fields).location == link
    for _ in range(2):
        signed_in.post(page_of(setting), data=own, follow_redirects=True)
        assert "You said no" in signed_in.text
    assert row_of(setting, nia.member).refusal is Refusal.TIME
    assert len(sent("judge_refused")) == 2


def test_a_link_that_said_yes_or_never_was_or_is_about_something_else_says_no_to_nothing(
    app: Flask, now: datetime, client: PageClient
) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    link = newest_link(app)
    client.fill(link)
    assert client.get(f"{link}/no").status_code == 404
    assert client.get("/invitation/nonsense/no").status_code == 404
    assert row_of(setting, nia.member).active
    admin = builders.a_person("Ada Admin", Role.ADMIN)
    with transaction():
        invite_staff(
            builders.actor(admin, proved_at=now),
            name="Sam Staff",
            email="sam@staff.example",
            role=Role.OFFICER,
            now=now,
        )
    staff = newest_link(app)
    client.get(staff)
    assert CANNOT not in client.text
    assert client.get(f"{staff}/no").status_code == 404


def test_an_invitation_into_an_organisation_named_like_a_challenge_is_none_to_judge(
    app: Flask, now: datetime, client: PageClient
) -> None:
    setting = a_round(now, pitches=2)
    ask(setting, now, "Org Trick")
    organisation = builders.an_organisation(f"challenge:{setting.reference}")
    owner = builders.a_person("Own Er", organisation=organisation, owner=True)
    with transaction():
        invite_member(
            setting.actor(owner),
            organisation_id=organisation,
            name="Org Trick",
            email="org.trick@judges.example",
            now=now,
        )
    assert client.get(f"{newest_link(app)}/no").status_code == 404


def test_the_judges_own_pages_offer_it_until_they_declare(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    with transaction():
        operations.write_briefing(
            setting.actor(setting.lead), reference=setting.reference, text="Look for evidence.", now=now
        )
    base = f"/judging/{setting.reference}"
    pages = ("/judging", f"{base}/briefing", f"{base}/declare")
    browser, lead = browser_of(app, nia.person), browser_of(app, setting.lead)
    for page in pages:
        browser.get(page)
        assert f'href="{page_of(setting)}"' in browser.html, page
    lead.get(f"{base}/briefing")
    assert CANNOT not in lead.text, "the lead is no judge"
    setting.judges.append(nia.person)
    declare_all(setting, now)
    for page in pages:
        browser.get(page)
        assert CANNOT not in browser.text, page
    assert browser.get(page_of(setting)).status_code == 403
    assert "ask the procurement lead to release you" in browser.text


def test_a_round_that_is_still_to_come_offers_it_too(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=0, state=ChallengeState.OPEN)
    nia = ask(setting, now)
    browser = browser_of(app, nia.person)
    browser.get("/judging")
    assert f'href="{page_of(setting)}"' in browser.html
    browser.fill(page_of(setting), refusal="conflict")
    assert "You said no" in browser.text
    assert "ask Olive Officer" in browser.text


def test_who_is_signed_in_says_yes_without_the_link_of_the_mail(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=0, state=ChallengeState.OPEN)
    nia = ask(setting, now)
    browser, page = browser_of(app, nia.person), f"/judging/{setting.reference}/invitation"
    browser.get("/")
    assert "Say whether you can judge “Clear the right drain before the rain”" in browser.text
    assert f'href="{page}"' in browser.html
    browser.get("/judging")
    assert "You are invited to judge." in browser.text
    assert "Coming up" not in browser.text, "they have not said yes"
    link = newest_link(app)
    browser.get(page)
    assert f'href="{page_of(setting)}"' in browser.html
    browser.fill(page, action="/invitation")
    assert "Thank you for judging" in browser.text
    assert "Coming up" in browser.text
    assert "Invitations" not in browser.text
    browser.get("/")
    assert "Say whether you can judge" not in browser.text
    officer = browser_of(app, setting.officer)
    officer.get(panel_of(setting))
    assert "/invite-again" not in officer.html
    stranger = PageClient(app)
    stranger.get(link)
    assert "You are invited" not in stranger.text, "the link was for one answer"


def test_nobody_says_yes_in_the_place_of_another(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=0, state=ChallengeState.OPEN)
    nia = ask(setting, now)
    other = a_round(now, pitches=0, state=ChallengeState.OPEN)
    page = f"/judging/{setting.reference}/invitation"
    mallory = ask(other, now, "Mal Other")
    for person in (mallory.person, setting.officer, setting.lead):
        assert browser_of(app, person).get(page).status_code == 404
    nia_elsewhere = ask(other, now, account=False)
    browser = browser_of(app, nia.person)
    browser.fill(page, action="/invitation")
    browser.get("/judging")
    assert f"/judging/{other.reference}/invitation" in browser.html, "a yes is for one challenge"
    assert nia_elsewhere.person == nia.person
    refuse(setting, nia.person, now)
    assert browser.get(page).location == page_of(setting)


def test_who_said_no_opens_nothing_of_the_round(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    with transaction():
        operations.write_briefing(
            setting.actor(setting.lead), reference=setting.reference, text="Look for evidence.", now=now
        )
    browser, base = browser_of(app, nia.person), f"/judging/{setting.reference}"
    pages = [f"{base}/{page}" for page in ("briefing", "declare", "skills")]
    assert [browser.get(page).status_code for page in pages] == [200] * 3
    refuse(setting, nia.person, now)
    pages += [f"{base}/{page}" for page in ("deadline.ics", "offline", "trial", "payment")]
    pages += [f"/manage/challenges/{setting.reference}/{page}" for page in ("board", "results", "panel")]
    assert [browser.get(page).status_code for page in pages] == [404] * len(pages)
    browser.get("/judging")
    assert "You are not on a panel" in browser.text
    browser.get("/")
    assert 'href="/judging"' not in browser.html, "they judge nothing"
    browser.get(page_of(setting))
    assert "You said no" in browser.text


def test_it_is_nobody_elses_to_say_no(app: Flask, now: datetime, client: PageClient) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    other = ask(a_round(now, pitches=1), now, "Olu Other")
    for person in (setting.officer, setting.lead, setting.approver, setting.suppliers[0], other.person):
        assert browser_of(app, person).get(page_of(setting)).status_code == 404
    assert browser_of(app, setting.judges[0]).get(page_of(setting)).status_code == 403
    assert "/sign-in" in client.get(page_of(setting)).location
    assert row_of(setting, nia.member).active


def test_the_panel_page_says_who_said_no_and_why(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1, judges=2)
    nia = ask(setting, now, chair=True)
    refuse(setting, nia.person, now)
    officer = browser_of(app, setting.officer)
    officer.get(panel_of(setting))
    assert "Said no on Monday 23 November 2026: not my area" in officer.text
    assert NOTE in officer.text
    assert "Nobody chairs the panel" in officer.text
    assert "Invite at least 1 more judge" in officer.text
    assert f"/panel/{nia.member}/" not in officer.html, "there is nothing to do with them"
    officer.fill(panel_of(setting), action="/panel", name="Nia New", email="nia.new@judges.example")
    assert "Nia New is on the panel. An invitation is on its way" in officer.text
    assert "Said no" not in officer.text


def test_others_read_no_words_of_who_said_no(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    refuse(setting, nia.person, now)
    chair, lead = browser_of(app, setting.judges[0]), browser_of(app, setting.lead)
    base = f"/manage/challenges/{setting.reference}"
    chair.get(f"{base}/board")
    assert "Nia New said no on Monday 23 November 2026." in chair.text
    assert NOTE not in chair.text
    lead.get(f"{base}/conflicts/assessment")
    assert "Said no to judging on Monday 23 November 2026: not my area." in lead.text
    assert NOTE not in lead.text
    assert browser_of(app, setting.approver).get(panel_of(setting)).status_code == 403


def test_an_officer_who_judges_without_names_reads_no_words_that_may_name_a_supplier(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    refuse(setting, nia.person, now, Refusal.CONFLICT, "I work for Supplier A.")
    with transaction():
        operations.invite(
            setting.actor(setting.lead),
            reference=setting.reference,
            name="Olive Officer",
            email=setting.actor(setting.officer).email,
            now=now,
        )
    db.session.execute(update(Challenge).values(names_hidden=True))
    db.session.commit()
    officer, lead = browser_of(app, setting.officer), browser_of(app, setting.lead)
    for browser, reads in ((officer, False), (lead, True)):
        browser.get(panel_of(setting))
        assert "a conflict of interest" in browser.text
        assert ("I work for Supplier A" in browser.text) is reads


def test_who_said_no_keeps_what_other_roles_give_also_where_judges_read_no_names(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now, pitches=1)
    officer = setting.actor(setting.officer)
    lead = browser_of(app, setting.lead)
    panel, base = panel_of(setting), f"/manage/challenges/{setting.reference}"
    lead.fill(panel, action="/panel", name=officer.name, email=officer.email)
    db.session.execute(update(Challenge).values(names_hidden=True))
    db.session.commit()
    browser, pitch = browser_of(app, setting.officer), f"/manage/pitches/{setting.pitch_reference(0)}"
    choice = "Olive Officer</option>"
    lead.get(f"{base}/decision-maker")
    assert choice not in lead.html
    assert browser.get(pitch).status_code != 200
    refuse(setting, setting.officer, now)
    assert browser.get(pitch).status_code == 200
    assert "Supplier A Ltd" in browser.text
    lead.get(f"{base}/decision-maker")
    assert choice in lead.html
    decides = {"decision_maker_id": setting.officer, "state": ChallengeState.RECOMMENDED}
    db.session.execute(update(Challenge).values(decides))
    db.session.commit()
    browser.get("/")
    assert "Decide on" in browser.text


def test_nobody_is_paid_for_saying_no(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    refuse(setting, nia.person, now)
    officer, base = browser_of(app, setting.officer), f"/manage/challenges/{setting.reference}"
    officer.get(f"{base}/payments")
    assert "Judge A" in officer.text
    assert "Nia New" not in officer.text
    assert officer.get(f"{base}/panel/{nia.member}/pay").status_code == 404


def test_an_administrator_reads_on_the_persons_page_that_they_said_no(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now, account=False)
    refuse(setting, nia.person, now)
    admin = browser_of(app, builders.a_person("Ada Admin", Role.ADMIN))
    admin.get(f"/admin/people/{nia.person}")
    assert "Said no on Monday 23 November 2026" in admin.text
    assert "/invitations/" not in admin.html, "nothing can be sent again, or handed over"


def test_the_panel_page_asks_no_more_of_the_database_for_more_who_said_no(app: Flask, now: datetime) -> None:
    found = []
    for names in (["Nia New"], ["Olu Other", "Pia Past", "Quin Quit"]):
        setting = a_round(now, pitches=1)
        for name in names:
            refuse(setting, ask(setting, now, name).person, now)
        lead = browser_of(app, setting.lead)
        for page in (panel_of(setting), "/"):
            with counted() as seen:
                lead.get(page)
            assert len(seen) <= 12, page
            found.append(len(seen))
    assert found[:2] == found[2:]
