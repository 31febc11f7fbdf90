"""Belonging to a supplier is no way round the wall between a pitch and the side that buys."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.models import Invitation, Membership
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import RuleViolation
from pitchfest.mail.rendering import render
from pitchfest.pitches import operations
from pitchfest.pitches.queries import sealed
from pitchfest.pitches.rules.states import PitchRight
from tests.pitches.cast import actor, closing, sent, write
from tests.pitches.test_teams import fresh_token, invite, mailed
from tests.support import builders
from tests.support.signing_in import browser_of

BUYERS = ("officer", "lead", "champion", "judge")


def a_buyer(cast, who, now):
    """Somebody of the side that buys; the champion decides here."""
    if who == "judge":
        person = builders.a_person("Judith Marsh")
        builders.a_panel_member(challenge=cast.challenge, person=person, invited_by=cast.officer, now=now)
        return person
    person = getattr(cast, who)
    if who == "champion":
        db.session.get_one(Challenge, cast.challenge).decision_maker_id = person
        db.session.commit()
    return person


def belongs(person, organisation, now, *, owner=False, until=None):
    db.session.add(
        Membership(
            organisation_id=organisation, person_id=person, is_owner=owner, from_at=now, until_at=until
        )
    )
    db.session.commit()


@pytest.mark.parametrize("who", BUYERS)
def test_a_colleague_on_the_side_that_buys_gets_no_right(app, cast, now, who):
    person = a_buyer(cast, who, now)
    belongs(person, cast.kestrel, now)
    pitch = sent(cast, now)
    with pytest.raises(RuleViolation, match="sealed from everyone on the side that buys"):
        write(
            operations.give_right,
            cast.rosa,
            reference=pitch,
            person_id=person,
            right=PitchRight.SUBMIT,
            now=now,
        )
    assert sealed.own(actor=actor(person), now=now, reference=pitch).right is None
    assert browser_of(app, person).get(f"/pitches/{pitch}/check").status_code == 404


@pytest.mark.parametrize("who", BUYERS)
def test_nor_do_they_start_one_or_take_it_over(app, cast, now, who):
    person = a_buyer(cast, who, now)
    belongs(person, cast.kestrel, now, owner=True)
    with pytest.raises(RuleViolation, match="Who buys here does not pitch"):
        write(operations.start, person, challenge=cast.reference, organisation_id=cast.kestrel, now=now)
    pitch = sent(cast, now)
    db.session.execute(update(Membership).where(Membership.person_id == cast.rosa).values(until_at=now))
    db.session.commit()
    with pytest.raises(RuleViolation, match="Who buys here does not pitch"):
        write(operations.start, person, challenge=cast.reference, organisation_id=cast.kestrel, now=now)
    assert sealed.own(actor=actor(person), now=now, reference=pitch).right is None


def test_who_belonged_to_a_supplier_within_the_year_finds_no_pitch_eligible(app, cast, now):
    own, rival = sent(cast, now), sent(cast, now, person=cast.gwen, organisation=cast.gannet)
    belongs(cast.officer, cast.kestrel, now - timedelta(days=60), until=now - timedelta(days=30))
    at = closing(cast) + timedelta(minutes=3)
    write(operations.propose_opening, cast.lead, reference=cast.reference, now=at)
    write(operations.confirm_opening, cast.approver, reference=cast.reference, now=at)
    for pitch, eligible in ((own, True), (rival, False)):
        with pytest.raises(RuleViolation, match="You belong to a supplier"):
            write(
                operations.find,
                cast.officer,
                reference=pitch,
                eligible=eligible,
                reason="It does not meet the rule on insurance.",
                now=at,
            )
    write(operations.find, cast.lead, reference=rival, eligible=True, reason="", now=at)
    with pytest.raises(RuleViolation, match="You belong to a supplier"):
        write(
            operations.propose_turning,
            cast.officer,
            reference=rival,
            reason="It does not meet the rule on insurance.",
            now=at,
        )


@pytest.mark.parametrize("who", BUYERS)
def test_an_invitation_to_them_is_not_delivered_and_its_page_names_nobody(app, cast, now, who):
    person = a_buyer(cast, who, now)
    pitch = sent(cast, now)
    invite(cast, pitch, now, email=actor(person).email)
    with app.test_request_context("/"):
        assert render(mailed(), now=now) is None
    browser = browser_of(app, person)
    browser.get(f"/pitches/invitations/{fresh_token(now)}")
    assert "Kestrel" not in browser.text
    assert "so you cannot be let in" in browser.text
    rosa = browser_of(app, cast.rosa)
    rosa.get(f"/pitches/{pitch}/people")
    assert actor(person).email in rosa.text, "whoever invited them sees no difference"


def test_an_administrator_hands_nobody_a_link_into_a_supplier(app, cast, now):
    with transaction():
        accounts.invite_member(
            actor(cast.rosa),
            organisation_id=cast.kestrel,
            name="Nell New",
            email="nell@kestrel.example",
            now=now,
        )
    invitation = db.session.scalars(select(Invitation)).one()
    admin = browser_of(app, cast.admin)
    admin.get(f"/admin/people/{invitation.person_id}")
    assert "Take it back" in admin.text
    assert "Hand over a fresh link" not in admin.text
    fields = admin.form("/withdraw")["fields"]
    where = f"/admin/people/{invitation.person_id}/invitations/{invitation.id}/link"
    assert admin.post(where, data=fields).status_code == 422
    assert not re.search(r"/invitation/[\w-]+", admin.html)


def test_staff_who_judge_read_no_prices_before_the_letters(app, cast, now):
    sent(cast, now)
    at = closing(cast) + timedelta(minutes=3)
    write(operations.propose_opening, cast.lead, reference=cast.reference, now=at)
    write(operations.confirm_opening, cast.approver, reference=cast.reference, now=at)
    where = f"/manage/challenges/{cast.reference}/eligibility"

    def prices(person):
        browser = browser_of(app, person)
        browser.get(where)
        on_page = "50,000" in browser.text
        table = list(
            csv.reader(io.StringIO(browser.get(f"{where}.csv").get_data(as_text=True).lstrip("\ufeff")))
        )
        return on_page, any("50000" in cell.replace(",", "") for row in table for cell in row)

    assert prices(cast.officer) == (True, True)
    builders.a_panel_member(challenge=cast.challenge, person=cast.officer, invited_by=cast.lead, now=now)
    db.session.commit()
    assert prices(cast.officer) == (False, False)
    assert prices(cast.lead) == (True, True)
