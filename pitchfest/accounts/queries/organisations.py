"""Reading organisations and who belongs to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Membership, Organisation, OrganisationCapacity, Person
from pitchfest.accounts.rules import SUPPLIER_TIES_FOR, Capacity, OrganisationFacts, Size
from pitchfest.db import db
from pitchfest.kernel.errors import NotFound

_ORGANISATION = Organisation.__table__.c
_MEMBER = Membership.__table__.c
_COLUMNS = (
    _ORGANISATION.id,
    _ORGANISATION.name,
    _ORGANISATION.size,
    _ORGANISATION.place,
    _ORGANISATION.number,
    _ORGANISATION.practice,
)


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation; `is_owner` is about the person it was asked for (False for none)."""

    id: int
    name: str
    size: Size
    place: str
    number: str | None
    practice: bool
    is_owner: bool
    capacities: frozenset[Capacity]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Someone who belongs to an organisation now."""

    person_id: int
    name: str
    email: str
    is_owner: bool
    from_at: datetime


def organisations_of(person_id: int) -> list[OrganisationRow]:
    """What a person belongs to now, by name."""
    rows = db.session.execute(
        select(*_COLUMNS, _MEMBER.is_owner)
        .join(Membership, _MEMBER.organisation_id == _ORGANISATION.id)
        .where(_MEMBER.person_id == person_id, _MEMBER.until_at.is_(None))
        .order_by(_ORGANISATION.name, _ORGANISATION.id)
    ).all()
    capacities = _capacities([row.id for row in rows])
    return [OrganisationRow(**row._mapping, capacities=capacities[row.id]) for row in rows]


def organisation(organisation_id: int) -> OrganisationRow:
    """One organisation. Raises NotFound."""
    row = db.session.execute(select(*_COLUMNS).where(_ORGANISATION.id == organisation_id)).one_or_none()
    if row is None:
        raise NotFound
    capacities = _capacities([organisation_id])[organisation_id]
    return OrganisationRow(**row._mapping, is_owner=False, capacities=capacities)


def organisation_facts(*, organisation_id: int, **_asked: Any) -> OrganisationFacts:
    """What decides who sees and changes an organisation's members. Raises NotFound."""
    name = db.session.execute(
        select(_ORGANISATION.name).where(_ORGANISATION.id == organisation_id)
    ).scalar_one_or_none()
    if name is None:
        raise NotFound
    people = members(organisation_id)
    return OrganisationFacts(
        organisation_id,
        name,
        frozenset(m.person_id for m in people),
        frozenset(m.person_id for m in people if m.is_owner),
    )


def members(organisation_id: int) -> list[MemberRow]:
    """Who belongs to an organisation now, by name."""
    rows = db.session.execute(
        select(_MEMBER.person_id, Person.name, Person.email, _MEMBER.is_owner, _MEMBER.from_at)
        .join(Person, Person.id == _MEMBER.person_id)
        .where(_MEMBER.organisation_id == organisation_id, _MEMBER.until_at.is_(None))
        .order_by(Person.name, _MEMBER.person_id)
    )
    return [MemberRow(**row._mapping) for row in rows]


def belongs_to_practice(person_id: int) -> bool:
    """Whether a person belongs to an organisation that was made for practice."""
    found = db.session.execute(
        select(_MEMBER.id)
        .join(Organisation, _ORGANISATION.id == _MEMBER.organisation_id)
        .where(_MEMBER.person_id == person_id, _MEMBER.until_at.is_(None), _ORGANISATION.practice)
        .order_by(_MEMBER.id)
        .limit(1)
    )
    return found.first() is not None


def has_supplier_ties(person_id: int, now: datetime) -> bool:
    """Whether a person belongs, or in the last 12 months belonged, to any supplier organisation.

    Organisations made for practice do not count.
    """
    return bool(db.session.scalar(select(supplier_ties(person_id, now))))


def supplier_ties(person_id: int, now: datetime) -> ColumnElement[bool]:
    """The condition that `has_supplier_ties` holds, for a statement about something else."""
    supplier = exists().where(
        OrganisationCapacity.organisation_id == _MEMBER.organisation_id,
        OrganisationCapacity.capacity == Capacity.SUPPLIER,
        _ORGANISATION.id == _MEMBER.organisation_id,
        _ORGANISATION.practice.is_(False),
    )
    return exists().where(
        _MEMBER.person_id == person_id,
        or_(_MEMBER.until_at.is_(None), _MEMBER.until_at > now - SUPPLIER_TIES_FOR),
        supplier,
    )


def supplies(person_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a person belongs now to a supplier organisation that was not made for practice."""
    # Under names of their own: a statement that holds the condition may read the same tables.
    member, capacity, organisation = aliased(Membership), aliased(OrganisationCapacity), aliased(Organisation)
    return exists().where(
        member.person_id == person_id,
        member.until_at.is_(None),
        capacity.organisation_id == member.organisation_id,
        capacity.capacity == Capacity.SUPPLIER,
        organisation.id == member.organisation_id,
        organisation.practice.is_(False),
    )


def _capacities(ids: list[int]) -> dict[int, frozenset[Capacity]]:
    found: dict[int, set[Capacity]] = {i: set() for i in ids}
    capacity = OrganisationCapacity.__table__.c
    for organisation_id, value in db.session.execute(
        select(capacity.organisation_id, capacity.capacity)
        .where(capacity.organisation_id.in_(ids))
        .order_by(capacity.organisation_id, capacity.capacity)
    ):
        found[organisation_id].add(value)
    return {i: frozenset(values) for i, values in found.items()}


def belongs_to_a_supplier(person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a person belongs to an organisation that pitches."""
    return exists().where(
        Membership.person_id == person_id,
        Membership.until_at.is_(None),
        OrganisationCapacity.organisation_id == Membership.organisation_id,
        OrganisationCapacity.capacity == Capacity.SUPPLIER,
    )
