"""What a region begins with: its own row, and organisations that do not sign up by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select

from pitchfest.accounts.models import Membership, Organisation, OrganisationCapacity, RegionSettings
from pitchfest.accounts.queries import forget_region
from pitchfest.accounts.rules import Capacity, Size
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import SYSTEM, Actor
from pitchfest.kernel.errors import Conflict


def set_up_region(
    *, name: str, authority: str, unit: str, email: str, phone: str, demo: bool, now: datetime
) -> None:
    """Name the one region of this installation. Raises Conflict when it has one already."""
    if db.session.execute(select(RegionSettings.id)).first():
        raise Conflict("This installation already has a region.")
    db.session.add(
        RegionSettings(
            id=1, name=name, authority=authority, unit=unit, email=email, phone=phone, is_demo=demo
        )
    )
    db.session.flush()
    forget_region()
    record(SYSTEM, "region.set_up", "region:1", now=now, demo=demo)


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
