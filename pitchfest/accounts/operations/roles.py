"""Region roles: granting (weighty ones by two people), ending; disabling accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update

from pitchfest.accounts import queries
from pitchfest.accounts.models import Person, RegionSettings, RoleGrant, StandIn
from pitchfest.accounts.operations.acts import confirm, propose, void_proposals_of
from pitchfest.accounts.operations.sessions import end_all_sessions, require_proof
from pitchfest.accounts.rules import PERMISSIONS, ActKind, Permission
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import ROLE_NAMES, SYSTEM, WEIGHTY_ROLES, Actor, Role
from pitchfest.kernel.clock import say_day
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation
from pitchfest.kernel.permissions import authorise

_GRANT = RoleGrant.__table__.c
_FOR = StandIn.__table__.c
#: For so long after the second administrator was sent away, two are needed all the same; or one
#: person could send the other away, do alone what takes two, and bring them back.
TWO_ARE_STILL_NEEDED = timedelta(days=30)


def grant_role(actor: Actor, *, person_id: int, role: Role, now: datetime) -> bool:
    """Give someone a role. True when they have it now, False when it waits for a second person.

    Until two people are administrators, a weighty role stands on one person's word and is marked
    so. Raises ProofNeeded for a weighty role, RuleViolation when they hold it already, or when the
    second administrator was sent away a short time ago.
    """
    authorise_people(actor)
    lock_person(person_id)
    if actor.person_id == person_id:
        raise NotAllowed("Nobody can give a role to themselves. Ask another administrator.")
    if role in queries.lasting_roles(person_id):
        raise RuleViolation(f"This person already has the role “{ROLE_NAMES[role]}”.", field="role")
    if role not in WEIGHTY_ROLES:
        _grant(actor, person_id, role, now=now)
        return True
    if actor is not SYSTEM:
        require_proof(actor, now)
    if stands_alone(actor, now):
        _grant(actor, person_id, role, now=now, alone=True)
        return True
    if actor is SYSTEM:
        raise NotAllowed(
            "There are two administrators now. This role needs both of them, on the page of the person."
        )
    propose(
        actor,
        kind=ActKind.GRANT_ROLE,
        object=grant_object(person_id, role),
        object_version=queries.grant_version(person_id),
        payload={"person": person_id, "role": role},
        now=now,
    )
    return False


def confirm_grant(actor: Actor, *, person_id: int, role: Role, now: datetime) -> None:
    """The second administrator's yes: the role begins."""
    authorise_people(actor)
    lock_person(person_id)
    if actor.person_id == person_id:
        raise NotAllowed("Nobody can give a role to themselves. Ask another administrator.")
    done = confirm(
        actor,
        kind=ActKind.GRANT_ROLE,
        object=grant_object(person_id, role),
        object_version=queries.grant_version(person_id),
        now=now,
    )
    _grant(actor, person_id, role, now=now, proposer_id=done.proposer_id)


def end_role(actor: Actor, *, person_id: int, role: Role, now: datetime) -> None:
    """Take a role away, also from whoever stands in for it; proposals of this person are void.

    With their last role a person stops standing in for others. The last administrator stays.
    """
    authorise_people(actor)
    lock_person(person_id)
    if role is Role.ADMIN:
        _keep_an_admin(person_id)
    ended = db.session.execute(
        update(RoleGrant)
        .where(_GRANT.person_id == person_id, _GRANT.role == role, _GRANT.ended_at.is_(None))
        .values(ended_at=now, ended_by_id=actor.person_id or None)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This person does not hold that role any more.")
    _end_stand_ins(actor, _FOR.for_person_id == person_id, _FOR.role == role, now=now)
    if not queries.lasting_roles(person_id):
        _end_stand_ins(actor, _FOR.person_id == person_id, now=now)
    void_proposals_of(actor, person_id, now=now)
    record(actor, "role.end", f"person:{person_id}", now=now, role=role)


def disable_person(actor: Actor, *, person_id: int, now: datetime) -> None:
    """Stop an account from being used: no sign-in, no mail; what the person did stays on record.

    It also ends their stand-ins, those they do and those done for them, and voids their proposals.
    """
    authorise_people(actor)
    person = lock_person(person_id)
    if actor.person_id == person_id:
        raise NotAllowed("You cannot disable your own account. Ask another administrator.")
    if person.disabled_at is not None:
        raise Conflict("This account is already disabled.")
    if Role.ADMIN in queries.lasting_roles(person_id):
        _keep_an_admin(person_id)
    person.disabled_at = now
    end_all_sessions(person_id, now=now)
    _end_stand_ins(actor, or_(_FOR.person_id == person_id, _FOR.for_person_id == person_id), now=now)
    void_proposals_of(actor, person_id, now=now)
    record(actor, "person.disable", f"person:{person_id}", now=now)


def enable_person(actor: Actor, *, person_id: int, now: datetime) -> None:
    """Let a disabled account be used again."""
    authorise_people(actor)
    person = lock_person(person_id)
    if person.disabled_at is None:
        raise Conflict("This account is already in use.")
    if person.erased_at is not None:
        raise Conflict("This person was erased. If they come back, they sign up as somebody new.")
    person.disabled_at = None
    record(actor, "person.enable", f"person:{person_id}", now=now)


def stands_alone(actor: Actor, now: datetime) -> bool:
    """Whether a weighty role may stand on one administrator's word: there is no second one.

    Raises RuleViolation while there is none because somebody sent the second one away: by ending
    the role or disabling the account, in the last 30 days. The command line is not held to that.
    """
    if queries.confirmed_count(Role.ADMIN) >= 2:
        return False
    removed = None if actor is SYSTEM else queries.administrator_removed(now - TWO_ARE_STILL_NEEDED)
    if removed is not None:
        raise RuleViolation(
            f"A second administrator was removed on {say_day(removed)}. For {TWO_ARE_STILL_NEEDED.days} days "
            "after that this still needs two administrators. Whoever runs this site can add one with "
            "the command “flask people invite”.",
            field="role",
        )
    return True


def grant_object(person_id: int, role: Role) -> str:
    """The object of a proposal to give someone a role."""
    return f"person:{person_id}:{role}"


def authorise_people(actor: Actor) -> None:
    """Only administrators, and the command line."""
    if actor is not SYSTEM:
        authorise(PERMISSIONS, Permission.PEOPLE, actor)


def lock_person(person_id: int) -> Person:
    """The person; and the row of the region, so that two grants cannot both count one administrator."""
    db.session.execute(select(RegionSettings.id).where(RegionSettings.id == 1).with_for_update())
    person = db.session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound
    return person


def _keep_an_admin(person_id: int) -> None:
    if not queries.confirmed_holders(Role.ADMIN) - {person_id}:
        raise RuleViolation(
            "The region needs an administrator, and this is the only one. Make someone else one first."
        )


def _end_stand_ins(actor: Actor, *which: Any, now: datetime) -> None:
    db.session.execute(
        update(StandIn)
        .where(*which, StandIn.ended_at.is_(None), StandIn.until_at > now)
        .values(ended_at=now, ended_by_id=actor.person_id or None)
    )


def _grant(
    actor: Actor,
    person_id: int,
    role: Role,
    *,
    now: datetime,
    alone: bool = False,
    proposer_id: int | None = None,
) -> None:
    db.session.execute(
        insert(RoleGrant).values(
            person_id=person_id,
            role=role,
            granted_by_id=proposer_id or actor.person_id or None,
            granted_at=now,
            alone=alone,
        )
    )
    record(actor, "role.grant", f"person:{person_id}", now=now, role=role, alone=alone)
