"""Reading people and their roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import (
    Invitation,
    Membership,
    OneTimeLink,
    Organisation,
    OrganisationCapacity,
    Person,
    RoleGrant,
)
from pitchfest.accounts.queries.holding import held
from pitchfest.accounts.queries.two_step import has_two_step
from pitchfest.accounts.rules import Capacity, InvitationKind
from pitchfest.db import db
from pitchfest.kernel.actor import ROLE_NAMES, Actor, Role
from pitchfest.kernel.errors import NotFound
from pitchfest.mail.rules import Message

_PERSON = Person.__table__.c
_GRANT = RoleGrant.__table__.c
_MEMBER = Membership.__table__.c
_INVITED = Invitation.__table__.c
_LINK = OneTimeLink.__table__.c


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Who someone is."""

    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in needs to know of a person who may sign in."""

    person_id: int
    name: str
    email: str
    password_hash: str | None
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A person in a list: the roles they hold themselves, and how their account stands."""

    id: int
    name: str
    email: str
    roles: tuple[Role, ...]
    organisations: tuple[str, ...]
    confirmed_at: datetime | None
    disabled_at: datetime | None
    erased_at: datetime | None
    #: Whether they are asked for a code when they sign in.
    two_step: bool

    @property
    def state(self) -> str:
        """`Erased`, `Disabled`, `Invited`, or `` for an account in use."""
        if self.erased_at:
            return "Erased"
        return "Disabled" if self.disabled_at else "" if self.confirmed_at else "Invited"


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role someone holds. `by` is "" for the command line."""

    role: Role
    granted_at: datetime
    by: str
    alone: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation and what became of it."""

    id: int
    kind: InvitationKind
    about: str
    created_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None
    refused: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All that an administrator sees of a person."""

    person: Listing
    grants: tuple[GrantRow, ...]
    invitations: tuple[InvitationRow, ...]


def recipient(person_id: int) -> tuple[str, str] | None:
    """Name and address of a person, None when mail must not go there any more."""
    row = db.session.execute(
        select(_PERSON.name, _PERSON.email).where(_PERSON.id == person_id, _PERSON.disabled_at.is_(None))
    ).one_or_none()
    return (row.name, row.email) if row else None


_NAMES = (
    select(_PERSON.id, _PERSON.name)
    .where(_PERSON.id.in_(bindparam("ids", expanding=True)))
    .order_by(_PERSON.id)
)


def addresses(ids: Iterable[int]) -> set[str]:
    """The e-mail addresses of these people."""
    rows = db.session.execute(select(_PERSON.email).where(_PERSON.id.in_(sorted(ids))).order_by(_PERSON.id))
    return set(rows.scalars())


def person_names(ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id, also of people whose account is disabled."""
    wanted = {i for i in ids if i}
    if not wanted:
        return {}
    return dict(db.session.execute(_NAMES, {"ids": sorted(wanted)}).all())


def person_by_email(email: str) -> PersonRow | None:
    """The person with an address, written in any case."""
    row = db.session.execute(
        select(_PERSON.id, _PERSON.name, _PERSON.email).where(_PERSON.email == email.strip().lower())
    ).one_or_none()
    return PersonRow(**row._mapping) if row else None


def credentials(email: str) -> Credentials | None:
    """What signing in needs, for a person whose account is not disabled."""
    row = db.session.execute(
        select(_PERSON.id, _PERSON.name, _PERSON.email, _PERSON.password_hash, _PERSON.confirmed_at).where(
            _PERSON.email == email, _PERSON.disabled_at.is_(None)
        )
    ).one_or_none()
    return (
        Credentials(row.id, row.name, row.email, row.password_hash, row.confirmed_at is not None)
        if row
        else None
    )


