"""Organisations that exist for practice challenges only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete

from pitchfest.accounts.models import Invitation, Membership, Organisation, OrganisationCapacity, TwoPersonAct
from pitchfest.accounts.operations.suppliers import add_supplier
from pitchfest.accounts.rules import Size
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.text import speakable_code


def add_practice_supplier(actor: Actor, *, name: str, now: datetime, place: str = "Practice") -> int:
    """An organisation of the actor's own to pitch with in practice; its id. The caller has authorised.

    It pitches to practice challenges only, and ties nobody to suppliers.
    """
    organisation_id = add_supplier(
        name=name[:160], size=Size.MICRO, place=place, practice=True, owner_id=actor.person_id, now=now
    )
    record(actor, "organisation.add_practice", f"organisation:{organisation_id}", now=now)
    return organisation_id


def practice_name() -> str:
    """A name for such an organisation. It tells it from others and says nothing of its person, who may
    be erased while it stays.
    """
    return f"Practice supplier {speakable_code(4)}"


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
