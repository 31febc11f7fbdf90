"""Who gets nothing: every page of a pitch against everyone who should not be there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pitchfest.accounts.models import Membership
from pitchfest.db import db
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import Pitch, PitchMember
from pitchfest.pitches.queries import versions
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import PitchRight
from tests.pitches.cast import actor, closing, opened, sent, started, write
from tests.support import builders

RECEIPT = ("/receipts/1", "/receipts/1.json", "/receipts/1.html", "/compare")
GET = ("", "/questions/1", "/check", "/withdraw", "/people", "/discard", *RECEIPT)
#: Of the pitch's team; the first person is the officer, who is on none.
TEAM = ("/people/invite", "/people/1", "/people/1/take")
POST = ("/questions/1", "/check", "/change", "/discard", "/withdraw", "/people")
INVITATION = ("/people/invitations/1/again", "/people/invitations/1/take-back")


@pytest.fixture
def pitch(bare_app, cast, now):
    """Kestrel's pitch, sent by Rosa; its reference."""
    with bare_app.app_context():
        return sent(cast, now)


def tokens(client):
    """Tokens of some form that the person may open."""
    client.get("/account")
    fields = next(f["fields"] for f in client.page.forms if f["method"] == "post")
    return {name: fields[name] for name in ("csrf_token", "form_token")}


def assert_shut_out(client, pitch):
    for page in GET:
        assert client.get(f"/pitches/{pitch}{page}").status_code == 404, page
    for page in (*TEAM, *INVITATION):
        status = client.get(f"/pitches/{pitch}{page}").status_code
        assert status == (405 if page in INVITATION else 404), page
    data = {
        **tokens(client),
        "answer": "Let me in, will you?",
        "declared": "y",
        "right": "view",
        "person": "1",
    }
    for page in (*POST, *TEAM, *INVITATION):
        assert client.post(f"/pitches/{pitch}{page}", data=data).status_code == 404, page
        assert "Let me in, will you?" in client.html, "the text is not kept on the page"
    assert pitch not in client.get("/pitches").get_data(as_text=True)


@pytest.mark.parametrize(
    "person", ["gwen", "imran", "officer", "lead", "approver", "champion", "observer", "admin"]
)
def test_nobody_without_a_right_reaches_any_page_of_a_pitch(browser, cast, pitch, person):
    assert_shut_out(browser(getattr(cast, person)), pitch)


def test_a_judge_of_the_challenge_reaches_no_page_of_a_pitch(bare_app, browser, cast, pitch, now):
    with bare_app.app_context():
        judge = builders.a_person("Judith Crane")
        builders.a_panel_member(challenge=cast.challenge, person=judge, invited_by=cast.lead, now=now)
    client = browser(judge)
    assert_shut_out(client, pitch)
    assert client.get(f"/manage/pitches/{pitch}").status_code == 404


def end_right(pitch_member_of, now):
    db.session.execute(
        update(PitchMember).where(PitchMember.person_id == pitch_member_of).values(until_at=now)
    )
    db.session.commit()


def end_membership(person, now):
    db.session.execute(update(Membership).where(Membership.person_id == person).values(until_at=now))
    db.session.commit()


@pytest.mark.parametrize("end", [end_right, end_membership])
def test_a_right_that_ended_opens_nothing_any_more(bare_app, browser, cast, pitch, now, end):
    client = browser(cast.rosa)
    assert client.get(f"/pitches/{pitch}").status_code == 200
    with bare_app.app_context():
        end(cast.rosa, now)
    assert_shut_out(client, pitch)


@pytest.mark.parametrize("right", [PitchRight.VIEW, PitchRight.EDIT])
def test_a_smaller_right_is_refused_with_its_reason_and_the_text_kept(
    bare_app, browser, cast, pitch, now, right
):
    with bare_app.app_context():
        write(operations.give_right, cast.rosa, reference=pitch, person_id=cast.imran, right=right, now=now)
    client = browser(cast.imran)
    for page in ("", "/questions/1", "/check", "/receipts/1", "/people"):
        assert client.get(f"/pitches/{pitch}{page}").status_code == 200, page
    data = {**tokens(client), "answer": "My own two words", "declared": "y", "right": "view", "person": "1"}
    refused = ["/check", "/withdraw", "/people", "/people/invite", *INVITATION]
    refused += [f"/people/{cast.rosa}", f"/people/{cast.rosa}/take"]
    refused += ["/questions/1", "/change", "/discard"] if right == PitchRight.VIEW else []
    for page in refused:
        assert client.post(f"/pitches/{pitch}{page}", data=data).status_code == 403, page
        assert "My own two words" in client.html


def test_a_signed_out_person_is_asked_to_sign_in(client, pitch):
    for page in GET:
        response = client.get(f"/pitches/{pitch}{page}")
        assert (response.status_code, response.location.split("?")[0]) == (302, "/sign-in")


