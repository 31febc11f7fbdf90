"""Who works on a pitch, and who is invited to. Addresses of the invited are opened here only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Membership, Organisation, Person
from pitchfest.challenges.models import Challenge
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.models import Pitch, PitchInvitation, PitchMember
from pitchfest.pitches.queries.another_way import is_on_panel
from pitchfest.pitches.queries.revealed import is_member
from pitchfest.pitches.queries.sealed import PitchRow, own
from pitchfest.pitches.rules.states import PitchRight
from pitchfest.pitches.rules.teams import on_side_that_buys

_INVITED = PitchInvitation.__table__.c
_MEMBER, _PERSON = PitchMember.__table__.c, Person.__table__.c
_WRITES = (PitchRight.EDIT, PitchRight.SUBMIT)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Someone with a right on a pitch. `partner`: not of its organisation."""

    person_id: int
    name: str
    email: str
    right: PitchRight
    from_at: datetime
    partner: bool
    assists: bool


# Put together once: the page of every pitch asks it.
_BELONGS = exists().where(
    Membership.organisation_id == Pitch.organisation_id,
    Membership.person_id == PitchMember.person_id,
    Membership.until_at.is_(None),
)
_MEMBERS = (
    select(
        _MEMBER.person_id,
        _PERSON.name,
        _PERSON.email,
        _MEMBER.right,
        _MEMBER.from_at,
        and_(_MEMBER.partner, ~_BELONGS).label("partner"),
        _MEMBER.assists,
    )
    .join(Pitch.__table__, Pitch.__table__.c.id == _MEMBER.pitch_id)
    .join(Person.__table__, _PERSON.id == _MEMBER.person_id)
    .where(_MEMBER.pitch_id == bindparam("pitch_id"), is_member())
    .order_by(_MEMBER.id)
)


def members(pitch_id: int) -> list[MemberRow]:
    """The people with a right on the pitch now, in the order in which they came."""
    rows = db.session.execute(_MEMBERS, {"pitch_id": pitch_id})
    return [MemberRow(**row._mapping) for row in rows]


def organisations_of_partners(pitch_id: int) -> dict[int, str]:
    """person id → the suppliers that a partner belongs to, in words; nobody else's."""
    found: dict[int, list[str]] = {}
    for person_id, name in db.session.execute(
        select(PitchMember.person_id, Organisation.name)
        .join(Membership, Membership.person_id == PitchMember.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            PitchMember.pitch_id == pitch_id,
            PitchMember.until_at.is_(None),
            PitchMember.partner,
            Membership.until_at.is_(None),
            Organisation.practice.is_(False),
        )
        .order_by(Organisation.name, PitchMember.person_id)
    ):
        found.setdefault(person_id, []).append(name)
    return {person_id: ", ".join(names) for person_id, names in found.items()}


def to_tell(pitch_id: int, *, writers: bool) -> list[int]:
    """Ids of everyone who works on the pitch, partners too, in the order in which they came; `writers`:
    only of those who can write in it. Not of an officer who types it for a supplier.
    """
    team = [m for m in members(pitch_id) if not m.assists and (m.right in _WRITES or not writers)]
    return list(dict.fromkeys(m.person_id for m in team))


@dataclass(frozen=True, slots=True)
class OfPitch:
    """Something of a pitch, which one may see or change by one's right on the pitch."""

    pitch: PitchRow

    @property
    def right(self) -> PitchRight | None:
        """The right of the person who asks."""
        return self.pitch.right

    @property
    def assists(self) -> bool:
        """Whether the person who asks types the pitch for a supplier."""
        return self.pitch.assists

    @property
    def organisation_id(self) -> int:
        """Whose pitch it is."""
        return self.pitch.organisation_id

    @property
    def practice(self) -> bool:
        """Whether the challenge is one for practice."""
        return self.pitch.practice


@dataclass(frozen=True, slots=True)
class Seat(OfPitch):
    """Someone's place on a pitch's team."""

    member: MemberRow

    @property
    def person_id(self) -> int:
        """Whose place it is."""
        return self.member.person_id


def seat(*, actor: Actor, now: datetime, reference: str, person_id: int) -> Seat:
    """Someone's place on a pitch, for a person who holds a right on it. Raises NotFound."""
    pitch = own(actor=actor, now=now, reference=reference)
    member = next((m for m in members(pitch.id) if m.person_id == person_id), None)
    if pitch.right is None or member is None:
        raise NotFound
    return Seat(pitch, member)


# Invitations.


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that nobody has taken, as the team sees it."""

    id: int
    email: str
    right: PitchRight
    by_name: str
    sent_at: datetime
    expires_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether its link works at `now`."""
        return now < self.expires_at


def is_waiting() -> ColumnElement[bool]:
    """That an invitation was neither taken nor ended."""
    return and_(_INVITED.taken_at.is_(None), _INVITED.ended_at.is_(None))


