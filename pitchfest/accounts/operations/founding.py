"""What a region begins with: its first administrator, and organisations that do not sign up by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select

from pitchfest.accounts import queries
from pitchfest.accounts.models import Membership, Organisation, OrganisationCapacity, Person, SetUpCode
from pitchfest.accounts.operations.invitations import person_for
from pitchfest.accounts.operations.roles import grant_role
from pitchfest.accounts.rules import SET_UP_CODE_LENGTH, Capacity, Size
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import SYSTEM, Actor, Role
from pitchfest.kernel.errors import RuleViolation
from pitchfest.kernel.text import speakable_code

WRONG_CODE = "That code does not work. Enter the one that the server printed when it last started"


def make_set_up_code(*, now: datetime) -> str:
    """A code that makes the first administrator, for 14 days; the one before stops working.

    In groups of four, to be read aloud. Only its hash is kept.
    """
    code = speakable_code(SET_UP_CODE_LENGTH)
    db.session.execute(delete(SetUpCode))
    db.session.execute(insert(SetUpCode).values(id=1, code_hash=queries.digest(code), created_at=now))
    record(SYSTEM, "region.set_up_code", "region:1", now=now)
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def found_administrator(code: str, *, name: str, email: str, password_hash: str, now: datetime) -> int:
    """Make the first administrator, whoever has the code; their person's id. The code is used up.

    The role stands on the code alone and is marked so. Raises RuleViolation for a code that does
    not work, and where the address has an account already.
    """
    db.session.execute(select(SetUpCode.id).with_for_update())
    if not queries.set_up_code_is_right(code, now):
        raise RuleViolation(WRONG_CODE, field="code")
    person = db.session.get_one(Person, person_for(name, email, now=now), with_for_update=True)
    if person.confirmed_at is not None or person.disabled_at is not None:
        raise RuleViolation(
            "Someone has an account with this address. Use another one, or make them administrator "
            "from the command line",
            field="email",
        )
    person.name, person.password_hash, person.confirmed_at = name, password_hash, now
    db.session.flush()
    actor = Actor(person.id, person.name)
    record(actor, "account.first_administrator", f"person:{person.id}", now=now)
    if Role.ADMIN not in queries.actor_of(person.id, now=now).roles:
        grant_role(SYSTEM, person_id=person.id, role=Role.ADMIN, now=now)
    db.session.execute(delete(SetUpCode))
    return person.id


def add_organisation(
    actor: Actor, *, name: str, size: Size, place: str, capacities: Iterable[Capacity], now: datetime
) -> int:
    """Add an authority or a partner, which does not sign up by itself; its id."""
    organisation = Organisation(name=name, size=size, place=place, number=None, created_at=now)
    db.session.add(organisation)
    db.session.flush()
    record(actor, "organisation.add", f"organisation:{organisation.id}", now=now)
    for capacity in capacities:
        add_capacity(actor, organisation_id=organisation.id, capacity=capacity, now=now)
    return organisation.id


def add_capacity(actor: Actor, *, organisation_id: int, capacity: Capacity, now: datetime) -> None:
    """Let an organisation act in one more capacity; nothing happens where it does already."""
    key = {"organisation_id": organisation_id, "capacity": capacity}
    if db.session.execute(select(OrganisationCapacity.capacity).filter_by(**key)).first():
        return
    db.session.execute(insert(OrganisationCapacity).values(**key))
    record(
        actor, "organisation.add_capacity", f"organisation:{organisation_id}", now=now, capacity=str(capacity)
    )


def add_member(actor: Actor, *, organisation_id: int, person_id: int, now: datetime) -> None:
    """Let a person belong to an organisation; nothing happens where they do already."""
    key = {"organisation_id": organisation_id, "person_id": person_id, "until_at": None}
    if db.session.execute(select(Membership.id).filter_by(**key)).first():
        return
    db.session.execute(
        insert(Membership).values(
            organisation_id=organisation_id, person_id=person_id, is_owner=False, from_at=now
        )
    )
    record(
        actor,
        "organisation.add_member",
        f"organisation:{organisation_id}",
        now=now,
        person=f"person:{person_id}",
    )
