"""Inviting people: as staff, as a judge, or into an organisation; and accepting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from pitchfest.accounts import queries
from pitchfest.accounts.models import Invitation, Membership, OneTimeLink, Organisation, Person
from pitchfest.accounts.notices import mint_link, void_links
from pitchfest.accounts.operations.links import consume, void_for_person
from pitchfest.accounts.operations.roles import grant_role
from pitchfest.accounts.rules import (
    PERMISSIONS,
    InvitationKind,
    LinkPurpose,
    Permission,
    address_problem,
    tidy_address,
)
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.errors import Conflict, NotFound, Problem, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.mail.operations import chase

_INVITED = Invitation.__table__.c


def invite_judge(actor: Actor, *, name: str, email: str, about: str, now: datetime) -> int:
    """Ask someone to judge; their person's id, made if new. The caller has authorised the actor.

    `about` is the object, such as `challenge:CH-2026-004`; its words are looked up when they are
    read. While it is not public the invitation waits for `post_invitations`.
    """
    return _invite(actor, InvitationKind.JUDGE, name=name, email=email, about=about, now=now)


def post_invitations(about: str, person_ids: Iterable[int], *, now: datetime) -> int:
    """Send these people the judges' invitations that waited for `about` to be public; how many."""
    waiting = select(Invitation).where(
        _INVITED.kind == InvitationKind.JUDGE,
        _INVITED.about == about,
        _INVITED.person_id.in_(list(person_ids)),
        _INVITED.accepted_at.is_(None),
        _INVITED.withdrawn_at.is_(None),
    )
    rows = db.session.scalars(waiting.order_by(_INVITED.id)).all()
    return sum(_send(row, now=now) for row in rows if queries.recipient(row.person_id) is not None)


def invite_staff(actor: Actor, *, name: str, email: str, role: Role, now: datetime) -> int:
    """Ask someone in as staff with a role; their person's id, made if new.

    A role that needs two people starts when the second has confirmed it.
    """
    authorise(PERMISSIONS, Permission.PEOPLE, actor)
    _check_new(actor, tidy_address(email), ())
    person_id = _invite(actor, InvitationKind.STAFF, name=name, email=email, role=role, now=now)
    grant_role(actor, person_id=person_id, role=role, now=now)
    return person_id


@dataclass(frozen=True, slots=True)
class Invitee:
    """Someone to ask in as staff, with every role they are to have."""

    name: str
    email: str
    roles: tuple[Role, ...]


def invite_team(actor: Actor, *, people: Sequence[Invitee], now: datetime) -> int:
    """Ask several people in at once, all of them or none; how many roles wait for a second person.

    Each gets one invitation. Raises RuleViolation with all that is wrong: a problem's field is
    `people-<place in the list>-<field>`.
    """
    authorise(PERMISSIONS, Permission.PEOPLE, actor)
    problems: list[Problem] = []
    addresses: set[str] = set()
    waiting = 0
    for place, invitee in enumerate(people):
        try:
            address = tidy_address(invitee.email)
            _check_new(actor, address, addresses)
            addresses.add(address)
            known = queries.person_by_email(address)
            held = queries.actor_of(known.id, now=now).roles if known else frozenset()
            first, *further = [role for role in invitee.roles if role not in held] or invitee.roles
            person_id = _invite(
                actor, InvitationKind.STAFF, name=invitee.name, email=invitee.email, role=first, now=now
            )
            given = [grant_role(actor, person_id=person_id, role=r, now=now) for r in (first, *further)]
            waiting += given.count(False)
        except RuleViolation as violation:
            problems += [
                Problem(p.message, f"people-{place}-{p.field or 'email'}") for p in violation.problems
            ]
        except NotFound:
            problems.append(Problem("This person’s account is disabled", f"people-{place}-email"))
    if problems:
        raise RuleViolation(*problems)
    return waiting


def _check_new(actor: Actor, address: str, others: Collection[str]) -> None:
    """Nobody is asked in twice, nor asks themselves in: giving a role takes somebody else."""
    if address == tidy_address(actor.email):
        raise RuleViolation("This is your own address. Nobody can give a role to themselves", field="email")
    if address in others:
        raise RuleViolation("This address is in the list above already", field="email")


def invite_member(actor: Actor, *, organisation_id: int, name: str, email: str, now: datetime) -> int:
    """An owner asks someone into their organisation; the person's id, made if new."""
    facts = queries.organisation_facts(organisation_id=organisation_id)
    authorise(PERMISSIONS, Permission.MEMBERS, actor, facts)
    known = queries.person_by_email(tidy_address(email))
    if known is not None and known.id in facts.member_ids:
        raise RuleViolation("This person already belongs to your organisation", field="email")
    return _invite(
        actor,
        InvitationKind.MEMBER,
        name=name,
        email=email,
        about=facts.name,
        organisation_id=organisation_id,
        now=now,
    )


