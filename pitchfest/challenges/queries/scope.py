"""The clock and the right to read, in SQL; tested to agree with their twins in `rules`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, literal, or_, select, true

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import OBSERVED, PUBLISHED, READERS, ChallengeState
from pitchfest.db import db
from pitchfest.kernel.actor import Actor, Role

CHALLENGE = Challenge.__table__.c


def effective(now: datetime | ColumnElement[datetime]) -> ColumnElement[Any]:
    """The SQL twin of `rules.effective_state`."""
    due = and_(CHALLENGE.state == ChallengeState.OPEN, CHALLENGE.closes_at <= now)
    return case((due, literal(ChallengeState.CLOSED, CHALLENGE.state.type)), else_=CHALLENGE.state)


def effective_in(
    states: Collection[ChallengeState], now: datetime | ColumnElement[datetime]
) -> ColumnElement[bool]:
    """That the state that holds at `now` is one of `states`."""
    is_open = and_(CHALLENGE.state == ChallengeState.OPEN, CHALLENGE.closes_at > now)
    others = sorted(set(states) - {ChallengeState.OPEN})
    found: list[ColumnElement[bool]] = [CHALLENGE.state.in_(others)]
    if ChallengeState.OPEN in states:
        found.append(is_open)
    if ChallengeState.CLOSED in states:
        found.append(and_(CHALLENGE.state == ChallengeState.OPEN, CHALLENGE.closes_at <= now))
    return or_(*found)


def visible_to(actor: Actor | None, now: datetime) -> ColumnElement[bool]:
    """The SQL twin of `rules.may_read`: the challenges whose staff side `actor` may see."""
    if actor is None or not actor.is_staff:
        return false()
    if actor.has(*READERS):
        return true()
    published = effective_in(PUBLISHED, now)
    if actor.has(Role.ADMIN):
        return published
    deciding = and_(CHALLENGE.decision_maker_id == actor.person_id, published)
    observing = effective_in(OBSERVED, now) if actor.has(Role.OBSERVER) else false()
    return or_(deciding, observing)


def decides(person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that any brief names a person as its decision-maker."""
    return exists().where(CHALLENGE.decision_maker_id == person_id)


def due_to_close(now: datetime) -> list[int]:
    """Ids of open challenges whose closing time has come, the first due first."""
    rows = db.session.execute(
        select(CHALLENGE.id)
        .where(CHALLENGE.state == ChallengeState.OPEN, CHALLENGE.closes_at <= now)
        .order_by(CHALLENGE.closes_at, CHALLENGE.id)
    )
    return list(rows.scalars())
