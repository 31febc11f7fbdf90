"""Pitches typed for a supplier and pitches received elsewhere: sealed like any other, for everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from pitchfest.accounts.models import Membership
from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.judging import operations as judging
from pitchfest.judging.models import PanelMember
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation
from pitchfest.mail.models import OutboxMessage
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import AssistedPitch, Pitch
from pitchfest.pitches.queries import sealed
from pitchfest.pitches.rules.another_way import ToldBy
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import PitchState
from tests.pitches.another_way import (
    MARK,
    OTHER,
    PDF,
    SUPPLIER,
    after_closing,
    assisted,
    brought,
    send,
    typed,
)
from tests.pitches.cast import actor, closing, open_all, opening_record, write
from tests.support import builders


@pytest.fixture(autouse=True)
def folder(bare_app, tmp_path, monkeypatch):
    """Where this test's files stand."""
    monkeypatch.setattr(bare_app, "instance_path", str(tmp_path))
    return tmp_path / "files"


# Typing for a supplier.


def test_the_assistant_writes_and_sends_and_is_then_shut_out(bare_app, browser, cast, now):
    with bare_app.app_context():
        pitch = typed(cast, now)
    officer = browser(cast.officer)
    assert officer.get(f"/pitches/{pitch}").status_code == 200
    assert "You type this for Hedgerow Works" in officer.text
    officer.get(f"/pitches/{pitch}/check")
    officer.send(f"/pitches/{pitch}/check", action="/check", declared="y")
    assert "Read the pitch back to the supplier" in officer.text
    officer.send(f"/pitches/{pitch}/check", action="/check", declared="y", read_back="y")
    assert "The pitch is in" in officer.text
    assert MARK not in officer.html
    for page in ("", "/check", "/questions/1", "/receipts/1", "/receipts/1.json", "/people", "/withdraw"):
        assert officer.get(f"/pitches/{pitch}{page}").status_code == 404, page
    assert officer.get(f"/pitches/{pitch}/slip").status_code == 200
    assert pitch not in officer.get("/pitches").get_data(as_text=True)
    with bare_app.app_context():
        assert db.session.scalar(select(AssistedPitch.read_back_at)) == now
        assert db.session.scalars(select(OutboxMessage.kind)).all() == [], "no copy of the words by mail"


def test_nobody_else_reaches_what_is_typed_or_its_slip(bare_app, browser, cast, now):
    with bare_app.app_context():
        pitch = typed(cast, now)
    for sent in (False, True):
        if sent:
            with bare_app.app_context():
                send(cast, pitch, now)
        for person in (cast.lead, cast.approver, cast.admin, cast.observer, cast.rosa):
            other = browser(person)
            for page in ("", "/slip", "/take-out", "/check"):
                assert other.get(f"/pitches/{pitch}{page}").status_code == 404, page
            assert "Hedgerow" not in other.get("/").get_data(as_text=True)
        lead = browser(cast.lead)
        for page in ("", "/assist", "/opening"):
            lead.get(f"/manage/challenges/{cast.reference}{page}")
            assert "Hedgerow" not in lead.html
            assert pitch not in lead.html


def test_what_is_typed_waits_at_home_and_can_be_shared_with_nobody(bare_app, browser, cast, now):
    with bare_app.app_context():
        pitch = assisted(cast, now)
        with pytest.raises(NotAllowed, match="nobody else can be let in"):
            write(
                operations.give_right,
                cast.officer,
                reference=pitch,
                person_id=cast.lead,
                right="view",
                now=now,
            )
    officer = browser(cast.officer)
    officer.get("/")
    assert "Finish and send what you type for Hedgerow Works" in officer.text


def test_the_declaration_is_asked_for(app, cast, now):
    with pytest.raises(RuleViolation, match="not on the panel"):
        write(
            operations.assist,
            cast.officer,
            reference=cast.reference,
            supplier=SUPPLIER,
            told_by=ToldBy.PAPER,
            declared=False,
            now=now,
        )


