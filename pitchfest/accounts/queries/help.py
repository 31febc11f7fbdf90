"""The help desk: whose code lives until when, who looked, and the error pages someone got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from pitchfest.accounts.models import Person, SupportCode, SupportLook, Trouble, UserSession
from pitchfest.accounts.queries.sessions import sessions_of
from pitchfest.accounts.rules import TOO_LARGE
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound

_CODE, _LOOK = SupportCode.__table__.c, SupportLook.__table__.c
_TROUBLE, _SESSION = Trouble.__table__.c, UserSession.__table__.c


def help_code_until(person_id: int, now: datetime) -> datetime | None:
    """Until when the person's code works, None while there is none."""
    return db.session.execute(
        select(_CODE.expires_at).where(
            _CODE.person_id == person_id, _CODE.ended_at.is_(None), _CODE.expires_at > now
        )
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class LookRow:
    """Someone of the region looked."""

    by_name: str
    at: datetime


def looks_at(person_id: int, *, limit: int = 20) -> list[LookRow]:
    """Who looked by any of the person's codes, newest first."""
    rows = db.session.execute(
        select(Person.name.label("by_name"), _LOOK.at)
        .join(SupportCode, _CODE.id == _LOOK.code_id)
        .join(Person, Person.id == _LOOK.by_id)
        .where(_CODE.person_id == person_id)
        .order_by(_LOOK.id.desc())
        .limit(limit)
    )
    return [LookRow(**row._mapping) for row in rows]


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """An error page: when, its number for the log, and its status."""

    at: datetime
    request_id: str
    status: int


@dataclass(frozen=True, slots=True)
class Technical:
    """What staff see of someone who read a code out: nothing that this person wrote or is called.

    `browser` is that of the newest session; `sessions` counts those that are signed in.
    """

    person_id: int
    until: datetime
    sessions: int
    last_seen_at: datetime | None
    browser: str
    last_trouble: TroubleRow | None
    too_large: int


def technical(*, actor: Actor, now: datetime, look_id: int, **_asked: Any) -> Technical:
    """The facts of one's own look, while its code works. Raises NotFound for any other."""
    row = db.session.execute(
        select(_CODE.person_id, _CODE.expires_at)
        .join(SupportLook, _LOOK.code_id == _CODE.id)
        .where(
            _LOOK.id == look_id,
            _LOOK.by_id == actor.person_id,
            _CODE.ended_at.is_(None),
            _CODE.expires_at > now,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    newest = db.session.execute(
        select(_SESSION.browser, _SESSION.last_seen_at)
        .where(_SESSION.person_id == row.person_id)
        .order_by(_SESSION.last_seen_at.desc(), _SESSION.id.desc())
        .limit(1)
    ).one_or_none()
    trouble = db.session.execute(
        select(_TROUBLE.at, _TROUBLE.request_id, _TROUBLE.status)
        .where(_TROUBLE.person_id == row.person_id)
        .order_by(_TROUBLE.id.desc())
        .limit(1)
    ).one_or_none()
    too_large = db.session.execute(
        select(func.count())
        .select_from(Trouble)
        .where(_TROUBLE.person_id == row.person_id, _TROUBLE.status == TOO_LARGE)
    ).scalar_one()
    return Technical(
        person_id=row.person_id,
        until=row.expires_at,
        sessions=len(sessions_of(row.person_id, now)),
        last_seen_at=newest.last_seen_at if newest else None,
        browser=newest.browser if newest else "",
        last_trouble=TroubleRow(**trouble._mapping) if trouble else None,
        too_large=too_large,
    )