def end_membership(actor: Actor, *, organisation_id: int, person_id: int, now: datetime) -> None:
    """An owner ends someone's membership, or someone their own. The last owner stays."""
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())
    facts = queries.organisation_facts(organisation_id=organisation_id)
    own = person_id == actor.person_id
    authorise(PERMISSIONS, Permission.MEMBERS_SEE if own else Permission.MEMBERS, actor, facts)
    if person_id not in facts.member_ids:
        raise Conflict("This person does not belong to the organisation any more.")
    if facts.owner_ids == {person_id}:
        raise RuleViolation("An organisation needs an owner, and this is the only one.")
    db.session.execute(
        update(Membership)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.person_id == person_id,
            Membership.until_at.is_(None),
        )
        .values(until_at=now)
    )
    record(
        actor,
        "organisation.end_member",
        f"organisation:{organisation_id}",
        now=now,
        person=f"person:{person_id}",
    )


def hand_over_organisation(actor: Actor, *, organisation_id: int, person_id: int, now: datetime) -> None:
    """An owner makes another member the owner in their place, and stays a member.

    Raises RuleViolation for someone who does not belong to it, or owns it already.
    """
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())
    facts = queries.organisation_facts(organisation_id=organisation_id)
    authorise(PERMISSIONS, Permission.MEMBERS, actor, facts)
    if person_id not in facts.member_ids - facts.owner_ids:
        raise RuleViolation("Choose someone who belongs to the organisation", field="person")
    for who, owns in ((person_id, True), (actor.person_id, False)):
        db.session.execute(
            update(Membership)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.person_id == who,
                Membership.until_at.is_(None),
            )
            .values(is_owner=owns)
        )
    record(
        actor,
        "organisation.hand_over",
        f"organisation:{organisation_id}",
        now=now,
        person=f"person:{person_id}",
    )


def hand_over_link(actor: Actor, *, invitation_id: int, now: datetime) -> str:
    """A fresh link for an invited person, to be handed over in person; its path. Voids the old.

    Only for someone who has not accepted yet, and not into a supplier's organisation: whoever holds that
    link would read sealed pitches. From then on the two may not act together for 7 days.
    """
    authorise(PERMISSIONS, Permission.PEOPLE, actor)
    invitation = _open_invitation(invitation_id)
    if invitation.kind is InvitationKind.MEMBER:
        raise RuleViolation("Only an owner of the organisation can send this invitation again.")
    person = db.session.get_one(Person, invitation.person_id, with_for_update=True)
    if person.confirmed_at is not None:
        raise RuleViolation(
            "This person already has an account and can sign in. A link is for people who are not in yet."
        )
    void_for_person(person.id, LinkPurpose.INVITATION, now=now)
    person.reset_by_id, person.reset_at = actor.person_id or None, now
    record(actor, "invitation.hand_over", f"person:{person.id}", now=now, invitation=invitation.id)
    return mint_link(
        LinkPurpose.INVITATION, email=person.email, person_id=person.id, invitation_id=invitation.id, now=now
    )


def invite_again(actor: Actor, *, invitation_id: int, now: datetime) -> bool:
    """Send an invitation once more; False when it went today already. The caller has authorised.

    Raises Conflict when it was accepted or taken back, or waits for a challenge to be published;
    NotFound where there is none.
    """
    invitation = _open_invitation(invitation_id)
    if _waits(invitation):
        raise Conflict("This invitation is sent when the challenge is published.")
    if not _send(invitation, now=now):
        return False
    record(actor, "invitation.again", f"person:{invitation.person_id}", now=now, invitation=invitation.id)
    return True


def invite_staff_again(actor: Actor, *, invitation_id: int, now: datetime) -> bool:
    """The same, by an administrator, for an invitation of any kind."""
    authorise(PERMISSIONS, Permission.PEOPLE, actor)
    return invite_again(actor, invitation_id=invitation_id, now=now)


def withdraw_invitation(actor: Actor, *, invitation_id: int, now: datetime) -> None:
    """Take an invitation back before it is accepted; its links stop working."""
    authorise(PERMISSIONS, Permission.PEOPLE, actor)
    invitation = _open_invitation(invitation_id)
    invitation.withdrawn_at = now
    record(actor, "invitation.withdraw", f"person:{invitation.person_id}", now=now, invitation=invitation.id)


def accept_invitation(token: str, *, name: str = "", password_hash: str | None = None, now: datetime) -> int:
    """Say yes: the account becomes usable, a membership begins; the person's id.

    `name` and `password_hash` count for someone new only. Raises NotFound when the link does
    not work any more.
    """
    found = consume(token, LinkPurpose.INVITATION, now=now)
    if found.invitation_id is None or found.person_id is None:
        raise NotFound
    person = db.session.get_one(Person, found.person_id, with_for_update=True)
    invitation = _open_invitation(found.invitation_id)
    if person.confirmed_at is None:
        person.confirmed_at, person.name = now, name or person.name
        person.password_hash = password_hash or person.password_hash
    invitation.accepted_at = invitation.opened_at = now
    actor = Actor(person.id, person.name)
    record(
        actor,
        "invitation.accept",
        f"person:{person.id}",
        now=now,
        invitation=invitation.id,
        kind=invitation.kind,
    )
    if invitation.organisation_id is not None:
        _join(actor, invitation.organisation_id, now=now)
    db.session.flush()
    return person.id


