"""A supplier joins the region: it signs up, someone else acts for it, or it exists for practice only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert

from pitchfest.accounts.models import Membership, Organisation, OrganisationCapacity
from pitchfest.accounts.rules import Capacity, Size
from pitchfest.db import db


def add_supplier(
    *,
    name: str,
    size: Size,
    place: str,
    number: str | None = None,
    practice: bool = False,
    owner_id: int | None = None,
    now: datetime,
) -> int:
    """Add a supplier that `owner_id` owns, or to which nobody belongs; its id. The caller has authorised.

    The log gets no entry here. Where nobody belongs to it, that it was added tells that it pitches,
    which only the caller's sealed entry may say.
    """
    organisation = Organisation(
        name=name, size=size, place=place, number=number, created_at=now, practice=practice
    )
    db.session.add(organisation)
    db.session.flush()
    db.session.execute(
        insert(OrganisationCapacity).values(organisation_id=organisation.id, capacity=Capacity.SUPPLIER)
    )
    if owner_id is not None:
        db.session.execute(
            insert(Membership).values(
                organisation_id=organisation.id, person_id=owner_id, is_owner=True, from_at=now
            )
        )
    return organisation.id
