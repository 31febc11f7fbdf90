"""What people of suppliers need to take part reaches officer and lead, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.accounts.models import Membership
from pitchfest.audit import queries as audit
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Need
from pitchfest.challenges.operations import privacy as erasure
from pitchfest.challenges.queries import privacy
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, TooLate
from tests.challenges.world import closing_of
from tests.pitches.cast import read_mail, told
from tests.support import builders
from tests.support.signing_in import browser_of

NEED = "An interpreter for British Sign Language on the briefing day."
CONTACT = "sam@gully.example, by email only"
REPLY = "We book one for the whole briefing day."


def tell(cast, reference, now, *, who="supplier", text=NEED, contact=CONTACT):
    with transaction():
        operations.tell_need(cast.actor(who), reference=reference, text=text, contact=contact, now=now)


def reply(cast, reference, now, *, who="officer", text=REPLY):
    need_id = db.session.scalars(select(Need.id).order_by(Need.id).limit(1)).one()
    with transaction():
        operations.reply_to_need(cast.actor(who), reference=reference, need_id=need_id, reply=text, now=now)


def needs(reference, now):
    return queries.needs(queries.by_reference(reference, now).id)


def test_it_reaches_officer_and_leads_and_the_reply_reaches_the_person(app, cast, reference, now):
    tell(cast, reference, now)
    assert told("need_told") == sorted([cast.officer, cast.lead])
    mail = read_mail(app, cast.lead, now, "need_told")
    assert "Sign Language" not in mail.body + mail.subject
    assert "Sam Supplier" not in mail.body + mail.subject
    reply(cast, reference, now)
    assert told("need_replied") == [cast.supplier]
    assert REPLY in read_mail(app, cast.supplier, now, "need_replied").body
    (row,) = needs(reference, now)
    assert (row.text, row.contact, row.reply, row.replied_by) == (NEED, CONTACT, REPLY, "Bryn Haldane")
    with pytest.raises(Conflict, match="replied to this already"):
        reply(cast, reference, now, who="lead")


def test_until_the_closing_and_in_words(cast, reference, now):
    closes = closing_of(reference, now)
    for values, word in (({"text": "Help"}, "Say what you need"), ({"contact": " "}, "how we reach you")):
        with pytest.raises(RuleViolation, match=word):
            tell(cast, reference, now, **values)
    tell(cast, reference, closes - timedelta(seconds=1))
    with pytest.raises(TooLate, match="Call us instead"):
        tell(cast, reference, closes)
    with pytest.raises(RuleViolation, match="Say what you will do"):
        reply(cast, reference, closes, text="Yes.")


def test_nobody_floods_the_list(cast, reference, now):
    for _ in range(10):
        tell(cast, reference, now)
    with pytest.raises(RuleViolation, match="already"):
        tell(cast, reference, now)


def test_suppliers_tell_and_officer_and_lead_read_unless_they_belong_to_a_supplier(cast, reference, now):
    for staff in ("officer", "admin"):
        with pytest.raises(NotAllowed, match="You work here"):
            tell(cast, reference, now, who=staff)
    tell(cast, reference, now)
    for person, error in (("approver", NotAllowed), ("admin", NotAllowed), ("observer", NotFound)):
        with pytest.raises(error):
            reply(cast, reference, now, who=person)
    with pytest.raises(NotFound):
        reply(cast, reference, now, who="supplier")
    long_ago = now - timedelta(days=9)
    db.session.add(Membership(organisation_id=1, person_id=cast.officer, is_owner=False, from_at=long_ago))
    db.session.commit()
    with pytest.raises(NotAllowed, match="belong to a supplier"):
        reply(cast, reference, now)


def test_the_log_holds_neither_words_nor_who_told_them(cast, reference, now):
    tell(cast, reference, now)
    reply(cast, reference, now)
    entries = [dict(entry) for entry in audit.chain()]
    assert [e["action"] for e in entries][-2:] == ["challenge.tell_need", "challenge.reply_to_need"]
    assert f"person:{cast.supplier}" not in str(entries)
    assert "Sign Language" not in str(entries)
    assert "briefing" not in str(entries)


def test_it_is_in_the_persons_copy_and_goes_with_them_or_in_time(cast, reference, now):
    tell(cast, reference, now)
    found = next(s for s in privacy.sections(cast.supplier, now) if s.title.startswith("What you told us"))
    assert found.rows == ((reference, now, NEED, CONTACT, ""),)
    closes = closing_of(reference, now)
    assert privacy.needs_due(closes - timedelta(seconds=1)).count == 0
    assert privacy.needs_due(closes).count == 1
    with transaction():
        assert erasure.remove_needs(closes - timedelta(seconds=1), now, 10) == 0
        assert erasure.remove_needs(closes, now, 10) == 1
    tell(cast, reference, now)
    assert privacy.erasing(cast.supplier, True, now).goes == ("What you told us you need to take part",)
    assert privacy.erasing(cast.supplier, False, now).goes == ()
    with transaction():
        erasure.erase(cast.supplier, now)
    assert db.session.query(Need).count() == 0


def test_the_pages_from_telling_to_the_reply(app, cast, reference, now):
    page, desk = f"/challenges/{reference}/needs", f"/manage/challenges/{reference}/needs"
    supplier, officer = cast.browser(app, "supplier"), cast.browser(app, "officer")
    supplier.get(f"/challenges/{reference}")
    assert "Tell us what you need to take part" in supplier.text
    supplier.fill(page, text="Help", contact="")
    assert "Say what you need" in supplier.text
    officer.get(desk)
    assert "Nobody has told us of a need" in officer.text
    supplier.fill(page, text=NEED, contact=CONTACT)
    assert "Someone here replies to you" in supplier.text
    officer.get(f"/manage/challenges/{reference}")
    assert "What suppliers need to take part : 1 to reply to" in officer.text
    officer.get(desk)
    assert NEED in officer.text
    assert CONTACT in officer.text
    one = f"{desk}/{needs(reference, now)[0].id}"
    officer.fill(one, reply="Yes.")
    assert "Say what you will do" in officer.text
    officer.fill(one, reply=REPLY)
    assert "on its way" in officer.text
    supplier.get(page)
    assert REPLY in supplier.text
    rival = builders.a_person("Rita Rival", organisation=builders.an_organisation("Rival Ltd"))
    browser = browser_of(app, rival)
    browser.get(page)
    assert NEED not in browser.text
    for path in (desk, one):
        assert supplier.get(path).status_code == 404
        assert cast.browser(app, "observer").get(path).status_code == 404
        assert cast.browser(app, "approver").get(path).status_code == 403
    assert officer.get(f"{desk}/999999").status_code == 404
