"""Ways in without a password, and changing one's own details."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from pitchfest.accounts import queries
from pitchfest.accounts.models import Invitation, Person
from pitchfest.accounts.notices import mint_link
from pitchfest.accounts.operations.invitations import person_for
from pitchfest.accounts.operations.links import consume, void_for_person
from pitchfest.accounts.operations.roles import grant_role
from pitchfest.accounts.operations.sessions import end_all_sessions
from pitchfest.accounts.rules import LINKS_A_DAY, UNCONFIRMED_A_DAY, InvitationKind, LinkPurpose, tidy_address
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import SYSTEM, Actor, Role
from pitchfest.kernel.errors import NotFound, RuleViolation
from pitchfest.mail.operations import enqueue
from pitchfest.mail.queries import sent_since

_DAY = timedelta(days=1)


def send_sign_in_link(email: str, *, now: datetime) -> None:
    """Send a link that signs in, if the address is somebody's. The caller cannot tell."""
    _send("sign_in_link", email, now)


def send_reset(email: str, *, now: datetime) -> None:
    """Send a link for a new password, if the address is somebody's. The caller cannot tell."""
    _send("reset", email, now)


def sign_in_by_link(token: str, *, now: datetime) -> int:
    """Use a sign-in link up; the person's id. Raises NotFound."""
    person_id = consume(token, LinkPurpose.SIGN_IN, now=now).person_id
    if person_id is None:
        raise NotFound
    void_for_person(person_id, LinkPurpose.SIGN_IN, now=now)
    return person_id


def reset_password(token: str, *, password_hash: str, now: datetime) -> int:
    """Set a new password by a link; the person's id. Every session ends. Raises NotFound."""
    person_id = consume(token, LinkPurpose.RESET, now=now).person_id
    if person_id is None:
        raise NotFound
    set_password(person_id, password_hash=password_hash)
    end_all_sessions(person_id, now=now)
    void_for_person(person_id, LinkPurpose.RESET, LinkPurpose.SIGN_IN, now=now)
    record(Actor(person_id, ""), "account.reset", f"person:{person_id}", now=now)
    return person_id


def set_password(person_id: int, *, password_hash: str) -> None:
    """Store a hash: of the demo's password, or of the same one with newer settings."""
    db.session.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))


def change_name(actor: Actor, *, name: str, now: datetime) -> None:
    """Change one's own name."""
    if not name:
        raise RuleViolation("Enter your name", field="name")
    db.session.execute(update(Person).where(Person.id == actor.person_id).values(name=name[:120]))
    record(actor, "account.rename", f"person:{actor.person_id}", now=now)


def change_password(actor: Actor, *, password_hash: str, now: datetime) -> None:
    """Change one's own password; every other session ends. The caller has checked the old one."""
    set_password(actor.person_id, password_hash=password_hash)
    end_all_sessions(actor.person_id, now=now, but=actor.session_id)
    void_for_person(actor.person_id, LinkPurpose.RESET, LinkPurpose.SIGN_IN, now=now)
    record(actor, "account.change_password", f"person:{actor.person_id}", now=now)


def invite_by_command(email: str, *, role: Role, now: datetime) -> str:
    """Make a person with a role from the command line; the path of a one-time link.

    Someone with an account already gets the role and a sign-in link. Raises NotAllowed for a role
    that two administrators have to agree on, RuleViolation for a bad address or a role held.
    """
    person_id = person_for("", email, now=now)
    grant_role(SYSTEM, person_id=person_id, role=role, now=now)
    person = db.session.get_one(Person, person_id)
    if person.confirmed_at is not None:
        return mint_link(LinkPurpose.SIGN_IN, email=person.email, person_id=person_id, now=now)
    invitation = Invitation(kind=InvitationKind.STAFF, person_id=person_id, role=role, created_at=now)
    db.session.add(invitation)
    db.session.flush()
    record(
        SYSTEM,
        "invitation.send",
        f"person:{person_id}",
        now=now,
        invitation=invitation.id,
        kind=invitation.kind,
    )
    return mint_link(
        LinkPurpose.INVITATION, email=person.email, person_id=person_id, invitation_id=invitation.id, now=now
    )


def _send(kind: str, email: str, now: datetime) -> None:
    found = queries.credentials(tidy_address(email))
    if found is None:
        return
    if not found.is_confirmed:
        _invite_again(found, now)
    elif sent_since(found.email, (kind,), now - _DAY) < LINKS_A_DAY:
        enqueue(kind, now=now, person_id=found.person_id, address=found.email)


def _invite_again(found: queries.Credentials, now: datetime) -> None:
    """Someone invited who has not come in yet gets the invitation once more."""
    newest = db.session.execute(
        select(Invitation.id)
        .where(
            Invitation.person_id == found.person_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if newest and sent_since(found.email, ("invitation", "confirm"), now - _DAY) < UNCONFIRMED_A_DAY:
        enqueue("invitation", now=now, person_id=found.person_id, address=found.email, invitation=newest)
