"""Inviting people by e-mail to work on a pitch, and saying yes to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from pitchfest.accounts.rules import KEPT_AFTER_USE, address_problem, tidy_address
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.errors import Conflict, NotFound, Problem, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.pitches import notices
from pitchfest.pitches.models import PitchInvitation, PitchMember
from pitchfest.pitches.operations.roots import lock_pitch, locked
from pitchfest.pitches.operations.sharing import end_right, record_sharing
from pitchfest.pitches.queries import sealed, team
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import RIGHTS, PitchRight
from pitchfest.pitches.rules.teams import INVITATION_LASTS, MOST_A_DAY, MOST_OPEN

A_DAY = timedelta(days=1)
GONE = "This invitation was taken or taken back already."


def invite(actor: Actor, *, reference: str, email: str, right: PitchRight, now: datetime) -> None:
    """Ask someone by e-mail to work on the pitch, for 14 days.

    Says the same whether or not the address has an account. Raises RuleViolation when the address is
    none, is one's own, is on the team or invited already, or when too many are invited; Conflict when the
    pitch was withdrawn.
    """
    pitch, row = locked(actor, reference, Permission.SHARE, now)
    _may_grow(row)
    address = tidy_address(email)
    if problem := _address_problem(actor, row, address, now):
        raise RuleViolation(Problem(problem, "email"))
    if team.invited_since(actor.person_id, now - A_DAY) >= MOST_A_DAY:
        raise RuleViolation(f"You invited {MOST_A_DAY} people within a day. Invite more tomorrow.")
    invitation = PitchInvitation(
        pitch_id=pitch.id,
        email=address,
        right=right,
        by_id=actor.person_id,
        at=now,
        sent_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    db.session.add(invitation)
    db.session.flush()
    notices.invited(invitation.id, address, now=now)
    record_sharing(actor, pitch, row, now)


def invite_again(actor: Actor, *, reference: str, invitation_id: int, now: datetime) -> None:
    """Send an invitation once more, for another 14 days; the link before stops working.

    Raises RuleViolation when it went today already, NotFound where there is none.
    """
    pitch, row = locked(actor, reference, Permission.SHARE, now)
    _may_grow(row)
    invitation = _waiting(pitch.id, invitation_id)
    if invitation.sent_at.astimezone(LONDON).date() == now.astimezone(LONDON).date():
        raise RuleViolation("This invitation went today already. It can be sent again tomorrow.")
    if invitation.expires_at <= now:
        _room_for_one(row, now)
    invitation.sent_at, invitation.expires_at, invitation.token_hash = now, now + INVITATION_LASTS, None
    notices.invited(invitation.id, invitation.email, now=now)
    record_sharing(actor, pitch, row, now)


def take_back_invitation(actor: Actor, *, reference: str, invitation_id: int, now: datetime) -> None:
    """End an invitation that nobody has taken: its link stops working. Raises NotFound, Conflict."""
    pitch, row = locked(actor, reference, Permission.SHARE, now)
    invitation = _waiting(pitch.id, invitation_id)
    invitation.ended_at, invitation.token_hash = now, None
    record_sharing(actor, pitch, row, now)


def join(actor: Actor, *, invitation_id: int, now: datetime) -> str:
    """Say yes to an invitation: the right begins, unless the actor has as much already; the pitch's
    reference. Only one caller ever wins; whoever said yes before changes nothing. Raises NotFound where
    it does not work, or not for them; NotAllowed with the reason for whom the pitch is sealed from.
    """
    pitch = lock_pitch(team.invitation(invitation_id, actor, now).reference)
    facts = team.invitation(invitation_id, actor, now)  # as it is now that nobody else can change it
    authorise(PERMISSIONS, Permission.JOIN, actor, facts)
    if facts.taken_by_id is not None:
        return pitch.reference
    row = sealed.own(actor=actor, now=now, reference=pitch.reference)
    if row.right is None or RIGHTS.index(row.right) < RIGHTS.index(facts.right):
        end_right(pitch.id, actor.person_id, now)
        db.session.add(
            PitchMember(
                pitch_id=pitch.id,
                person_id=actor.person_id,
                right=facts.right,
                from_at=now,
                partner=row.organisation_id not in actor.organisations,
            )
        )
    invitation = db.session.get_one(PitchInvitation, facts.id, populate_existing=True)
    invitation.taken_at, invitation.taken_by_id, invitation.email = now, actor.person_id, ""
    record_sharing(actor, pitch, row, now)
    return pitch.reference


def sweep_invitations(now: Callable[[], datetime]) -> int:
    """Forget invitations that stopped working a while ago; how many. Looks before it asks for a write."""
    column = PitchInvitation.__table__.c
    before = now() - KEPT_AFTER_USE
    over = or_(column.expires_at <= before, column.taken_at <= before, column.ended_at <= before)
    if db.session.execute(select(column.id).where(over).limit(1)).first() is None:
        return 0
    with transaction():
        return db.session.execute(delete(PitchInvitation).where(over)).rowcount  # type: ignore[attr-defined,no-any-return]


def _may_grow(row: sealed.PitchRow) -> None:
    if row.withdrawn_at is not None or row.removed_at is not None:
        raise Conflict("This pitch was withdrawn, so nobody can be invited to it.")
    if row.practice:
        raise RuleViolation("In practice nobody is invited by email.")


def _address_problem(actor: Actor, row: sealed.PitchRow, address: str, now: datetime) -> str:
    if problem := address_problem(address):
        return problem
    if address == actor.email:
        return "This is your own address"
    if address in {m.email for m in team.members(row.id)}:
        return "This person can see the pitch already. Change what they can do in the list"
    if address in {i.email for i in team.invitations(row.id)}:
        return "This address is invited already. Send the invitation again from the list"
    if address in team.addressed_since(row.id, now - A_DAY):
        return "An invitation went to this address within a day. Invite them again tomorrow"
    _room_for_one(row, now)
    return ""


def _room_for_one(row: sealed.PitchRow, now: datetime) -> None:
    if sum(i.is_open(now) for i in team.invitations(row.id)) >= MOST_OPEN:
        raise RuleViolation(f"{MOST_OPEN} invitations to this pitch are open. Take one back first.")


def _waiting(pitch_id: int, invitation_id: int) -> PitchInvitation:
    found = db.session.get(PitchInvitation, invitation_id, with_for_update=True, populate_existing=True)
    if found is None or found.pitch_id != pitch_id:
        raise NotFound
    if found.taken_at or found.ended_at:
        raise Conflict(GONE)
    return found
