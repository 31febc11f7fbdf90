"""What accounts hold about a person, what an erasure would come to, and what is past its time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import (
    Invitation,
    Membership,
    Organisation,
    Person,
    RoleGrant,
    TwoPersonAct,
    UserSession,
)
from pitchfest.accounts.queries.help import looks_at
from pitchfest.accounts.queries.holding import stand_ins_of
from pitchfest.accounts.queries.people import confirmed_holders
from pitchfest.accounts.queries.sessions import kept_forms, subject
from pitchfest.accounts.queries.two_step import two_steps_ever
from pitchfest.accounts.rules import INVITATION_NAMES, ActKind, InvitationKind
from pitchfest.db import db
from pitchfest.kernel.actor import ROLE_NAMES, Role
from pitchfest.kernel.privacy import Due, Erasing, Remains, Section

_ACTS = {
    ActKind.OPEN_PITCHES: "Open pitches",
    ActKind.RELEASE_LETTERS: "Release letters",
    ActKind.FEWER_CARDS: "Judge with fewer scorecards",
    ActKind.AGREE_OUTSIDE: "Agree a score that no judge gave",
    ActKind.CANCEL: "Cancel a challenge",
    ActKind.REOPEN: "Open a challenge again",
    ActKind.OVERTURN: "Change who can take part",
    ActKind.GRANT_ROLE: "Give a role",
    ActKind.RESET_TWO_STEP: "Take a two-step sign-in away",
    ActKind.BRING_SCORES: "Bring scores from a file",
    ActKind.SET_ASIDE: "Set a judge’s scores aside",
}


def sections(person_id: int, now: datetime) -> list[Section]:
    """Details, organisations, roles, browsers, invitations, acts of two people and kept texts."""
    return [
        _details(person_id),
        _organisations(person_id),
        _roles(person_id),
        _sessions(person_id),
        _two_steps(person_id),
        _invitations(person_id),
        _acts(person_id),
        _stand_ins(person_id),
        _help(person_id),
        Section(
            "Text kept from a session that ended",
            ("When", "Page", "Your words"),
            tuple(
                (form.at, form.path, "\n".join(text for name, text in form.fields if "token" not in name))
                for form in kept_forms(person_id, now)
            ),
        ),
    ]


def _details(person_id: int) -> Section:
    person = db.session.get_one(Person, person_id)
    return Section(
        "Your details",
        ("What", "Which"),
        (
            ("Number of your account", person.id),
            ("Name", person.name),
            ("Email address", person.email),
            ("Password", "Set; we hold a fingerprint of it" if person.password_hash else "None"),
            ("Account made", person.created_at),
            ("Address confirmed", person.confirmed_at),
            ("Last sign-in", person.signed_in_at),
        ),
    )


def _organisations(person_id: int) -> Section:
    rows = db.session.execute(
        select(Organisation.name, Membership.is_owner, Membership.from_at, Membership.until_at)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.id)
    )
    return Section(
        "Organisations you belong or belonged to",
        ("Organisation", "As", "From", "Until"),
        tuple((r.name, "Owner" if r.is_owner else "Member", r.from_at, r.until_at) for r in rows),
    )


def _roles(person_id: int) -> Section:
    rows = db.session.execute(
        select(RoleGrant.role, RoleGrant.granted_at, RoleGrant.ended_at)
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.id)
    )
    return Section(
        "Roles you hold or held", ("Role", "From", "Until"), tuple((ROLE_NAMES[r.role], *r[1:]) for r in rows)
    )


def _sessions(person_id: int) -> Section:
    rows = db.session.execute(
        select(UserSession.browser, UserSession.created_at, UserSession.last_seen_at, UserSession.ended_at)
        .where(UserSession.person_id == person_id)
        .order_by(UserSession.id)
    )
    return Section(
        "Browsers you signed in with",
        ("Browser", "Signed in", "Last seen", "Signed out"),
        tuple(tuple(row) for row in rows),
    )


def _two_steps(person_id: int) -> Section:
    return Section(
        "Two-step sign-in", ("From", "Until"), tuple(tuple(row) for row in two_steps_ever(person_id))
    )


def _invitations(person_id: int) -> Section:
    rows = db.session.execute(
        select(
            Invitation.kind,
            Invitation.about,
            Invitation.created_at,
            Invitation.accepted_at,
            case((~Invitation.refused, Invitation.withdrawn_at)).label("withdrawn"),
            case((Invitation.refused, Invitation.withdrawn_at)).label("refused"),
        )
        .where(Invitation.person_id == person_id)
        .order_by(Invitation.id)
    )
    return Section(
        "Invitations to you",
        ("What for", "About", "Sent", "Accepted", "Taken back", "You said no"),
        tuple((INVITATION_NAMES[r.kind], _about(r.kind, r.about), *r[2:]) for r in rows),
    )


def _about(kind: InvitationKind, about: str) -> str:
    """What an invitation is about, in words; what a judge is asked to judge only once it is public."""
    if kind is not InvitationKind.JUDGE:
        return about
    found = subject(about)
    return found.title if found else ""


def _stand_ins(person_id: int) -> Section:
    return Section(
        "Standing in for someone, or someone for you",
        ("Role", "Who stands in", "For whom", "From", "Until", "Ended"),
        tuple(
            (ROLE_NAMES[r.role], r.name, r.for_name, r.from_at, r.until_at, r.ended_at)
            for r in stand_ins_of(person_id)
        ),
    )


def _help(person_id: int) -> Section:
    return Section(
        "Who looked at technical facts with your code",
        ("When", "Who"),
        tuple((look.at, look.by_name) for look in looks_at(person_id, limit=1_000)),
    )


def _acts(person_id: int) -> Section:
    rows = db.session.execute(
        select(
            TwoPersonAct.kind,
            TwoPersonAct.object,
            TwoPersonAct.proposer_id,
            TwoPersonAct.proposed_at,
            TwoPersonAct.decided_at,
            TwoPersonAct.outcome,
        )
        .where(or_(TwoPersonAct.proposer_id == person_id, TwoPersonAct.confirmer_id == person_id))
        .order_by(TwoPersonAct.id)
    )
    return Section(
        "What you did together with a second person",
        ("What", "About", "Your part", "Proposed", "Decided", "Outcome"),
        tuple(
            (
                _ACTS.get(r.kind, r.kind.replace("_", " ").capitalize()),
                r.object,
                "Proposed it" if r.proposer_id == person_id else "Confirmed it",
                r.proposed_at,
                r.decided_at,
                r.outcome.capitalize(),
            )
            for r in rows
        ),
    )


def erasing(person_id: int, own: bool, _now: datetime) -> Erasing:
    """What erasing an account means. The region's last administrator who ever came (one who
    was only invited may never), and the last owner of an organisation that others belong to, cannot go.
    """
    blockers = []
    who = "you are" if own else "this person is"
    if confirmed_holders(Role.ADMIN) == {person_id}:
        blockers.append(
            f"The region needs an administrator, and {who} the only one. Make someone else one first."
        )
    blockers += [
        f"{name} needs an owner, and {who} the only one while others belong to it. "
        "End the others’ memberships first."
        for name in _owned_alone(person_id)
    ]
    return Erasing(
        blockers=tuple(blockers),
        goes=(
            "Name, email address and password",
            "Every signed-in browser, one-time link and kept text, and the key of a two-step sign-in",
            "Memberships of organisations, roles and open invitations end",
        ),
        stays=(
            Remains(
                "A number and a made-up name like “Former member 7K2Q”",
                "What was done in a contest must stay tied together, so that it can be checked.",
            ),
        ),
    )


def _owned_alone(person_id: int) -> list[str]:
    """Organisations of which the person is the only owner, while others belong to them."""
    other = aliased(Membership)

    def someone_else(*conditions: Any) -> ColumnElement[bool]:
        return (
            select(other.id)
            .where(
                other.organisation_id == Membership.organisation_id,
                other.person_id != person_id,
                other.until_at.is_(None),
                *conditions,
            )
            .exists()
        )

    rows = db.session.execute(
        select(Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            Membership.is_owner,
            Membership.until_at.is_(None),
            someone_else(),
            ~someone_else(other.is_owner),
        )
        .order_by(Organisation.name)
    )
    return list(rows.scalars())


def unanswered(before: datetime) -> ColumnElement[bool]:
    """That an invitation was sent at `before` or earlier and never accepted."""
    return and_(Invitation.accepted_at.is_(None), Invitation.created_at <= before)


def unanswering(before: datetime) -> list[tuple[int, bool]]:
    """Everyone who has not accepted an invitation sent at `before` or earlier; and whether that is all
    there is of them here: they never came, and no later invitation waits.
    """
    invited = select(Invitation.id).where(Invitation.person_id == Person.id)
    never_came = and_(
        Person.confirmed_at.is_(None),
        Person.erased_at.is_(None),
        ~invited.where(not_(unanswered(before))).exists(),
    )
    rows = db.session.execute(
        select(Person.id, never_came.label("never_came"))
        .where(invited.where(unanswered(before)).exists())
        .order_by(Person.id)
    )
    return [(row.id, row.never_came) for row in rows]


def invitations_due(before: datetime) -> Due:
    """How many invitations are past their time, and when the oldest was sent."""
    return Due(
        *db.session.execute(
            select(func.count(Invitation.id), func.min(Invitation.created_at)).where(unanswered(before))
        ).one()
    )


def _last_used() -> ColumnElement[datetime]:
    return func.coalesce(Person.signed_in_at, Person.confirmed_at)


def unused(before: datetime) -> list[ColumnElement[bool]]:
    """The conditions of accounts of people without a role that nobody has used since `before`."""
    holds = (
        select(RoleGrant.id).where(RoleGrant.person_id == Person.id, RoleGrant.ended_at.is_(None)).exists()
    )
    return [Person.confirmed_at.is_not(None), Person.erased_at.is_(None), _last_used() <= before, ~holds]


def unused_due(before: datetime) -> Due:
    """How many accounts nobody has used since, and when the oldest was used last."""
    return Due(
        *db.session.execute(
            select(func.count(Person.id), func.min(_last_used())).where(*unused(before))
        ).one()
    )


def to_warn(before: datetime, most: int) -> list[int]:
    """Ids of people to tell that their account will go, since nobody has used it since `before`."""
    rows = db.session.execute(
        select(Person.id)
        .where(*unused(before), Person.warned_at.is_(None), Person.disabled_at.is_(None))
        .order_by(Person.id)
        .limit(most)
    )
    return list(rows.scalars())


def to_close(before: datetime, warned_before: datetime) -> list[int]:
    """Ids of people whose unused account can go: warned long enough ago, or not able to sign in."""
    rows = db.session.execute(
        select(Person.id)
        .where(*unused(before), or_(Person.warned_at <= warned_before, Person.disabled_at.is_not(None)))
        .order_by(Person.id)
    )
    return list(rows.scalars())
