"""Reading sessions, one-time links and parked forms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import (
    Invitation,
    Membership,
    OneTimeLink,
    ParkedForm,
    Person,
    ProofCode,
    SignUp,
    UserSession,
)
from pitchfest.accounts.queries.holding import held
from pitchfest.accounts.rules import (
    ABOUT_LATE,
    ABSOLUTE,
    CODE_LASTS,
    CODE_TRIES,
    IDLE,
    PARKED_FOR,
    InvitationKind,
    LinkPurpose,
    Owned,
    Subject,
    session_counts,
)
from pitchfest.db import UtcDateTime, db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.errors import NotFound

_SESSION = UserSession.__table__.c
_LINK = OneTimeLink.__table__.c


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Present:
    """A signed-in person, and when their session was last seen."""

    actor: Actor
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser that is signed in."""

    id: int
    browser: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A one-time link that still works, and whom it is about."""

    id: int
    purpose: LinkPurpose
    email: str
    person_id: int | None
    sign_up_id: int | None
    invitation_id: int | None
    #: The person's name, or the one typed at sign-up.
    name: str
    #: The organisation typed at sign-up, or what the invitation is about.
    about: str
    #: What kind of invitation it is, None for any other link.
    kind: InvitationKind | None
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class SaidNo:
    """An invitation to judge to which somebody said no: when, to what, and who had asked them."""

    at: datetime
    about: str
    by_name: str


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Text that arrived after its session had ended, or after a closing time: (field, text) in the form's
    order.
    """

    id: int
    path: str
    at: datetime
    fields: tuple[tuple[str, str], ...]

    @property
    def about(self) -> str:
        """What words that came too late were for, and by how much; "" for any other form."""
        return next((text for name, text in self.fields[:1] if name == ABOUT_LATE), "")

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """The fields that a person filled in."""
        return self.fields[1:] if self.about else self.fields


#: What higher features want known of everyone who is signed in: name of the part → a condition
#: on the person's id. Filled by the table in `app.py`.
PARTS: dict[str, Callable[[ColumnElement[int]], ColumnElement[bool]]] = {}


#: How the words of what judges are asked to judge are found: name of the feature → from the object
#: to its words, None while it is not public. Filled by the table in `app.py`.
SUBJECTS: dict[str, Callable[[str], Subject | None]] = {}


def subject(about: str) -> Subject | None:
    """What a judge is asked to judge, None while it is not public."""
    return next((found for of in SUBJECTS.values() if (found := of(about))), None)


def session_actor(token: str, now: datetime) -> Present | None:
    """The person whose session this is, in one statement; None when it does not count any more."""
    rows = db.session.execute(_session_actor(tuple(PARTS)), {"token_hash": digest(token), "now": now}).all()
    if not rows or not session_counts(rows[0].created_at, rows[0].last_seen_at, rows[0].ended_at, now):
        return None
    first = rows[0]
    roles: frozenset[Role] = frozenset(row.role for row in rows if row.role)
    actor = Actor(
        first.person_id,
        first.name,
        first.email,
        roles,
        frozenset(row.organisation_id for row in rows if row.organisation_id),
        session_id=first.id,
        proved_at=first.proved_at,
        demo=first.demo,
        stamp=",".join(sorted(roles)),
        parts=frozenset(name for name in PARTS if getattr(first, f"part_{name}")),
    )
    return Present(actor, first.last_seen_at)


@cache
def _session_actor(parts: tuple[str, ...]) -> Select[Any]:
    """The statement of every signed-in page, put together once."""
    person, member = Person.__table__, Membership.__table__
    role = held(bindparam("now", type_=UtcDateTime))
    p = person.c
    return (
        select(
            _SESSION.id,
            _SESSION.created_at,
            _SESSION.last_seen_at,
            _SESSION.ended_at,
            _SESSION.proved_at,
            _SESSION.demo,
            p.id.label("person_id"),
            p.name,
            p.email,
            role.c.role,
            member.c.organisation_id,
            *(PARTS[name](_SESSION.person_id).label(f"part_{name}") for name in parts),
        )
        .join(person, p.id == _SESSION.person_id)
        .outerjoin(role, role.c.person_id == p.id)
        .outerjoin(member, and_(member.c.person_id == p.id, member.c.until_at.is_(None)))
        .where(_SESSION.token_hash == bindparam("token_hash"), p.disabled_at.is_(None))
        .order_by(_SESSION.id)
    )


