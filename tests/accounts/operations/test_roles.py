"""Roles: who gives which to whom, and what the last administrator cannot do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import RoleGrant
from pitchfest.accounts.rules import ActKind
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import SYSTEM, WEIGHTY_ROLES, Role
from pitchfest.kernel.errors import NotAllowed, NotFound, ProofNeeded, RuleViolation
from tests.support import builders as make


@pytest.fixture
def admin(app, now):
    make.a_region(demo=False)
    return make.actor(make.a_person("Ada", Role.ADMIN), proved_at=now)


def grant(actor, person_id, role, now):
    with transaction():
        return operations.grant_role(actor, person_id=person_id, role=role, now=now)


def held(person_id, now):
    return queries.actor_of(person_id, now=now).roles


def alone(person_id, role):
    row = select(RoleGrant.alone).where(RoleGrant.person_id == person_id, RoleGrant.role == role)
    return db.session.execute(row).scalar_one()


def test_a_light_role_is_given_at_once_and_not_marked(admin, now):
    person = make.a_person("Ben")
    assert grant(admin, person, Role.OFFICER, now)
    assert held(person, now) == {Role.OFFICER}
    assert not alone(person, Role.OFFICER)


@pytest.mark.parametrize("role", sorted(WEIGHTY_ROLES))
def test_the_first_administrator_gives_a_weighty_role_alone_and_it_is_marked(admin, now, role):
    person = make.a_person("Ben")
    assert grant(admin, person, role, now)
    assert alone(person, role)


@pytest.mark.parametrize("role", sorted(WEIGHTY_ROLES))
def test_with_two_administrators_a_weighty_role_needs_both(admin, now, role):
    second = make.actor(make.a_person("Bea", Role.ADMIN), proved_at=now)
    person = make.a_person("Ben")
    assert not grant(admin, person, role, now)
    assert held(person, now) == set()
    with pytest.raises(RuleViolation), transaction():
        operations.confirm_grant(admin, person_id=person, role=role, now=now)
    with transaction():
        operations.confirm_grant(second, person_id=person, role=role, now=now)
    assert held(person, now) == {role}
    assert not alone(person, role)
    assert queries.open_acts(ActKind.GRANT_ROLE) == []


def test_a_weighty_role_asks_for_proof(admin, now):
    with pytest.raises(ProofNeeded):
        grant(make.actor(admin.person_id), make.a_person("Ben"), Role.APPROVER, now)


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_a_role_to_themselves(admin, now, role):
    with pytest.raises(NotAllowed):
        grant(admin, admin.person_id, role, now)


def test_nobody_confirms_a_role_for_themselves(admin, now):
    second = make.actor(make.a_person("Bea", Role.ADMIN), proved_at=now)
    grant(admin, second.person_id, Role.LEAD, now)
    with pytest.raises(NotAllowed), transaction():
        operations.confirm_grant(second, person_id=second.person_id, role=Role.LEAD, now=now)


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMIN])
def test_only_administrators_give_roles(admin, now, role):
    other = make.actor(make.a_person("Mallory", role), proved_at=now)
    with pytest.raises(NotFound):
        grant(other, make.a_person("Ben"), Role.OBSERVER, now)


def test_a_role_ends_and_may_be_given_again(admin, now):
    person = make.a_person("Ben", Role.OFFICER)
    with transaction():
        operations.end_role(admin, person_id=person, role=Role.OFFICER, now=now)
    assert held(person, now) == set()
    grant(admin, person, Role.OFFICER, now)
    assert held(person, now) == {Role.OFFICER}


def test_the_last_administrator_stays(admin, now):
    with pytest.raises(RuleViolation, match="needs an administrator"), transaction():
        operations.end_role(admin, person_id=admin.person_id, role=Role.ADMIN, now=now)
    with transaction():
        operations.invite_by_command("invited@people.example", role=Role.ADMIN, now=now)
    with pytest.raises(RuleViolation, match="needs an administrator"), transaction():
        operations.end_role(admin, person_id=admin.person_id, role=Role.ADMIN, now=now)
    second = make.a_person("Bea", Role.ADMIN)
    with transaction():
        operations.end_role(make.actor(second), person_id=admin.person_id, role=Role.ADMIN, now=now)
    assert held(admin.person_id, now) == set()


def end(actor, person_id, now):
    with transaction():
        operations.end_role(actor, person_id=person_id, role=Role.ADMIN, now=now)


def disable(actor, person_id, now):
    with transaction():
        operations.disable_person(actor, person_id=person_id, now=now)


@pytest.mark.parametrize("send_away", [end, disable])
@pytest.mark.parametrize("role", sorted(WEIGHTY_ROLES))
def test_sending_the_second_administrator_away_does_not_leave_one_to_act_alone(admin, now, send_away, role):
    second = make.a_person("Bea", Role.ADMIN)
    send_away(admin, second, now)
    person = make.a_person("Ben")

    def later(**span):
        then = now + timedelta(**span)
        return grant(make.actor(admin.person_id, proved_at=then), person, role, then)

    with pytest.raises(RuleViolation, match="still needs two administrators"):
        later(days=29, hours=23)
    assert held(person, now) == set()
    assert later(days=30)
    assert alone(person, role)


def test_an_administrator_who_goes_leaves_the_other_one_able_to_act(admin, now):
    second = make.a_person("Bea", Role.ADMIN)
    end(make.actor(second), second, now)
    assert grant(admin, make.a_person("Ben"), Role.LEAD, now)


def test_the_command_line_adds_the_second_administrator_again(admin, now):
    end(admin, make.a_person("Bea", Role.ADMIN), now)
    with transaction():
        operations.invite_by_command("cal@people.example", role=Role.ADMIN, now=now)


def test_a_disabled_account_is_out_at_once_and_gets_no_mail(admin, now):
    person = make.a_person("Ben", Role.OFFICER)
    with transaction():
        token = operations.start_session(person, now=now)
    with transaction():
        operations.disable_person(admin, person_id=person, now=now)
    assert queries.session_actor(token, now) is None
    assert queries.recipient(person) is None
    assert queries.staff(Role.OFFICER, now=now) == []
    with pytest.raises(NotAllowed), transaction():
        operations.start_session(person, now=now)
    with transaction():
        operations.enable_person(admin, person_id=person, now=now)
    assert queries.recipient(person)
    assert queries.session_actor(token, now) is None


def test_nobody_disables_themselves(admin, now):
    with pytest.raises(NotAllowed), transaction():
        operations.disable_person(admin, person_id=admin.person_id, now=now)


def test_the_command_line_makes_the_first_administrator_and_stops_there(app, now):
    make.a_region(demo=False)

    def invite(email, role):
        with transaction():
            return operations.invite_by_command(email, role=role, now=now)

    link = invite("Ada@people.example", Role.ADMIN)
    person = queries.person_by_email("ada@people.example")
    assert person is not None
    assert link.startswith("/invitation/")
    assert alone(person.id, Role.ADMIN)
    with transaction():
        operations.accept_invitation(link.rpartition("/")[2], name="Ada", now=now)
    invite("ben@people.example", Role.OFFICER)
    make.a_person("Bea", Role.ADMIN)
    with pytest.raises(NotAllowed, match="two administrators"):
        invite("cal@people.example", Role.APPROVER)
    assert queries.person_by_email("cal@people.example") is None
    assert [(row.email, row.roles) for row in queries.everyone()][:2] == [
        ("ada@people.example", (Role.ADMIN,)),
        (queries.staff(Role.ADMIN, now=now)[1].email, (Role.ADMIN,)),
    ]
    assert SYSTEM.person_id == 0
