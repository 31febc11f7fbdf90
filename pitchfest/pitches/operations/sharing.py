"""Who may see a pitch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from pitchfest.accounts import queries as people
from pitchfest.audit.operations import record_sealed
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.pitches.models import Pitch, PitchMember
from pitchfest.pitches.operations.roots import locked
from pitchfest.pitches.queries import sealed as queries
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.states import PitchRight

SOMEONE_SENDS = "Someone must be able to send this pitch. Give that right to another person first."


def give_right(actor: Actor, *, reference: str, person_id: int, right: PitchRight, now: datetime) -> None:
    """Give a current member of the pitch's organisation a right on it, in place of the one they
    have. Raises RuleViolation when they do not belong to it or nobody could send the pitch.
    """
    pitch, row = locked(actor, reference, Permission.SHARE, now)
    if person_id not in {m.person_id for m in people.members(row.organisation_id)}:
        raise RuleViolation(Problem("Choose someone who belongs to your organisation", "person"))
    _someone_still_sends(row, person_id, right)
    _end(pitch, person_id, now)
    db.session.add(PitchMember(pitch_id=pitch.id, person_id=person_id, right=right, from_at=now))
    _record(actor, pitch, row, now)


def take_right(actor: Actor, *, reference: str, person_id: int, now: datetime) -> None:
    """End a person's right on the pitch. Raises RuleViolation when nobody could send it then."""
    pitch, row = locked(actor, reference, Permission.SHARE, now)
    _someone_still_sends(row, person_id, None)
    _end(pitch, person_id, now)
    _record(actor, pitch, row, now)


def _someone_still_sends(row: queries.PitchRow, person_id: int, right: PitchRight | None) -> None:
    senders = {m.person_id for m in queries.members(row.id) if m.right == PitchRight.SUBMIT}
    if right != PitchRight.SUBMIT and not senders - {person_id}:
        raise RuleViolation(Problem(SOMEONE_SENDS, "person"))


def _end(pitch: Pitch, person_id: int, now: datetime) -> None:
    db.session.execute(
        update(PitchMember)
        .where(
            PitchMember.pitch_id == pitch.id,
            PitchMember.person_id == person_id,
            PitchMember.until_at.is_(None),
        )
        .values(until_at=now)
    )


def _record(actor: Actor, pitch: Pitch, row: queries.PitchRow, now: datetime) -> None:
    who = (actor.person_id, row.organisation_id, row.reference)
    record_sealed("pitch.share", salt=pitch.salt, values=who, now=now)
    db.session.flush()
