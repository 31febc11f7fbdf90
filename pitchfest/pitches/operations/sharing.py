"""Who may see a pitch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from pitchfest.accounts import queries as people
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.pitches.models import Pitch, PitchMember
from pitchfest.pitches.operations.roots import lock_pitch, locked, note
from pitchfest.pitches.queries import sealed as queries
from pitchfest.pitches.queries import team
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import PitchRight
from pitchfest.pitches.rules.teams import SIDE_THAT_BUYS, on_side_that_buys

SOMEONE_SENDS = (
    "Someone of the organisation must be able to send this pitch. Give that right to another person first."
)


def give_right(actor: Actor, *, reference: str, person_id: int, right: PitchRight, now: datetime) -> None:
    """Give a member of the pitch's organisation, or a partner who is on its team, a right on it, in
    place of the one they have. Raises RuleViolation for anyone else and for whoever is on the side that
    buys, or when nobody of the organisation could send the pitch then.
    """
    pitch, row = locked(actor, reference, Permission.SHARE, now)
    own_people = {m.person_id for m in people.members(row.organisation_id)}
    partners = {m.person_id for m in team.members(row.id) if m.partner}
    if person_id not in own_people | partners:
        raise RuleViolation(Problem("Choose someone who belongs to your organisation", "person"))
    other = people.actor_of(person_id, now=now)
    if not row.practice and on_side_that_buys(other, team.part_in(person_id, row.challenge_id)):
        raise RuleViolation(Problem(SIDE_THAT_BUYS, "person"))
    _someone_still_sends(row, person_id, right)
    end_right(pitch.id, person_id, now)
    db.session.add(
        PitchMember(
            pitch_id=pitch.id,
            person_id=person_id,
            right=right,
            from_at=now,
            partner=person_id not in own_people,
        )
    )
    record_sharing(actor, pitch, row, now)


def take_over(actor: Actor, *, reference: str, now: datetime) -> bool:
    """Where whoever could send an organisation's pitch has left it, let an owner send it; whether it was."""
    pitch = lock_pitch(reference)
    row = queries.own(actor=actor, now=now, reference=reference)
    if any(m.right == PitchRight.SUBMIT and not m.partner for m in team.members(row.id)):
        return False
    if actor.person_id not in people.organisation_facts(organisation_id=row.organisation_id).owner_ids:
        return False
    end_right(pitch.id, actor.person_id, now)
    right = PitchMember(pitch_id=pitch.id, person_id=actor.person_id, right=PitchRight.SUBMIT, from_at=now)
    db.session.add(right)
    record_sharing(actor, pitch, row, now)
    return True


def take_right(actor: Actor, *, reference: str, person_id: int, now: datetime) -> None:
    """End a person's right on the pitch, or give up one's own: it opens nothing from now on.

    Raises RuleViolation when nobody of the organisation could send the pitch then, NotFound for
    someone without a right.
    """
    pitch = lock_pitch(reference)
    seat = team.seat(actor=actor, now=now, reference=reference, person_id=person_id)
    authorise(PERMISSIONS, Permission.TAKE_RIGHT, actor, seat)
    _someone_still_sends(seat.pitch, person_id, None)
    end_right(pitch.id, person_id, now)
    record_sharing(actor, pitch, seat.pitch, now)


def _someone_still_sends(row: queries.PitchRow, person_id: int, right: PitchRight | None) -> None:
    found = team.members(row.id)
    before = {m.person_id for m in found if m.right == PitchRight.SUBMIT and not m.partner}
    loses = person_id in before and right != PitchRight.SUBMIT
    if loses and before == {person_id}:
        raise RuleViolation(Problem(SOMEONE_SENDS, "person"))


def end_right(pitch_id: int, person_id: int, now: datetime) -> None:
    """End whatever right a person has on a pitch."""
    db.session.execute(
        update(PitchMember)
        .where(
            PitchMember.pitch_id == pitch_id,
            PitchMember.person_id == person_id,
            PitchMember.until_at.is_(None),
        )
        .values(until_at=now)
    )


def record_sharing(actor: Actor, pitch: Pitch, row: queries.PitchRow, now: datetime) -> None:
    """Note in the log, sealed, that the pitch's team changed."""
    note(actor, pitch, "pitch.share", waits=row.log_waits, now=now)
    db.session.flush()
