"""Who holds which role at a moment: the one place where roles and stand-ins come together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, exists, func, select, union, union_all
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Person, RoleGrant, StandIn
from pitchfest.db import db
from pitchfest.kernel.actor import Role

_PERSON = Person.__table__.c
_GRANT = RoleGrant.__table__.c
_FOR = StandIn.__table__.c


def held(now: datetime | ColumnElement[datetime]) -> Subquery:
    """(person_id, role) of every role that someone holds at `now`, their own or a colleague's.

    Whoever holds a role twice over is there twice.
    """
    own = select(_GRANT.person_id, _GRANT.role).where(_GRANT.ended_at.is_(None))
    for_others = select(_FOR.person_id, _FOR.role).where(
        _FOR.ended_at.is_(None), _FOR.from_at <= now, _FOR.until_at > now
    )
    return union_all(own, for_others).subquery("held")


def held_since(*roles: Role, since: ColumnElement[datetime], now: datetime) -> frozenset[int]:
    """Ids of everyone who held any of the roles at some time from `since` to `now`, their own or a
    colleague's.
    """
    lasted = (column.is_(None) | (column > since) for column in (_GRANT.ended_at, _FOR.ended_at))
    own = select(_GRANT.person_id).where(_GRANT.role.in_(roles), next(lasted))
    for_others = select(_FOR.person_id).where(
        _FOR.role.in_(roles), _FOR.from_at <= now, _FOR.until_at > since, next(lasted)
    )
    return frozenset(db.session.execute(union(own, for_others)).scalars())


def lasting_holders(*roles: Role) -> frozenset[int]:
    """Ids of those with an account in use who hold any of the roles (any role when none is named)
    themselves: a stand-in, who goes again, does not count.
    """
    wanted = [_GRANT.ended_at.is_(None), *([_GRANT.role.in_(roles)] if roles else [])]
    return frozenset(
        db.session.execute(
            select(_GRANT.person_id)
            .join(Person, _PERSON.id == _GRANT.person_id)
            .where(*wanted, _PERSON.disabled_at.is_(None))
            .distinct()
            .order_by(_GRANT.person_id)
        ).scalars()
    )


def lasting_roles(person_id: int) -> frozenset[Role]:
    """The roles that a person holds themselves."""
    return frozenset(
        db.session.execute(
            select(_GRANT.role)
            .where(_GRANT.person_id == person_id, _GRANT.ended_at.is_(None))
            .order_by(_GRANT.role)
        ).scalars()
    )


@dataclass(frozen=True, slots=True)
class StandInRow:
    """A stand-in: who, for whom, in which role, and from when until when."""

    id: int
    person_id: int
    name: str
    for_person_id: int
    for_name: str
    role: Role
    from_at: datetime
    until_at: datetime
    ended_at: datetime | None

    @property
    def last_day(self) -> datetime:
        """A moment of the last London day, which is included."""
        return self.until_at - timedelta(minutes=1)

    def when(self, now: datetime) -> str:
        """`coming`, `now` or `past`."""
        if self.ended_at is not None or now >= self.until_at:
            return "past"
        return "now" if now >= self.from_at else "coming"


def stand_ins_of(person_id: int) -> list[StandInRow]:
    """Every stand-in of or by a person, the latest first."""
    return _stand_ins((_FOR.person_id == person_id) | (_FOR.for_person_id == person_id))


def stands_in(person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a person stands in for someone, did, or is going to."""
    return exists().where(_FOR.person_id == person_id, _FOR.ended_at.is_(None))


def standing_in(person_id: int, now: datetime) -> list[StandInRow]:
    """For whom a person stands in at `now`."""
    return _stand_ins(
        _FOR.person_id == person_id, _FOR.ended_at.is_(None), _FOR.from_at <= now, _FOR.until_at > now
    )


def stand_in(stand_in_id: int) -> StandInRow | None:
    """One stand-in, or None."""
    return next(iter(_stand_ins(_FOR.id == stand_in_id)), None)


def stand_in_version(*person_ids: int) -> int:
    """A number that changes with each role and each stand-in that these people get or lose."""
    grants = select(func.count(_GRANT.id) + func.count(_GRANT.ended_at)).where(
        _GRANT.person_id.in_(person_ids)
    )
    others = select(func.count(_FOR.id) + func.count(_FOR.ended_at)).where(_FOR.person_id.in_(person_ids))
    count: int = db.session.execute(select(grants.scalar_subquery() + others.scalar_subquery())).scalar_one()
    return count


def _stand_ins(*wanted: Any) -> list[StandInRow]:
    away = aliased(Person)
    rows = db.session.execute(
        select(
            _FOR.id,
            _FOR.person_id,
            _PERSON.name,
            _FOR.for_person_id,
            away.name.label("for_name"),
            _FOR.role,
            _FOR.from_at,
            _FOR.until_at,
            _FOR.ended_at,
        )
        .join(Person, _PERSON.id == _FOR.person_id)
        .join(away, away.id == _FOR.for_person_id)
        .where(*wanted)
        .order_by(_FOR.from_at.desc(), _FOR.id.desc())
    )
    return [StandInRow(**row._mapping) for row in rows]
