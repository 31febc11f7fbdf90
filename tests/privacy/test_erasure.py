"""Erasing a person: what forbids it, what goes everywhere, what stays, and that the log holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pitchfest.accounts.models import Membership, Organisation, Person, SignUp, UserSession
from pitchfest.accounts.operations import enable_person, invite_staff, park
from pitchfest.accounts.rules import Size
from pitchfest.audit.queries import page as log_page
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.operations import hand_over
from pitchfest.challenges.rules import SMALL_ROUND, ChallengeState
from pitchfest.db import db, transaction
from pitchfest.db.engine import empty_journal
from pitchfest.judging import queries as judging
from pitchfest.judging.models import Score, Scorecard
from pitchfest.judging.operations import post_small
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, ProofNeeded, RuleViolation
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.operations import enqueue
from pitchfest.mail.transport import deliver_due
from pitchfest.pitches.models import AnswerVersion, Pitch, PitchMember
from pitchfest.pitches.operations import take_part
from pitchfest.pitches.rules import PitchRight, PitchState
from pitchfest.privacy import operations
from pitchfest.privacy.models import Erasure
from tests.challenges import world
from tests.privacy.region import in_the_files, parts, the_log_holds, where_it_stands
from tests.support import builders, roles
from tests.support.clock import MovableClock
from tests.support.signing_in import browser_of

S = ChallengeState


@pytest.fixture
def region(app: Flask, now: datetime) -> roles.Region:
    return roles.a_populated_region(now)


def why_not(person: int, now: datetime, *, by: int | None = None) -> str:
    """Why a person cannot be erased, by themselves or by an administrator."""
    act = partial(erase, person, now) if by is None else partial(erase_for, by, person, now)
    with pytest.raises(RuleViolation) as refused:
        act()
    assert db.session.get_one(Person, person).erased_at is None
    db.session.rollback()
    return refused.value.reason


def erase(person: int, now: datetime) -> None:
    with transaction():
        operations.erase_own(builders.actor(person, proved_at=now), parts=parts(), now=now)


def erase_for(admin: int, person: int, now: datetime) -> None:
    who = builders.actor(admin, proved_at=now)
    with transaction():
        operations.erase_other(who, person_id=person, reason="File 7", parts=parts(), now=now)


# What forbids it.


def test_the_last_administrator_cannot_go(app: Flask, now: datetime) -> None:
    only = builders.a_person("Only", Role.ADMIN)
    with transaction():
        invite_staff(
            builders.actor(only, proved_at=now),
            name="Not Here Yet",
            email="not.here@people.example",
            role=Role.ADMIN,
            now=now,
        )
    assert "you are the only one" in why_not(only, now)
    builders.a_person("Another", Role.ADMIN)
    erase(only, now)


def test_the_last_owner_of_an_organisation_with_others_cannot_go(app: Flask, now: datetime) -> None:
    organisation = builders.an_organisation("Alder Ltd")
    owner = builders.a_person("Owner", organisation=organisation, owner=True)
    builders.a_person("Member", organisation=organisation)
    assert "Alder Ltd needs an owner" in why_not(owner, now)
    builders.a_person("Second", organisation=organisation, owner=True)
    erase(owner, now)


def test_who_alone_can_send_a_live_pitch_withdraws_it_first(
    app: Flask, region: roles.Region, now: datetime
) -> None:
    assert f"Only you can send {region.stages[S.OPEN]['pitch']}" in why_not(region.people["sender"], now)
    erase(region.people["viewer"], now)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("judge", "still needs you. Ask the procurement lead"),
        ("chair", "still needs you. Ask the procurement lead"),
        ("decider", "is still under way, and you decide it. Hand it over"),
        ("officer", "is still under way, and you run it. Hand it over"),
    ],
)
def test_whom_a_challenge_under_way_needs_cannot_go(
    app: Flask, region: roles.Region, now: datetime, name: str, words: str
) -> None:
    assert words in why_not(region.people[name], now)


def test_it_asks_for_proof_and_an_administrator_cannot_use_the_other_way_for_themselves(
    app: Flask, now: datetime
) -> None:
    admin, other = builders.a_person("Admin", Role.ADMIN), builders.a_person("Other")
    with pytest.raises(ProofNeeded), transaction():
        operations.erase_own(builders.actor(other), parts=parts(), now=now)
    for person, proved, error in ((other, None, ProofNeeded), (admin, now, NotAllowed)):
        with pytest.raises(error), transaction():
            operations.erase_other(
                builders.actor(admin, proved_at=proved),
                person_id=person,
                reason="File 7",
                parts=parts(),
                now=now,
            )


# What goes.


def test_no_name_or_address_is_left_anywhere(app: Flask, now: datetime, clock: MovableClock) -> None:
    """A supplier who also judged once: every table and, on SQLite, every byte of the files."""
    builders.a_region()
    person, address = a_busy_person(now)
    empty_journal()
    assert set(where_it_stands("zebedee", address)) >= {"person.name", "person.email", "sign_up.email"}
    if db.engine.dialect.name == "sqlite":
        assert in_the_files(app, "zebedee", address)
    erase(person, now)
    assert list(where_it_stands("zebedee", address)) == ["outbox_message.address"]
    assert deliver_due(clock.now) > 0
    assert operations.sweep_farewells(clock.now) == 1
    assert list(where_it_stands("zebedee", address)) == []
    assert in_the_files(app, "zebedee", address) == []
    assert the_log_holds()
    assert operations.sweep_farewells(clock.now) == 0


def a_busy_person(now: datetime) -> tuple[int, str]:
    """Somebody who did all that leaves traces; their id and address."""
    address = "zebedee.quill@people.example"
    organisation = builders.an_organisation("Alder Ltd")
    person = builders.a_person("Zebedee Quill", email=address, organisation=organisation, owner=True)
    officer = builders.a_person("Officer", Role.OFFICER)
    over = builders.a_challenge(state=S.AWARDED, officer=officer, now=now)
    builders.a_pitch(
        challenge=over, organisation=organisation, author=person, state=PitchState.UNSUCCESSFUL, now=now
    )
    builders.a_panel_member(challenge=over, person=person, invited_by=officer, now=now)
    running = builders.a_challenge(state=S.OPEN, officer=officer, now=now)
    builders.a_pitch(
        challenge=running, organisation=organisation, author=person, state=PitchState.DRAFT, now=now
    )
    with transaction():
        enqueue("sign_in_link", now=now, person_id=person, address=address)
        park(person, path="/pitches/PF-2222", fields=[("answer", "Signed, Zebedee Quill")], now=now)
    db.session.add(
        SignUp(
            email=address,
            name="Zebedee Quill",
            organisation_name="Alder Ltd",
            size=Size.SMALL,
            place="Testford",
            created_at=now,
        )
    )
    db.session.commit()
    return person, address


def test_what_staff_made_carries_no_name_of_theirs(app: Flask, now: datetime) -> None:
    """A small round, published and frozen later, and an organisation to practise with."""
    cast = world.a_cast()
    staff = builders.actor(
        builders.a_person("Quillon Zebedee", Role.OFFICER, email="q@people.example"), proved_at=now
    )
    judges = [(f"Judge {n}", f"judge-{n}@judges.example") for n in range(3)]
    fields: dict[str, Any] = {
        "question": "Q?",
        "problem": "P",
        "who_has_it": "W",
        "outcome_sought": "O",
        "budget_pence": 1,
    }
    fields["decision_maker_id"] = cast.lead
    with transaction():
        reference = post_small(
            staff, template=SMALL_ROUND, title="Gritting", judges=judges, now=now, **fields
        )
    practice = db.session.get_one(
        Challenge, builders.a_challenge(state=S.OPEN, officer=cast.officer, now=now)
    )
    practice.practice, practised = True, practice.reference
    db.session.commit()
    with transaction():
        take_part(staff, reference=practised, now=now)
    once = builders.an_organisation("Quillon Zebedee (practice)")
    db.session.get_one(Organisation, once).practice = True
    db.session.add(Membership(organisation_id=once, person_id=staff.person_id, is_owner=True, from_at=now))
    db.session.commit()
    with transaction():
        hand_over(staff, reference=reference, person_id=cast.officer, reason="She leaves for good.", now=now)
    erase(staff.person_id, now)
    assert list(where_it_stands("quillon", "zebedee")) == []


def test_drafts_that_nobody_else_sees_go_and_shared_ones_stay(app: Flask, now: datetime) -> None:
    organisation = builders.an_organisation("Alder Ltd")
    person = builders.a_person("Person", organisation=organisation, owner=True)
    partner = builders.a_person("Partner", organisation=organisation, owner=True)
    officer = builders.a_person("Officer", Role.OFFICER)
    made = [
        builders.a_pitch(
            challenge=builders.a_challenge(state=S.OPEN, officer=officer, now=now),
            organisation=organisation,
            author=person,
            state=PitchState.DRAFT,
            now=now,
        )
        for _ in range(2)
    ]
    db.session.add(PitchMember(pitch_id=made[1], person_id=partner, right=PitchRight.SUBMIT, from_at=now))
    db.session.commit()
    erase(person, now)
    assert list(db.session.scalars(select(Pitch.id))) == [made[1]]
    assert db.session.query(AnswerVersion).filter_by(pitch_id=made[1]).count() == 3
    still = db.session.scalars(select(PitchMember.person_id).where(PitchMember.until_at.is_(None)))
    assert list(still) == [partner]


# What stays.


def test_signed_scorecards_stay_under_a_made_up_name_and_the_totals_hold(
    app: Flask, now: datetime, region: roles.Region
) -> None:
    person = region.people["elsewhere"]
    before = judging.total_differences()
    scores = db.session.query(Score).count()
    erase(region.people["newcomer"], now)
    erase(person, now)
    assert db.session.query(Score).count() == scores
    assert db.session.query(Scorecard).count() > 0
    assert judging.total_differences() == before
    name = db.session.get_one(Person, person).name
    assert name.startswith("Former member ")
    assert the_log_holds()


def test_the_record_says_what_stays_and_why_and_so_does_the_last_mail(
    app: Flask, now: datetime, clock: MovableClock
) -> None:
    builders.a_region()
    person, address = a_busy_person(now)
    erase(person, now)
    row = db.session.scalars(select(Erasure)).one()
    assert (row.person_id, row.by_id, row.reason) == (person, person, "")
    assert "opened\u00a0pitch" in row.stays.replace("opened pitch", "opened\u00a0pitch")
    last = db.session.scalars(select(OutboxMessage).filter_by(address=address)).one()
    assert (last.kind, last.person_id) == ("account_erased", None)
    entries, _total = log_page(number=1, size=1, action="person.erase")
    assert entries[0]["object"] == f"person:{person}"
    assert "pitch" not in entries[0]["detail"]


@pytest.mark.parametrize("practice", ["organisation", "challenge"])
def test_practice_keeps_nobody_from_being_erased(app: Flask, now: datetime, practice: str) -> None:
    admin, officer = builders.a_person("Admin", Role.ADMIN), builders.a_person("Officer", Role.OFFICER)
    organisation = builders.an_organisation("Practice supplier 7K2Q")
    person = builders.a_person("Colleague", organisation=organisation, owner=True)
    challenge = builders.a_challenge(state=S.OPEN, officer=officer, now=now)
    assert "This person belongs to a supplier, and a challenge is open" in why_not(person, now, by=admin)
    if practice == "organisation":
        db.session.get_one(Organisation, organisation).practice = True
    else:
        db.session.get_one(Challenge, challenge).practice = True
    db.session.commit()
    erase_for(admin, person, now)


# The pages.


def test_two_pages_then_signed_out_everywhere_with_the_last_page_to_read(app: Flask, now: datetime) -> None:
    builders.a_region()
    organisation = builders.an_organisation("Alder Ltd")
    person = builders.a_person("Leaver", organisation=organisation, owner=True)
    elsewhere, browser = browser_of(app, person), browser_of(app, person)
    browser.get("/account/data/erase")
    assert "What goes" in browser.text
    assert "What stays, and why" in browser.text
    browser.get("/account/data/erase/confirm")
    assert "This cannot be undone" in browser.text
    answer = browser.send("/account/data/erase/confirm", follow=False)
    assert answer.location == "/account/closed"
    browser.get("/account/closed")
    assert "Your account is closed" in browser.text
    assert f"Your number in our records: {person}" in browser.text
    for each in (elsewhere, browser):
        assert each.get("/account").location.startswith("/sign-in")
    assert elsewhere.get("/account/closed").status_code == 404
    assert db.session.query(UserSession).count() == 0
    assert db.session.query(Membership).filter(Membership.until_at.is_(None)).count() == 0


def test_someone_who_cannot_go_reads_why_and_finds_no_button(app: Flask, now: datetime) -> None:
    builders.a_region()
    browser = browser_of(app, builders.a_person("Only", Role.ADMIN))
    browser.get("/account/data/erase")
    assert "You cannot close your account yet" in browser.text
    assert "/account/data/erase/confirm" not in browser.html
    browser.get("/account/data/erase/confirm")
    answer = browser.send("/account/data/erase/confirm", follow=False)
    assert answer.status_code == 422
    assert "The region needs an administrator" in browser.text


def test_an_administrator_erases_on_a_written_request_and_nobody_lets_them_in_again(
    app: Flask, now: datetime
) -> None:
    builders.a_region()
    admin, person = builders.a_person("Admin", Role.ADMIN), builders.a_person("Leaver")
    browser = browser_of(app, admin)
    browser.get(f"/admin/people/{person}/erase")
    assert browser.send(f"/admin/people/{person}/erase", follow=False).status_code == 422
    browser.get(f"/admin/people/{person}/erase")
    answer = browser.send(
        f"/admin/people/{person}/erase", follow=False, reason="Letter of 20 November, file 7"
    )
    assert answer.location == f"/admin/people/{person}"
    browser.get(f"/admin/people/{person}")
    assert "This person was erased on Monday 23 November 2026" in browser.text
    entries, _total = log_page(number=1, size=1, action="person.erase")
    assert "file 7" not in entries[0]["detail"]
    with pytest.raises(Conflict), transaction():
        enable_person(builders.actor(admin, proved_at=now), person_id=person, now=now)


# Two worlds: whether somebody pitched shows in nothing that an administrator gets.


def test_an_administrator_learns_nothing_of_sealed_pitches(
    app: Flask, now: datetime, clock: MovableClock
) -> None:
    builders.a_region()
    admin, officer = builders.a_person("Admin", Role.ADMIN), builders.a_person("Officer", Role.OFFICER)
    people = []
    for name in ("Alder", "Birch"):
        organisation = builders.an_organisation(name)
        people.append((builders.a_person("Same Name", organisation=organisation, owner=True), organisation))
    challenge = builders.a_challenge(state=S.OPEN, officer=officer, now=now)
    builders.a_pitch(
        challenge=challenge,
        organisation=people[0][1],
        author=people[0][0],
        state=PitchState.SUBMITTED,
        now=now,
    )
    browser = browser_of(app, admin)

    def seen(person: int) -> str:
        browser.get(f"/admin/people/{person}/erase")
        return browser.text

    assert seen(people[0][0]) == seen(people[1][0])
    assert why_not(people[0][0], now, by=admin) == why_not(people[1][0], now, by=admin)
    clock.move(days=8)  # closed and sealed: nothing stands in the way of either
    browser = browser_of(app, admin)
    assert seen(people[0][0]) == seen(people[1][0])
    later = clock.now()
    for person, _organisation in people:
        erase_for(admin, person, later)
    rows = db.session.scalars(select(Erasure).order_by(Erasure.id)).all()
    assert (rows[0].went, rows[0].stays) == (rows[1].went, rows[1].stays)
    assert later - now == timedelta(days=8)