def staff(*roles: Role, now: datetime) -> list[PersonRow]:
    """Who holds any of the roles at `now` (any role at all when none is named), by name.

    Whoever stands in for a holder counts as one.
    """
    role = held(now).c
    holders = select(role.person_id)
    if roles:
        holders = holders.where(role.role.in_(roles))
    rows = db.session.execute(
        select(_PERSON.id, _PERSON.name, _PERSON.email)
        .where(_PERSON.id.in_(holders), _PERSON.disabled_at.is_(None))
        .order_by(_PERSON.name, _PERSON.id)
    )
    return [PersonRow(**row._mapping) for row in rows]


def team() -> list[Listing]:
    """Who works here: everyone with a role, by name, also before they came in."""
    holders = select(_GRANT.person_id).where(_GRANT.ended_at.is_(None))
    return _listings(_people().where(_PERSON.id.in_(holders)).order_by(_PERSON.name, _PERSON.id))


def confirmed_by_role() -> dict[Role, int]:
    """How many people with an account in use hold each role."""
    rows = db.session.execute(
        select(_GRANT.role, func.count())
        .join(Person, _PERSON.id == _GRANT.person_id)
        .where(_GRANT.ended_at.is_(None), _PERSON.disabled_at.is_(None), _PERSON.confirmed_at.is_not(None))
        .group_by(_GRANT.role)
        .order_by(_GRANT.role)
    ).all()
    return dict(rows)


def invited_by_role() -> dict[Role, list[str]]:
    """The names of those who hold a role and have not come in yet, by role, in their order."""
    rows = db.session.execute(
        select(_GRANT.role, _PERSON.name)
        .join(Person, _PERSON.id == _GRANT.person_id)
        .where(_GRANT.ended_at.is_(None), _PERSON.disabled_at.is_(None), _PERSON.confirmed_at.is_(None))
        .order_by(_PERSON.name, _PERSON.id)
    ).all()
    return {role: [row.name for row in rows if row.role == role] for role in {row.role for row in rows}}


def confirmed_holders(*roles: Role) -> frozenset[int]:
    """Ids of those who came and have an account in use, and hold any of the roles (any role when none
    is named) themselves: who is only invited, or only stands in for one, does not count.
    """
    wanted = [_GRANT.ended_at.is_(None), *([_GRANT.role.in_(roles)] if roles else [])]
    rows = db.session.execute(
        select(_GRANT.person_id)
        .join(Person, _PERSON.id == _GRANT.person_id)
        .where(*wanted, _PERSON.disabled_at.is_(None), _PERSON.confirmed_at.is_not(None))
        .distinct()
        .order_by(_GRANT.person_id)
    )
    return frozenset(rows.scalars())


def confirmed_count(*roles: Role) -> int:
    """How many they are."""
    return len(confirmed_holders(*roles))


def administrator_removed(since: datetime) -> datetime | None:
    """When the last administrator was sent away since then, or None: another person ended the role,
    or the account of one who held it was disabled. Who gave the role up themselves does not count.
    """
    by_another = _GRANT.ended_by_id.is_not(None) & (_GRANT.ended_by_id != _GRANT.person_id)
    disabled = or_(_GRANT.ended_at.is_(None), _GRANT.ended_at >= _PERSON.disabled_at)
    row = db.session.execute(
        select(func.max(case((by_another, _GRANT.ended_at))), func.max(case((disabled, _PERSON.disabled_at))))
        .select_from(RoleGrant)
        .join(Person, _PERSON.id == _GRANT.person_id)
        .where(_GRANT.role == Role.ADMIN, _PERSON.confirmed_at.is_not(None))
    ).one()
    return max((moment for moment in row if moment is not None and moment > since), default=None)


def working_count(now: datetime) -> int:
    """How many people with an account in use hold any role at `now`, stand-ins included."""
    role = held(now).c
    return db.session.execute(
        select(func.count(func.distinct(role.person_id)))
        .join(Person, _PERSON.id == role.person_id)
        .where(_PERSON.disabled_at.is_(None), _PERSON.confirmed_at.is_not(None))
    ).scalar_one()