def test_a_draft_not_sent_in_time_is_nobodys_to_read(app, cast, now):
    pitch = typed(cast, now)
    with transaction():
        operations.seal_at_closing(cast.challenge, after_closing(cast))
    row = sealed.own(actor=actor(cast.officer), now=after_closing(cast), reference=pitch)
    assert (row.right, row.state) == (None, PitchState.LAPSED)
    assert db.session.scalars(select(OutboxMessage.kind)).all() == []
    with pytest.raises(NotFound):
        _slip(cast.officer, pitch, after_closing(cast))


def _slip(person, pitch, now):
    found = queries.slip(actor=actor(person), now=now, reference=pitch)
    if not PERMISSIONS[Permission.SLIP](actor(person), found):
        raise NotFound
    return found


def test_the_assistant_takes_it_back_for_the_supplier_and_types_it_anew(bare_app, browser, cast, now):
    with bare_app.app_context():
        pitch = typed(cast, now)
        send(cast, pitch, now)
    officer = browser(cast.officer)
    officer.fill(f"/pitches/{pitch}/take-out", action="/take-out")
    assert "Taken out again" in officer.text
    assert officer.get(f"/pitches/{pitch}/take-out").status_code == 403
    with bare_app.app_context():
        assert queries.count(cast.challenge, now) == 0
        assert assisted(cast, now) != pitch


# Keeping apart from the panel.


def on_panel(cast, person, now, *, released=False):
    builders.a_panel_member(challenge=cast.challenge, person=person, invited_by=cast.lead, now=now)
    if released:
        values = {"released_at": now, "released_by_id": cast.lead, "release_reason": "Was ill"}
        db.session.execute(update(PanelMember).values(**values))
        db.session.commit()


@pytest.mark.parametrize("released", [False, True])
def test_whoever_is_or_was_on_the_panel_neither_types_nor_brings(app, cast, now, released):
    on_panel(cast, cast.officer, now, released=released)
    with pytest.raises(NotAllowed, match="on this panel, or were"):
        assisted(cast, now)
    with pytest.raises(NotAllowed, match="on this panel, or were"):
        brought(cast, after_closing(cast), who=cast.officer)


@pytest.mark.parametrize("way", ["typed", "brought"])
def test_whoever_typed_or_brought_never_judges(app, cast, now, way):
    moment = now if way == "typed" else after_closing(cast)
    if way == "typed":
        assisted(cast, now)
    else:
        brought(cast, moment, who=cast.officer)
    address = actor(cast.officer).email
    with pytest.raises(RuleViolation, match="stay off this panel"):
        write(
            judging.invite,
            cast.lead,
            reference=cast.reference,
            name="Josephine Okafor",
            email=address,
            now=moment,
        )
    assert db.session.scalars(select(PanelMember.id)).all() == []


def belongs(person, organisation, since, until=None):
    member = Membership(organisation_id=organisation, person_id=person, from_at=since, until_at=until)
    db.session.add(member)
    db.session.commit()


@pytest.mark.parametrize("left_days_ago", [None, 364])
def test_whoever_belongs_to_a_supplier_neither_types_nor_brings(app, cast, now, left_days_ago):
    """They would read what a rival sends before the closing."""
    until = None if left_days_ago is None else now - timedelta(days=left_days_ago)
    belongs(cast.officer, cast.gannet, now - timedelta(days=400), until)
    with pytest.raises(NotAllowed, match="You belong to a supplier, or did"):
        assisted(cast, now)
    if until is None:
        with pytest.raises(NotAllowed, match="You belong to a supplier, or did"):
            brought(cast, after_closing(cast), who=cast.officer)


def test_the_decision_maker_neither_types_nor_brings(app, cast, now):
    db.session.execute(update(Challenge).values(decision_maker_id=cast.officer))
    db.session.commit()
    with pytest.raises(NotAllowed, match="You decide on this challenge"):
        assisted(cast, now)
    with pytest.raises(NotAllowed, match="You decide on this challenge"):
        brought(cast, after_closing(cast), who=cast.officer)


