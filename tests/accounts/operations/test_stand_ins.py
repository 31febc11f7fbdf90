"""Standing in: for a time a colleague holds a role, everywhere, and then not any more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pitchfest.accounts import operations, queries
from pitchfest.accounts.rules import ActKind
from pitchfest.audit.models import AuditEntry
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, ProofNeeded, RuleViolation
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.accounts.people import sent, words_of
from tests.support import builders as make
from tests.support.signing_in import browser_of, sign_in

TODAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


class World:
    """Two administrators, an approver who goes away, and an officer who could stand in."""

    def __init__(self, now: datetime) -> None:
        make.a_region(demo=False)
        self.now = now
        self.ada = make.a_person("Ada", Role.ADMIN)
        self.bea = make.a_person("Bea", Role.ADMIN)
        self.away = make.a_person("Arjun Away", Role.APPROVER, Role.CHAMPION)
        self.olive = make.a_person("Olive Officer", Role.OFFICER)

    def name(self, role=Role.CHAMPION, *, by=None, who=None, first=TODAY, last=FRIDAY, proved=True):
        actor = make.actor(by or self.ada, proved_at=self.now if proved else None)
        with transaction():
            return operations.name_stand_in(
                actor,
                for_person_id=self.away,
                person_id=who or self.olive,
                role=role,
                first_day=first,
                last_day=last,
                now=self.now,
            )

    def confirm(self, by):
        (act,) = queries.open_acts(ActKind.GRANT_ROLE)
        db.session.rollback()
        with transaction():
            operations.confirm_stand_in(make.actor(by, proved_at=self.now), act_id=act.id, now=self.now)

    def roles(self, at=None):
        return queries.actor_of(self.olive, now=at or self.now).roles


@pytest.fixture
def world(app, now):
    return World(now)


def test_from_the_first_to_the_last_day_the_role_is_simply_held(world, now):
    assert world.name(first=date(2026, 11, 24))
    before, after = datetime.fromisoformat("2026-11-24T00:00Z"), datetime.fromisoformat("2026-11-28T00:00Z")
    for at, holds in (
        (now, False),
        (before - timedelta(seconds=1), False),
        (before, True),
        (after - timedelta(seconds=1), True),
        (after, False),
    ):
        assert (Role.CHAMPION in world.roles(at)) is holds, at
        champions = {person.id for person in queries.staff(Role.CHAMPION, now=at)}
        assert (world.olive in champions) is holds, at
        assert world.away in champions, "the colleague keeps it"


def test_the_session_holds_it_and_loses_it_again(app, world, clock):
    world.name()
    browser = browser_of(app, world.olive)
    token = sign_in(browser, world.olive)
    present = queries.session_actor(token, clock.now())
    assert present is not None
    assert present.actor.roles == {Role.OFFICER, Role.CHAMPION}
    browser.get("/")
    assert "You stand in for Arjun Away as innovation champion until Friday 27 November 2026" in browser.text
    clock.move(days=6)
    sign_in(browser, world.olive)
    browser.get("/")
    assert "stand in" not in browser.text


def test_a_weighty_role_needs_the_second_administrator(world):
    assert not world.name(Role.APPROVER)
    assert Role.APPROVER not in world.roles()
    (task,) = home.waiting(make.actor(world.bea), world.now)
    assert task.text == "Ada wants someone to stand in as approver"
    assert task.values == {"person_id": world.away}
    with pytest.raises(RuleViolation):
        world.confirm(world.ada)
    world.confirm(world.bea)
    assert Role.APPROVER in world.roles()
    assert home.waiting(make.actor(world.bea), world.now) == []


def test_a_weighty_role_asks_for_proof(world):
    with pytest.raises(ProofNeeded):
        world.name(Role.APPROVER, proved=False)


def test_what_changed_meanwhile_voids_the_proposal(world):
    world.name(Role.APPROVER)
    with transaction():
        operations.end_role(make.actor(world.ada), person_id=world.away, role=Role.CHAMPION, now=world.now)
    with pytest.raises(Conflict):
        world.confirm(world.bea)


def test_a_proposal_that_came_too_late_names_nobody(world):
    world.name(Role.APPROVER)
    world.now += timedelta(days=10)
    with pytest.raises(Conflict):
        world.confirm(world.bea)
    assert world.roles() == {Role.OFFICER}


def test_nobody_names_or_confirms_themselves(world):
    with pytest.raises(NotAllowed):
        world.name(who=world.ada)
    assert not world.name(Role.APPROVER, who=world.bea)
    with pytest.raises(NotAllowed):
        world.confirm(world.bea)


def test_only_administrators_name_stand_ins(world):
    with pytest.raises(NotFound):
        world.name(by=world.olive, who=world.bea)


@pytest.mark.parametrize(
    ("role", "first", "last", "field"),
    [
        (Role.CHAMPION, TODAY - timedelta(days=1), FRIDAY, "first_day"),
        (Role.CHAMPION, FRIDAY, TODAY, "last_day"),
        (Role.CHAMPION, TODAY, TODAY + timedelta(days=400), "last_day"),
        (Role.LEAD, TODAY, FRIDAY, "stand_in_role"),
    ],
)
def test_days_and_roles_that_make_no_sense_are_refused(world, role, first, last, field):
    with pytest.raises(RuleViolation) as refusal:
        world.name(role, first=first, last=last)
    assert field in {problem.field for problem in refusal.value.problems}


def test_a_supplier_does_not_come_in_this_way(world):
    with pytest.raises(RuleViolation):
        world.name(who=make.a_person("Sam Supplier", organisation=make.an_organisation("Alder Ltd")))


def test_the_same_days_are_not_given_twice(world):
    world.name()
    with pytest.raises(RuleViolation):
        world.name(first=FRIDAY, last=date(2026, 12, 4))
    assert world.name(first=date(2026, 11, 28), last=date(2026, 12, 4))


def test_ending_early_and_ending_the_colleagues_role_end_it(world):
    world.name()
    (row,) = queries.standing_in(world.olive, world.now)
    db.session.rollback()
    with transaction():
        operations.end_stand_in(make.actor(world.ada), stand_in_id=row.id, now=world.now)
    assert world.roles() == {Role.OFFICER}
    with pytest.raises(Conflict), transaction():
        operations.end_stand_in(make.actor(world.ada), stand_in_id=row.id, now=world.now)
    world.name()
    with transaction():
        operations.end_role(make.actor(world.ada), person_id=world.away, role=Role.CHAMPION, now=world.now)
    assert world.roles() == {Role.OFFICER}


def test_who_leaves_stands_in_for_nobody(world):
    world.name()
    with transaction():
        operations.end_role(make.actor(world.ada), person_id=world.olive, role=Role.OFFICER, now=world.now)
    assert world.roles() == set()
    (row,) = queries.stand_ins_of(world.olive)
    assert row.when(world.now) == "past"


@pytest.mark.parametrize("who", ["olive", "away"])
def test_a_disabled_account_ends_stand_ins_by_and_for_it(world, who):
    world.name()
    with transaction():
        operations.disable_person(make.actor(world.ada), person_id=getattr(world, who), now=world.now)
    with transaction():
        operations.enable_person(make.actor(world.ada), person_id=getattr(world, who), now=world.now)
    assert world.roles() == {Role.OFFICER}


def test_what_a_stand_in_proposed_falls_when_it_is_ended_early(world):
    world.name()
    thing: dict[str, Any] = {
        "kind": ActKind.RELEASE_LETTERS,
        "object": "challenge:CH-2026-001",
        "object_version": 1,
    }
    olive = make.actor(world.olive, proved_at=world.now)
    with transaction():
        operations.propose(olive, **thing, now=world.now)
    (row,) = queries.standing_in(world.olive, world.now)
    db.session.rollback()
    with transaction():
        operations.end_stand_in(make.actor(world.ada), stand_in_id=row.id, now=world.now)
    with pytest.raises(Conflict), transaction():
        operations.confirm(make.actor(world.bea, proved_at=world.now), **thing, now=world.now)


def test_a_stand_in_does_not_count_where_administrators_are_counted(world):
    """Neither as the second who could confirm, nor as the last one who may not go."""
    with transaction():
        operations.end_role(make.actor(world.bea), person_id=world.ada, role=Role.ADMIN, now=world.now)
    world.away, world.ada = world.bea, world.bea
    third = make.a_person("Cal", Role.ADMIN)
    assert not world.name(Role.ADMIN)
    world.confirm(third)
    with transaction():
        operations.end_role(make.actor(world.bea), person_id=third, role=Role.ADMIN, now=world.now)
    assert Role.ADMIN in world.roles()
    assert queries.confirmed_count(Role.ADMIN) == 1
    with pytest.raises(RuleViolation), transaction():
        operations.end_role(
            queries.actor_of(world.olive, now=world.now), person_id=world.bea, role=Role.ADMIN, now=world.now
        )


def test_both_are_told_and_the_log_holds_no_name(world):
    world.name()
    theirs, mine = (words_of(i, world.now) for i in reversed(sent("stand_in")))
    assert {theirs.subject, mine.subject} == {
        "You stand in for Arjun Away",
        "Olive Officer stands in for you",
    }
    assert "Friday 27\u00a0November\u00a02026" in theirs.body
    details = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "stand_in.name")).all()
    assert len(details) == 1
    assert "Olive" not in details[0]
    message = mail.message(sent("stand_in")[0])
    assert render(message, now=world.now + timedelta(days=10)) is None, "nobody reads of it when it is over"


def test_the_page_names_confirms_and_ends(app, world):
    ada, bea = browser_of(app, world.ada), browser_of(app, world.bea)
    page = f"/admin/people/{world.away}"
    days = {
        "first_day-day": "24",
        "first_day-month": "11",
        "first_day-year": "2026",
        "last_day-day": "27",
        "last_day-month": "11",
        "last_day-year": "2026",
    }
    ada.fill(page, action="/stand-ins", who=str(world.olive), stand_in_role="approver")
    assert "Enter the first day" in ada.text
    ada.fill(page, action="/stand-ins", fields=days, who=str(world.olive), stand_in_role="approver")
    assert "Another administrator has to say yes" in ada.text
    bea.fill(page, action="/stand-ins/confirm")
    assert "Olive Officer for Arjun Away" in bea.text
    assert "Coming" in bea.text
    ada.fill(page, action="/stand-ins/end")
    assert "Ended on Monday 23 November 2026" in ada.text