def accept_to_judge(actor: Actor, *, about: str, now: datetime) -> None:
    """Say yes, signed in, to one's own invitations to judge `about`; their links stop working.

    Changes nothing where none waits for an answer. The caller has authorised.
    """
    accepted = db.session.scalars(
        update(Invitation)
        .where(
            Invitation.kind == InvitationKind.JUDGE,
            Invitation.about == about,
            Invitation.person_id == actor.person_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(accepted_at=now, opened_at=now)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not accepted:
        return
    void_links(OneTimeLink.invitation_id.in_(accepted), now=now)
    for invitation_id in sorted(accepted):
        record(
            actor,
            "invitation.accept",
            f"person:{actor.person_id}",
            now=now,
            invitation=invitation_id,
            kind=InvitationKind.JUDGE,
        )


def answer_no(token: str, *, now: datetime) -> tuple[Actor, str]:
    """Use the link of an invitation to judge up, to say no: who does, and what they were asked to judge.

    Raises NotFound when the link does not work any more. The caller ends the invitation.
    """
    found = consume(token, LinkPurpose.INVITATION, now=now)
    if found.person_id is None or found.kind is not InvitationKind.JUDGE:
        raise NotFound
    return Actor(found.person_id, found.name), found.about


def end_invitations(actor: Actor, *, person_id: int, about: str, now: datetime) -> None:
    """End every invitation of a person to judge `about`: they said no themselves, or somebody else has taken
    it back. The caller has authorised.
    """
    refused = actor.person_id == person_id
    ended = db.session.scalars(
        update(Invitation)
        .where(
            Invitation.kind == InvitationKind.JUDGE,
            Invitation.about == about,
            Invitation.person_id == person_id,
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now, refused=refused)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    ).all()
    act = "invitation.refuse" if refused else "invitation.withdraw"
    record(actor, act, f"person:{person_id}", now=now, invitations=sorted(ended))


def person_for(name: str, email: str, *, now: datetime) -> int:
    """The person with an address, made without a password if new. Raises RuleViolation."""
    address = tidy_address(email)
    if problem := address_problem(address):
        raise RuleViolation(Problem(problem, "email"))
    known = queries.person_by_email(address)
    if known is not None:
        return known.id
    person = Person(name=name or address.partition("@")[0], email=address, created_at=now)
    db.session.add(person)
    db.session.flush()
    return person.id


def _invite(
    actor: Actor,
    kind: InvitationKind,
    *,
    name: str,
    email: str,
    now: datetime,
    about: str = "",
    role: Role | None = None,
    organisation_id: int | None = None,
) -> int:
    person_id = person_for(name, email, now=now)
    if queries.recipient(person_id) is None:
        raise RuleViolation("This person’s account is disabled. Ask an administrator", field="email")
    invitation = Invitation(
        kind=kind,
        person_id=person_id,
        role=role,
        organisation_id=organisation_id,
        about=about[:200],
        invited_by_id=actor.person_id or None,
        created_at=now,
    )
    db.session.add(invitation)
    db.session.flush()
    if not _waits(invitation):
        _send(invitation, now=now)
    record(actor, "invitation.send", f"person:{person_id}", now=now, invitation=invitation.id, kind=kind)
    return person_id


def _waits(invitation: Invitation) -> bool:
    """Whether what someone is asked to judge is not public yet."""
    return invitation.kind is InvitationKind.JUDGE and queries.subject(invitation.about) is None


def _send(invitation: Invitation, *, now: datetime) -> bool:
    return chase(
        "invitation",
        now=now,
        person_id=invitation.person_id,
        about=f"invitation:{invitation.id}",
        invitation=invitation.id,
    )


def _open_invitation(invitation_id: int) -> Invitation:
    invitation = db.session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise NotFound
    if invitation.accepted_at or invitation.withdrawn_at:
        raise Conflict("This invitation was already accepted or taken back.")
    return invitation


def _join(actor: Actor, organisation_id: int, *, now: datetime) -> None:
    facts = queries.organisation_facts(organisation_id=organisation_id)
    if actor.person_id in facts.member_ids:
        return
    db.session.execute(
        insert(Membership).values(
            organisation_id=organisation_id, person_id=actor.person_id, is_owner=False, from_at=now
        )
    )
    record(actor, "organisation.join", f"organisation:{organisation_id}", now=now)