def test_whoever_typed_a_pitch_is_not_named_as_the_decision_maker(app, cast, now):
    assisted(cast, now)
    with pytest.raises(RuleViolation, match="Someone else must decide"):
        write(
            judging.name_decision_maker,
            cast.lead,
            reference=cast.reference,
            person_id=cast.officer,
            reason="The first one is away.",
            now=now,
        )


@pytest.mark.parametrize("person", ["approver", "champion", "observer", "admin", "rosa"])
def test_only_officers_and_the_lead_type_and_bring(app, cast, now, person):
    with pytest.raises((NotAllowed, NotFound)):
        assisted(cast, now, who=getattr(cast, person))
    with pytest.raises((NotAllowed, NotFound)):
        brought(cast, after_closing(cast), who=getattr(cast, person))


# Bringing.


def test_bringing_waits_for_closing_and_ends_with_the_opening(app, cast, now):
    with pytest.raises(NotAllowed, match="after closing and before the opening"):
        brought(cast, now)
    with pytest.raises(NotAllowed, match="while the challenge is open"):
        assisted(cast, after_closing(cast))
    open_all(cast, after_closing(cast))
    with pytest.raises(NotAllowed, match="after closing and before the opening"):
        brought(cast, after_closing(cast) + timedelta(hours=1))


def test_a_pitch_received_at_the_closing_minute_is_in_and_one_later_is_not(app, cast, now):
    brought(cast, after_closing(cast), received_at=closing(cast))
    with pytest.raises(RuleViolation, match=r"too late by 42\sminutes\. The challenge closed at"):
        brought(cast, after_closing(cast), received_at=closing(cast) + timedelta(minutes=42))
    with pytest.raises(RuleViolation, match="before the challenge was published"):
        brought(cast, after_closing(cast), received_at=now - timedelta(days=400))


def test_one_file_or_one_text_and_the_price(app, cast, now):
    moment = after_closing(cast)
    with pytest.raises(RuleViolation, match="one of the two"):
        brought(cast, moment, text="")
    with pytest.raises(RuleViolation, match="one of the two"):
        brought(cast, moment, file=True, text="And words")
    for price in (None, 0):
        with pytest.raises(RuleViolation, match="Enter the price"):
            brought(cast, moment, price_pence=price)
    assert queries.count(cast.challenge, moment) == 0


@pytest.mark.parametrize("file", [True, False])
def test_the_same_supplier_or_the_same_content_is_brought_once(app, cast, now, file):
    moment = after_closing(cast)
    pitch = brought(cast, moment, file=file)
    shouting = replace(SUPPLIER, name="HEDGEROW works")
    with pytest.raises(RuleViolation, match=f"a pitch of Hedgerow Works: {pitch}"):
        brought(cast, moment, supplier=shouting, file=True, data=PDF + b"more")
    with pytest.raises(RuleViolation, match=f"as the pitch of Hedgerow Works: {pitch}"):
        brought(cast, moment, supplier=OTHER, file=file)
    brought(cast, moment, supplier=OTHER, file=True, data=PDF[:-2] + b"!!")
    write(operations.take_out, cast.lead, reference=pitch, now=moment)
    brought(cast, moment, file=file)
    brought(cast, moment, who=cast.officer, file=file)


def test_a_pitch_brought_after_the_first_yes_makes_it_count_no_more(app, cast, now):
    moment = after_closing(cast)
    write(operations.propose_opening, cast.lead, reference=cast.reference, now=moment)
    brought(cast, moment)
    with pytest.raises(Exception, match="changed after it was proposed"):
        write(operations.confirm_opening, cast.approver, reference=cast.reference, now=moment)