def invitations(pitch_id: int) -> list[InvitationRow]:
    """The invitations to a pitch that were neither taken nor taken back, the oldest first."""
    rows = db.session.execute(
        select(
            _INVITED.id,
            _INVITED.email,
            _INVITED.right,
            Person.name.label("by_name"),
            _INVITED.sent_at,
            _INVITED.expires_at,
        )
        .join(Person, Person.id == _INVITED.by_id)
        .where(_INVITED.pitch_id == pitch_id, is_waiting())
        .order_by(_INVITED.id)
    )
    return [InvitationRow(**row._mapping) for row in rows]


def invited_since(person_id: int, since: datetime) -> int:
    """How many invitations a person has made since a moment, whatever became of them."""
    return db.session.execute(
        select(func.count())
        .select_from(PitchInvitation)
        .where(_INVITED.by_id == person_id, _INVITED.at > since)
    ).scalar_one()


def addressed_since(pitch_id: int, since: datetime) -> frozenset[str]:
    """The addresses to which an invitation to a pitch went since a moment, one taken back too."""
    rows = db.session.execute(
        select(_INVITED.email)
        .where(_INVITED.pitch_id == pitch_id, _INVITED.sent_at > since)
        .order_by(_INVITED.id)
    )
    return frozenset(rows.scalars())


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as whoever holds its link, or its message, sees it.

    `supplies`, `on_panel` and `decides` are about the person who asks, False for nobody.
    """

    id: int
    email: str
    right: PitchRight
    by_name: str
    expires_at: datetime
    taken_by_id: int | None
    pitch_id: int
    reference: str
    organisation_id: int
    organisation_name: str
    challenge_id: int
    challenge_reference: str
    challenge_title: str
    practice: bool
    closes_at: datetime
    decision_maker_id: int | None
    too_old: bool
    supplies: bool = False
    on_panel: bool = False
    decides: bool = False


def _invited() -> Select[Any]:
    return (
        select(
            _INVITED.id,
            _INVITED.email,
            _INVITED.right,
            Person.name.label("by_name"),
            _INVITED.expires_at,
            _INVITED.taken_by_id,
            _INVITED.pitch_id,
            Pitch.reference,
            Pitch.organisation_id,
            Organisation.name.label("organisation_name"),
            Pitch.challenge_id,
            Challenge.reference.label("challenge_reference"),
            Challenge.title.label("challenge_title"),
            Challenge.practice,
            Challenge.closes_at,
            Challenge.decision_maker_id,
        )
        .join(Person, Person.id == _INVITED.by_id)
        .join(Pitch, Pitch.id == _INVITED.pitch_id)
        .join(Organisation, Organisation.id == Pitch.organisation_id)
        .join(Challenge, Challenge.id == Pitch.challenge_id)
        .where(_INVITED.ended_at.is_(None), Pitch.withdrawn_at.is_(None), Pitch.removed_at.is_(None))
    )


def invited(token: str, actor: Actor | None, now: datetime) -> Invited | None:
    """The invitation that a link leads to, taken or not; None when it leads to none any more."""
    return _one(_INVITED.token_hash == accounts.digest(token), actor, now)


def to_join(*, actor: Actor, now: datetime, token: str) -> Invited:
    """The invitation that the actor's link leads to. Raises NotFound."""
    found = invited(token, actor, now)
    if found is None:
        raise NotFound
    return found


def invitation(invitation_id: int, actor: Actor, now: datetime) -> Invited:
    """An invitation that was not taken back, for the actor. Raises NotFound."""
    found = _one(_INVITED.id == invitation_id, actor, now)
    if found is None:
        raise NotFound
    return found


def _one(which: ColumnElement[bool], actor: Actor | None, now: datetime) -> Invited | None:
    row = db.session.execute(_invited().where(which)).one_or_none()
    if row is None:
        return None
    found = Invited(**row._mapping, too_old=now >= row.expires_at)
    if actor is None:
        return found
    supplies, on_panel = db.session.execute(
        select(accounts.supplies(actor.person_id), is_on_panel(actor.person_id, found.challenge_id))
    ).one()
    return replace(
        found,
        supplies=bool(supplies),
        on_panel=bool(on_panel),
        decides=found.decision_maker_id == actor.person_id,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody has to do with a challenge on the side that buys."""

    on_panel: bool
    decides: bool


def part_in(person_id: int, challenge_id: int) -> Part:
    """What a person has to do with a challenge; one statement."""
    on_panel, decides = db.session.execute(
        select(is_on_panel(person_id, challenge_id), Challenge.decision_maker_id == person_id).where(
            Challenge.id == challenge_id
        )
    ).one()
    return Part(bool(on_panel), bool(decides))


def invitation_to_send(invitation_id: int, now: datetime) -> Invited | None:
    """The invitation for its message; None once it was taken, taken back, or is too old, and where the
    address belongs to the side that buys: before the opening nobody there learns who pitches.
    """
    row = db.session.execute(
        _invited().where(_INVITED.id == invitation_id, is_waiting(), _INVITED.expires_at > now)
    ).one_or_none()
    if row is None:
        return None
    if (person := accounts.credentials(row.email)) is not None:
        actor = accounts.actor_of(person.person_id, now=now)
        if on_side_that_buys(actor, part_in(person.person_id, row.challenge_id)):
            return None
    return Invited(**row._mapping, too_old=False)
