"""Who has a second step of signing in, and browsers that wait for a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from pitchfest.accounts.models import HalfSignIn, Person, RecoveryCode, TwoStep
from pitchfest.accounts.queries.sessions import digest
from pitchfest.accounts.rules.two_step import HALF_IN_LASTS, KEY_LASTS
from pitchfest.db import db

_STEP, _CODE, _HALF = TwoStep.__table__.c, RecoveryCode.__table__.c, HalfSignIn.__table__.c


@dataclass(frozen=True, slots=True)
class TwoStepRow:
    """A second step that counts: since when, and how many recovery codes are left."""

    id: int
    since: datetime
    codes_left: int


def has_two_step(person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a person is asked for a code when signing in."""
    return exists().where(
        _STEP.person_id == person_id, _STEP.ended_at.is_(None), _STEP.confirmed_at.is_not(None)
    )


def two_step(person_id: int) -> TwoStepRow | None:
    """The person's second step, None while they have none."""
    left = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(_CODE.two_step_id == _STEP.id, _CODE.used_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(
        select(_STEP.id, _STEP.confirmed_at.label("since"), left.label("codes_left")).where(
            _STEP.person_id == person_id, _STEP.ended_at.is_(None), _STEP.confirmed_at.is_not(None)
        )
    ).one_or_none()
    return TwoStepRow(**row._mapping) if row else None


def new_key(person_id: int, now: datetime) -> str | None:
    """The key that a person is about to put into their app, None when they have not asked for one."""
    secret: str | None = db.session.execute(
        select(_STEP.secret).where(
            _STEP.person_id == person_id,
            _STEP.ended_at.is_(None),
            _STEP.confirmed_at.is_(None),
            _STEP.made_at > now - KEY_LASTS,
        )
    ).scalar_one_or_none()
    return secret


def half_signed_in(token: str, now: datetime) -> int | None:
    """Who has done the first step in the browser with this token, while it still waits for a code."""
    return db.session.execute(
        select(_HALF.person_id)
        .join(Person, Person.id == _HALF.person_id)
        .where(
            _HALF.token_hash == digest(token),
            _HALF.ended_at.is_(None),
            _HALF.created_at > now - HALF_IN_LASTS,
            Person.disabled_at.is_(None),
            has_two_step(_HALF.person_id),
        )
    ).scalar_one_or_none()


def two_steps_ever(person_id: int) -> list[Any]:
    """(from, until) of every second step that a person ever had."""
    return list(
        db.session.execute(
            select(_STEP.confirmed_at, _STEP.ended_at)
            .where(_STEP.person_id == person_id, _STEP.confirmed_at.is_not(None))
            .order_by(_STEP.id)
        )
    )