def actor_of(person_id: int, *, now: datetime, proved_at: datetime | None = None) -> Actor:
    """The person as rules see them at `now`, without a session. Raises NotFound, also when disabled."""
    row = db.session.execute(
        select(_PERSON.name, _PERSON.email).where(_PERSON.id == person_id, _PERSON.disabled_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    role = held(now).c
    roles = db.session.execute(
        select(role.role).where(role.person_id == person_id).order_by(role.role)
    ).scalars()
    organisations = db.session.execute(
        select(_MEMBER.organisation_id)
        .where(_MEMBER.person_id == person_id, _MEMBER.until_at.is_(None))
        .order_by(_MEMBER.organisation_id)
    ).scalars()
    return Actor(
        person_id, row.name, row.email, frozenset(roles), frozenset(organisations), proved_at=proved_at
    )


def people_page(*, search: str = "", number: int, size: int) -> tuple[list[Listing], int]:
    """A page of people by name whose name or address holds `search`, and how many there are."""
    wanted = _matching(search)
    total = db.session.execute(select(func.count()).select_from(Person).where(*wanted)).scalar_one()
    rows = _listings(
        _people().where(*wanted).order_by(_PERSON.name, _PERSON.id).limit(size).offset((number - 1) * size)
    )
    return rows, total


def everyone() -> list[Listing]:
    """Every person, by address, for the command line and downloads."""
    return _listings(_people().order_by(_PERSON.email))


def person_page(person_id: int) -> PersonPage:
    """One person with roles and invitations. Raises NotFound."""
    found = _listings(_people().where(_PERSON.id == person_id).order_by(_PERSON.id))
    if not found:
        raise NotFound
    by = aliased(Person)
    grants = db.session.execute(
        select(_GRANT.role, _GRANT.granted_at, _GRANT.alone, func.coalesce(by.name, "").label("by"))
        .outerjoin(by, by.id == _GRANT.granted_by_id)
        .where(_GRANT.person_id == person_id, _GRANT.ended_at.is_(None))
        .order_by(_GRANT.role)
    )
    invitations = db.session.execute(
        select(
            _INVITED.id,
            _INVITED.kind,
            _INVITED.about,
            _INVITED.created_at,
            _INVITED.accepted_at,
            _INVITED.withdrawn_at,
            _INVITED.refused,
        )
        .where(_INVITED.person_id == person_id)
        .order_by(_INVITED.id.desc())
    )
    return PersonPage(
        found[0],
        tuple(GrantRow(**row._mapping) for row in grants),
        tuple(InvitationRow(**row._mapping) for row in invitations),
    )


def open_invitations(person_ids: Iterable[int], kind: InvitationKind) -> dict[int, int]:
    """Person's id → the newest of their invitations of a kind that waits for an answer."""
    rows = db.session.execute(
        select(_INVITED.person_id, func.max(_INVITED.id))
        .where(
            _INVITED.person_id.in_(sorted(person_ids)),
            _INVITED.kind == kind,
            _INVITED.accepted_at.is_(None),
            _INVITED.withdrawn_at.is_(None),
        )
        .group_by(_INVITED.person_id)
        .order_by(_INVITED.person_id)
    )
    return dict(rows.all())


def invitations_until(invitation_ids: Iterable[int]) -> dict[int, datetime]:
    """Invitation's id → until when its newest link works, or worked; links are kept for some days longer."""
    rows = db.session.execute(
        select(_LINK.invitation_id, func.max(_LINK.expires_at))
        .where(_LINK.invitation_id.in_(sorted(invitation_ids)))
        .group_by(_LINK.invitation_id)
    )
    return dict(rows.all())


#: A group of people on the demo's sign-in page: its heading, and (name, address, note) of each.
DemoGroup = tuple[str, list[tuple[str, str, str]]]


def demo_people() -> list[DemoGroup]:
    """People of an invented region to sign in as: staff by role, then suppliers, with their organisation.

    Whoever holds several roles stands under each. A role that nobody holds is left out.
    """
    is_here = (_PERSON.confirmed_at.is_not(None), _PERSON.disabled_at.is_(None))
    suppliers = db.session.execute(
        select(_PERSON.name, _PERSON.email, Organisation.name.label("note"))
        .join(Membership, _MEMBER.person_id == _PERSON.id)
        .join(Organisation, Organisation.id == _MEMBER.organisation_id)
        .join(OrganisationCapacity, OrganisationCapacity.organisation_id == Organisation.id)
        .where(OrganisationCapacity.capacity == Capacity.SUPPLIER, _MEMBER.until_at.is_(None), *is_here)
        .order_by(_PERSON.name, Organisation.name)
    )
    works_at = (
        select(func.min(Organisation.name))
        .join(Membership, Organisation.id == _MEMBER.organisation_id)
        .where(_MEMBER.person_id == _PERSON.id, _MEMBER.until_at.is_(None))
        .scalar_subquery()
    )
    grants = db.session.execute(
        select(_PERSON.name, _PERSON.email, works_at.label("note"), _GRANT.role)
        .join(RoleGrant, _GRANT.person_id == _PERSON.id)
        .where(_GRANT.ended_at.is_(None), *is_here)
        .order_by(_PERSON.name, _PERSON.id)
    ).all()
    holders = [
        (name, [(row.name, row.email, row.note or "") for row in grants if row.role == role])
        for role, name in ROLE_NAMES.items()
    ]
    staff = [(name if len(people) == 1 else f"{name}s", people) for name, people in holders if people]
    return [*staff, ("Suppliers", [(row.name, row.email, row.note) for row in suppliers])]


def _people() -> Select[Any]:
    return select(
        _PERSON.id,
        _PERSON.name,
        _PERSON.email,
        _PERSON.confirmed_at,
        _PERSON.disabled_at,
        _PERSON.erased_at,
        has_two_step(_PERSON.id).label("two_step"),
    )


def _matching(search: str) -> list[Any]:
    if not search:
        return []
    words = search.lower()
    return [
        or_(
            func.lower(_PERSON.name).contains(words, autoescape=True),
            _PERSON.email.contains(words, autoescape=True),
        )
    ]


def _listings(query: Select[Any]) -> list[Listing]:
    rows = db.session.execute(query).all()
    ids = [row.id for row in rows]
    roles: dict[int, list[Role]] = {i: [] for i in ids}
    for person_id, role in db.session.execute(
        select(_GRANT.person_id, _GRANT.role)
        .where(_GRANT.person_id.in_(ids), _GRANT.ended_at.is_(None))
        .order_by(_GRANT.person_id, _GRANT.role)
    ):
        roles[person_id].append(role)
    organisations: dict[int, list[str]] = {i: [] for i in ids}
    for person_id, name in db.session.execute(
        select(_MEMBER.person_id, Organisation.name)
        .join(Organisation, Organisation.id == _MEMBER.organisation_id)
        .where(_MEMBER.person_id.in_(ids), _MEMBER.until_at.is_(None))
        .order_by(_MEMBER.person_id, Organisation.name)
    ):
        organisations[person_id].append(name)
    return [
        Listing(roles=tuple(roles[row.id]), organisations=tuple(organisations[row.id]), **row._mapping)
        for row in rows
    ]


def of_messages(messages: Sequence[Message], _actor: Actor, _now: datetime) -> dict[int, str]:
    """As what or into which organisation messages invite, by the message's id; a judge's is not here."""
    invited = {m.id: m.ids["invitation"] for m in messages if m.kind == "invitation"}
    rows = db.session.execute(
        select(Invitation.id, Invitation.role, Invitation.about).where(
            Invitation.id.in_(invited.values()), Invitation.kind != InvitationKind.JUDGE
        )
    )
    said = {id_: ROLE_NAMES[role] if role else about for id_, role, about in rows}
    return {message_id: said[key] for message_id, key in invited.items() if said.get(key)}