def session_owner(token: str) -> int | None:
    """Whose session a token named, also when it has ended; None for no session of ours."""
    return db.session.execute(
        select(_SESSION.person_id)
        .join(Person, Person.id == _SESSION.person_id)
        .where(_SESSION.token_hash == digest(token), Person.disabled_at.is_(None))
    ).scalar_one_or_none()


def sessions_of(person_id: int, now: datetime) -> list[SessionRow]:
    """Where a person is signed in, newest first."""
    rows = db.session.execute(
        select(_SESSION.id, _SESSION.browser, _SESSION.created_at, _SESSION.last_seen_at)
        .where(
            _SESSION.person_id == person_id,
            _SESSION.ended_at.is_(None),
            _SESSION.last_seen_at > now - IDLE,
            _SESSION.created_at > now - ABSOLUTE,
        )
        .order_by(_SESSION.id.desc())
    )
    return [SessionRow(**row._mapping) for row in rows]


def session_facts(*, session_id: int, **_asked: Any) -> Owned:
    """Whose session it is. Raises NotFound."""
    person_id = db.session.execute(
        select(_SESSION.person_id).where(_SESSION.id == session_id)
    ).scalar_one_or_none()
    if person_id is None:
        raise NotFound
    return Owned(session_id, person_id)


def link(token: str, purpose: LinkPurpose, now: datetime) -> LinkRow | None:
    """The link with a token, while it works: right purpose, not used, not voided, not expired."""
    row = db.session.execute(
        select(
            _LINK.id,
            _LINK.purpose,
            _LINK.email,
            _LINK.person_id,
            _LINK.sign_up_id,
            _LINK.invitation_id,
            func.coalesce(Person.name, SignUp.name, "").label("name"),
            func.coalesce(SignUp.organisation_name, Invitation.about, "").label("about"),
            Invitation.kind,
            Person.confirmed_at,
        )
        .outerjoin(Person, Person.id == _LINK.person_id)
        .outerjoin(SignUp, SignUp.id == _LINK.sign_up_id)
        .outerjoin(Invitation, Invitation.id == _LINK.invitation_id)
        .where(
            _LINK.token_hash == digest(token),
            _LINK.purpose == purpose,
            _LINK.used_at.is_(None),
            _LINK.voided_at.is_(None),
            _LINK.expires_at > now,
            Person.disabled_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)
    return LinkRow(is_confirmed=values.pop("confirmed_at") is not None, **values)


def said_no(token: str) -> SaidNo | None:
    """The no that ended the invitation with this link, if one did; whether the link was used or not."""
    by = aliased(Person)
    row = db.session.execute(
        select(Invitation.withdrawn_at, Invitation.about, func.coalesce(by.name, ""))
        .join(OneTimeLink, _LINK.invitation_id == Invitation.id)
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(by, by.id == Invitation.invited_by_id)
        .where(
            _LINK.token_hash == digest(token),
            _LINK.purpose == LinkPurpose.INVITATION,
            Invitation.refused,
            Person.disabled_at.is_(None),
        )
    ).one_or_none()
    return SaidNo(*row) if row else None  # type: ignore[arg-type]


def kept_forms(person_id: int, now: datetime) -> list[KeptForm]:
    """What was parked for a person in the last 24 hours, newest first."""
    rows = db.session.execute(
        select(ParkedForm.id, ParkedForm.path, ParkedForm.at, ParkedForm.body)
        .where(ParkedForm.person_id == person_id, ParkedForm.at > now - PARKED_FOR)
        .order_by(ParkedForm.id.desc())
    )
    return [
        KeptForm(row.id, row.path, row.at, tuple((name, text) for name, text in json.loads(row.body)))
        for row in rows
    ]


def proof_code(session_id: int, now: datetime) -> tuple[int, str] | None:
    """(id, hash) of the newest code that a session may still use."""
    code = ProofCode.__table__.c
    row = db.session.execute(
        select(code.id, code.code_hash)
        .where(
            code.session_id == session_id,
            code.used_at.is_(None),
            code.failures < CODE_TRIES,
            code.created_at > now - CODE_LASTS,
            code.code_hash.is_not(None),
        )
        .order_by(code.id.desc())
        .limit(1)
    ).first()
    return (row.id, row.code_hash) if row else None