def test_a_mistake_is_taken_out_again_before_the_opening_by_whoever_made_it(app, cast, now):
    moment = after_closing(cast)
    pitch, stays = brought(cast, moment), brought(cast, moment, file=True, supplier=OTHER)
    with pytest.raises(NotFound):
        write(operations.take_out, cast.officer, reference=pitch, now=moment)
    write(operations.take_out, cast.lead, reference=pitch, now=moment)
    open_all(cast, moment)
    assert [p.reference for p in queries.opened(cast.challenge)] == [stays]
    assert opening_record(cast).record["withdrawn_before"] == 1
    with pytest.raises(NotAllowed):
        write(operations.take_out, cast.lead, reference=stays, now=moment)


def test_the_opening_lists_how_each_came_and_the_log_reveals_the_salts(app, cast, now):
    pitch = typed(cast, now)
    send(cast, pitch, now)
    moment = after_closing(cast)
    mailed = brought(cast, moment)
    open_all(cast, moment)
    record = {row["reference"]: row for row in opening_record(cast).record["pitches"]}
    assert (record[pitch]["how"], record[mailed]["how"]) == ("told:phone", "brought:email")
    log = "\n".join(db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "pitches.open")))
    assert "told:phone" in log
    assert "Hedgerow" not in log
    assert "Kingfisher" not in log
    found = queries.opened_by_reference(mailed)
    assert found.price_pence == 4_000_000
    assert set(queries.opened_answers([found.id])[found.id].values()) >= {"See the pitch as received."}


def test_nothing_in_the_log_before_the_opening_names_who_acted(app, cast, now):
    send(cast, typed(cast, now), now)
    brought(cast, after_closing(cast))
    sealed_acts = ("pitch.start", "pitch.submit", "pitch.bring")
    rows = db.session.execute(select(AuditEntry).where(AuditEntry.action.in_(sealed_acts))).scalars().all()
    assert sorted(row.action for row in rows) == ["pitch.bring", "pitch.start", "pitch.submit"]
    assert {row.actor for row in rows} == {"sealed"}
    organisations = select(AuditEntry.seq).where(AuditEntry.action.like("organisation%"))
    assert db.session.scalars(organisations).all() == []


# At rest.


def at_rest() -> bytes:
    """All that the database holds, as someone who has its file would read it."""
    if db.engine.dialect.name == "sqlite":
        file = Path(db.engine.url.database or "")
        return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))
    tables = db.metadata.tables
    rows = [db.session.execute(text(f'SELECT t::text FROM "{name}" t')).scalars() for name in tables]
    plain = "\n".join(row for found in rows for row in found)
    return plain.encode() + b"".join(
        bytes.fromhex(piece[:4000]) for piece in plain.split("\\\\x")[1:] if _is_hex(piece[:4000])
    )


def _is_hex(piece: str) -> bool:
    return len(piece) % 2 == 0 and all(c in "0123456789abcdef" for c in piece)


def test_no_word_stands_in_database_or_files(app, cast, now, folder):
    typed(cast, now)
    moment = after_closing(cast)
    brought(cast, moment)
    brought(cast, moment, file=True, supplier=OTHER)
    everything = at_rest() + b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"Hedgerow Works" in everything, "the search does look where rows stand"
    for word in (b"ingfisher", b"Moorgate", b"%PDF", b"application/pdf pitch"):
        assert word not in everything, word


def test_a_sealed_file_opens_for_readers_once_opened_and_not_before(bare_app, browser, cast, now, clock):
    with bare_app.app_context():
        moment = after_closing(cast)
        clock.go_to(moment)
        pitch = brought(cast, moment, file=True)
        found = db.session.scalars(select(Pitch.id).where(Pitch.reference == pitch)).one()
        with pytest.raises(NotFound):
            queries.file_as_received(found)
    address = f"/manage/pitches/{pitch}/as-received"
    for person in (cast.lead, cast.officer, cast.admin):
        assert browser(person).get(address).status_code == 404
    with bare_app.app_context():
        open_all(cast, moment)
    clock.move(minutes=5)
    response = browser(cast.observer).get(address)
    assert (response.status_code, response.get_data()) == (200, PDF)
    assert response.headers["Content-Disposition"] == 'attachment; filename="Moorgate pitch.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    for person in (cast.admin, cast.rosa):
        assert browser(person).get(address).status_code == 404
