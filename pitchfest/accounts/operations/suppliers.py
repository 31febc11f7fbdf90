"""Suppliers for whom someone else acts: organisations in which nobody has an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert

from pitchfest.accounts.models import Organisation, OrganisationCapacity
from pitchfest.accounts.rules import Capacity, Size
from pitchfest.db import db


def add_supplier(
    *, name: str, size: Size, place: str, number: str | None, practice: bool, now: datetime
) -> int:
    """Add a supplier to which nobody belongs; its id. The caller has authorised.

    The log gets no entry: that it was added tells that it pitches. The caller's sealed entry says it.
    """
    organisation = Organisation(
        name=name, size=size, place=place, number=number, created_at=now, practice=practice
    )
    db.session.add(organisation)
    db.session.flush()
    db.session.execute(
        insert(OrganisationCapacity).values(organisation_id=organisation.id, capacity=Capacity.SUPPLIER)
    )
    return organisation.id
