"""Organisations that exist for practice challenges only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert

from pitchfest.accounts.models import Invitation, Membership, Organisation, OrganisationCapacity, TwoPersonAct
from pitchfest.accounts.rules import Capacity, Size
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import Actor


def add_practice_supplier(actor: Actor, *, name: str, now: datetime, place: str = "Practice") -> int:
    """An organisation of the actor's own to pitch with in practice; its id. The caller has authorised.

    It pitches to practice challenges only, and ties nobody to suppliers.
    """
    organisation = Organisation(
        name=name[:160], size=Size.MICRO, place=place, number=None, created_at=now, practice=True
    )
    db.session.add(organisation)
    db.session.flush()
    db.session.execute(
        insert(OrganisationCapacity).values(organisation_id=organisation.id, capacity=Capacity.SUPPLIER)
    )
    db.session.execute(
        insert(Membership).values(
            organisation_id=organisation.id, person_id=actor.person_id, is_owner=True, from_at=now
        )
    )
    record(actor, "organisation.add_practice", f"organisation:{organisation.id}", now=now)
    return organisation.id


def discard_acts(objects: Collection[str]) -> None:
    """Remove acts of two people on objects that are thrown away."""
    db.session.execute(delete(TwoPersonAct).where(TwoPersonAct.object.in_(sorted(objects))))


def discard_practice_suppliers(organisation_ids: Collection[int]) -> None:
    """Remove practice organisations with everything about them. The caller has made sure that they
    pitched to nothing that stays.
    """
    ids = sorted(organisation_ids)
    for table in (Invitation, Membership, OrganisationCapacity):
        db.session.execute(delete(table).where(table.organisation_id.in_(ids)))
    db.session.execute(delete(Organisation).where(Organisation.id.in_(ids), Organisation.practice))
