"""Erasing a person: by themselves, or by an administrator on their written request."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from pitchfest.accounts.models import Person, RegionSettings
from pitchfest.accounts.operations import require_proof
from pitchfest.audit.operations import fingerprint, record
from pitchfest.db import db, transaction
from pitchfest.db.engine import empty_journal
from pitchfest.kernel.actor import SYSTEM, Actor
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.privacy import Privacy
from pitchfest.mail.operations import forget_settled
from pitchfest.mail.queries import a_settled
from pitchfest.privacy import queries
from pitchfest.privacy.models import Erasure
from pitchfest.privacy.notices import FAREWELL, farewell
from pitchfest.privacy.rules import PERMISSIONS, Permission


def erase_own(actor: Actor, *, parts: Privacy, now: datetime) -> int:
    """Close one's own account and remove what may go; the erasure's number.

    Raises ProofNeeded without a fresh proof, RuleViolation with every reason why it cannot be now.
    """
    require_proof(actor, now)
    return erase(actor, actor.person_id, parts=parts, own=True, reason="", now=now)


def erase_other(actor: Actor, *, person_id: int, reason: str, parts: Privacy, now: datetime) -> int:
    """Do the same for someone who asked in writing; the erasure's number.

    Raises NotAllowed for one's own account, which has its own page.
    """
    authorise(PERMISSIONS, Permission.ERASE_OTHER, actor)
    require_proof(actor, now)
    if person_id == actor.person_id:
        raise NotAllowed("Erase your own account from your account’s page.")
    if not reason:
        raise RuleViolation("Say where the request is kept, such as its number in your files", field="reason")
    return erase(actor, person_id, parts=parts, own=False, reason=reason, now=now)


def erase(actor: Actor, person_id: int, *, parts: Privacy, own: bool, reason: str, now: datetime) -> int:
    """Erase a person; the caller has authorised it. What it comes to is decided here once more, under
    the locks of the region and of the person.

    The entry in the log says nothing of pitches, which may be sealed.
    """
    db.session.execute(select(RegionSettings.id).where(RegionSettings.id == 1).with_for_update())
    person = db.session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound
    if person.erased_at is not None:
        raise Conflict("This account is already closed.")
    found = queries.erasing(parts, person_id, own=own, now=now)
    blockers = found.blockers if actor is not SYSTEM else _really_blocked(parts, person_id, now)
    if blockers:
        raise RuleViolation(*blockers)
    address = person.email if person.confirmed_at else None
    for part in parts.erasure:
        part.erase(person_id, now)
    row = Erasure(
        person_id=person_id,
        at=now,
        by_id=actor.person_id or None,
        reason=reason,
        went=json.dumps(found.goes, ensure_ascii=False),
        stays=json.dumps(found.stays, ensure_ascii=False),
    )
    db.session.add(row)
    db.session.flush()
    if address:
        farewell(address, row.id, now=now)
    salt = secrets.token_hex(16)
    why = {"salt": salt, "reason": fingerprint(salt, reason)} if reason else {}
    record(actor, "person.erase", f"person:{person_id}", now=now, erasure=row.id, own=own, **why)
    return row.id


def _really_blocked(parts: Privacy, person_id: int, now: datetime) -> tuple[str, ...]:
    return queries.erasing(parts, person_id, own=True, now=now).blockers


def erase_unused(person_id: int, *, parts: Privacy, now: datetime) -> bool:
    """Erase someone who does not use their account; False where something still needs them.

    Nobody asks here, so what stands in the way is what really does, also of sealed pitches: who has not
    signed in for so long has none that is live. What is written down is what an administrator may read.
    """
    if _really_blocked(parts, person_id, now):
        return False
    erase(SYSTEM, person_id, parts=parts, own=False, reason="", now=now)
    return True


def sweep_farewells(_now: Callable[[], datetime]) -> int:
    """The worker's part: once the last mail to an erased person is sent, its address goes too."""
    if not a_settled(FAREWELL):
        return 0
    with transaction():
        forget_settled(FAREWELL)
    empty_journal()
    return 1
