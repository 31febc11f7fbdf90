"""Using one-time links up, and making them stop working."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from pitchfest.accounts import queries
from pitchfest.accounts.models import OneTimeLink
from pitchfest.accounts.notices import void_links
from pitchfest.accounts.rules import LinkPurpose
from pitchfest.db import db
from pitchfest.kernel.errors import NotFound

_LINK = OneTimeLink.__table__.c


def consume(token: str, purpose: LinkPurpose, *, now: datetime) -> queries.LinkRow:
    """Use a link up. Raises NotFound when it does not work (any more); only one caller ever wins."""
    found = queries.link(token, purpose, now)
    if found is None:
        raise NotFound
    used = db.session.execute(
        update(OneTimeLink)
        .where(_LINK.id == found.id, _LINK.used_at.is_(None), _LINK.voided_at.is_(None))
        .values(used_at=now)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound
    return found


def void_for_person(person_id: int, *purposes: LinkPurpose, now: datetime) -> None:
    """Make every unused link of these purposes for a person stop working."""
    void_links(_LINK.person_id == person_id, _LINK.purpose.in_(purposes), now=now)


def void_for_address(email: str, *purposes: LinkPurpose, now: datetime) -> None:
    """Make every unused link of these purposes that went to an address stop working."""
    void_links(_LINK.email == email, _LINK.purpose.in_(purposes), now=now)