def test_the_right_and_its_twin_in_sql_agree(bare_app, cast, pitch, now):
    with bare_app.app_context():
        started(cast, now, person=cast.gwen, organisation=cast.gannet)
        write(
            operations.give_right,
            cast.rosa,
            reference=pitch,
            person_id=cast.imran,
            right=PitchRight.VIEW,
            now=now,
        )
        for person in (cast.rosa, cast.imran, cast.gwen, cast.lead, cast.admin):
            who = actor(person)
            listed = {row.reference for row in queries.mine(who, now)}
            every = db.session.execute(select(Pitch.reference)).scalars()
            allowed = {
                ref
                for ref in every
                if PERMISSIONS[Permission.VIEW](who, queries.own(actor=who, now=now, reference=ref))
            }
            assert listed == allowed


def test_staff_reach_no_pitch_while_it_is_sealed_and_no_list_of_them(bare_app, browser, cast, pitch, clock):
    with bare_app.app_context():
        clock.go_to(closing(cast) + timedelta(minutes=5))
    for person in (cast.officer, cast.lead, cast.approver, cast.champion, cast.observer, cast.admin):
        client = browser(person)
        assert client.get(f"/manage/pitches/{pitch}").status_code == 404
        for end in ("", ".csv", ".xlsx"):
            assert client.get(f"/manage/challenges/{cast.reference}/eligibility{end}").status_code == 404
        assert client.post(f"/manage/pitches/{pitch}", data=tokens(client)).status_code == 404
    for person in (cast.champion, cast.observer, cast.admin, cast.rosa):
        client = browser(person)
        assert client.get(f"/manage/challenges/{cast.reference}/opening").status_code == 404
        assert client.get(f"/manage/challenges/{cast.reference}/opening/act").status_code == 404


def test_after_the_opening_readers_read_and_nobody_else(bare_app, browser, cast, pitch, clock):
    with bare_app.app_context():
        clock.go_to(opened(cast))
    pages = (
        f"/manage/pitches/{pitch}",
        f"/manage/challenges/{cast.reference}/eligibility",
        f"/manage/challenges/{cast.reference}/eligibility.csv",
        f"/manage/challenges/{cast.reference}/opening",
    )
    for person in (cast.officer, cast.lead, cast.approver, cast.champion, cast.observer):
        client = browser(person)
        assert [client.get(page).status_code for page in pages] == [200] * 4
        assert "Kestrel Rounds" in client.text
    for person in (cast.admin, cast.gwen, cast.rosa):
        client = browser(person)
        assert [client.get(page).status_code for page in pages] == [404] * 4
    officer = browser(cast.officer)
    assert "Kestrel Rounds" in officer.get(pages[2]).get_data(as_text=True)
    assert officer.get(pages[2].replace(".csv", ".xlsx")).data.startswith(b"PK")


def test_a_judge_who_is_staff_too_is_kept_to_the_panels_rules(
    bare_app, browser, cast, pitch, clock, monkeypatch
):
    with bare_app.app_context():
        clock.go_to(opened(cast))
    keeps_out = (lambda person, challenge, _pitch: (person, challenge) == (cast.champion, cast.challenge),)
    monkeypatch.setitem(bare_app.extensions, "pitchfest.pitch_barriers", keeps_out)
    for person, status in ((cast.champion, 404), (cast.approver, 200)):
        client = browser(person)
        assert client.get(f"/manage/pitches/{pitch}").status_code == status
        assert client.get(f"/manage/challenges/{cast.reference}/eligibility").status_code == status


def test_addresses_of_nothing_are_not_found(browser, cast, pitch):
    client = browser(cast.rosa)
    for page in (
        "/pitches/PF-0000",
        f"/pitches/{pitch}/questions/99",
        f"/pitches/{pitch}/questions/99999999999999999999",
        f"/pitches/{pitch}/questions/1?version=999999",
        f"/pitches/{pitch}/receipts/2",
        f"/pitches/{pitch}/receipts/99999999999999999999",
        "/challenges/CH-2020-001/start",
        "/manage/pitches/PF-0000",
        "/manage/challenges/CH-2020-001/opening",
        "/manage/challenges/CH-2020-001/eligibility",
    ):
        assert client.get(page).status_code == 404, page


def test_a_version_of_another_answer_is_not_shown(bare_app, browser, cast, pitch, now):
    with bare_app.app_context():
        other = started(cast, now, person=cast.gwen, organisation=cast.gannet)
        row = queries.own(actor=actor(cast.rosa), now=now, reference=pitch)
        version = min(v.id for v in versions.latest(row.id).values())
    assert browser(cast.gwen).get(f"/pitches/{other}/questions/1?version={version}").status_code == 404
    assert browser(cast.rosa).get(f"/pitches/{pitch}/questions/2?version={version}").status_code == 404


def test_nothing_is_written_by_looking(bare_app, browser, cast, pitch):
    client = browser(cast.rosa)
    with bare_app.app_context():
        before = queries.own(actor=actor(cast.rosa), now=closing(cast), reference=pitch)
    for page in GET:
        client.get(f"/pitches/{pitch}{page}")
    with bare_app.app_context():
        assert queries.own(actor=actor(cast.rosa), now=closing(cast), reference=pitch) == before
