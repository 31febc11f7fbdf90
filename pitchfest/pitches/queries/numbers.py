"""What staff may know of unopened pitches: how many were started and how many were sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.queries.personal_extensions import is_withheld
from pitchfest.pitches.rules.states import FEW, PROMPT_BEFORE, PitchState

_PITCH, _CHALLENGE = Pitch.__table__.c, Challenge.__table__.c
_STARTED = func.coalesce(func.sum(case((_PITCH.state == PitchState.DRAFT, 1), else_=0)), 0)
_SENT = func.coalesce(func.sum(case((_PITCH.state == PitchState.SUBMITTED, 1), else_=0)), 0)


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many live pitches of an open challenge were started and never sent, and how many sent."""

    started: int = 0
    sent: int = 0


def numbers(challenge_ids: Collection[int], now: datetime) -> dict[int, Numbers]:
    """challenge id → its numbers while it is open, of those whose numbers are told; no statement for no
    challenges.
    """
    if not challenge_ids:
        return {}
    rows = db.session.execute(
        select(_CHALLENGE.id, _STARTED, _SENT)
        .select_from(Challenge)
        .outerjoin(Pitch, _PITCH.challenge_id == _CHALLENGE.id)
        .where(_CHALLENGE.id.in_(sorted(challenge_ids)), ~is_withheld(now))
        .group_by(_CHALLENGE.id)
        .order_by(_CHALLENGE.id)
    )
    return {row[0]: Numbers(int(row[1]), int(row[2])) for row in rows}


@dataclass(frozen=True, slots=True)
class FewRow:
    """An open challenge that closes soon with few pitches sent."""

    reference: str
    title: str
    published_at: datetime
    closes_at: datetime
    sent: int


def few(now: datetime) -> list[FewRow]:
    """Open challenges, practice left out, that close within a week and have fewer than three
    pitches, the first to close first.
    """
    named = (_CHALLENGE.reference, _CHALLENGE.title, _CHALLENGE.published_at, _CHALLENGE.closes_at)
    rows = db.session.execute(
        select(*named, _SENT.label("sent"))
        .select_from(Challenge)
        .outerjoin(Pitch, _PITCH.challenge_id == _CHALLENGE.id)
        .where(
            challenges.effective_in({ChallengeState.OPEN}, now),
            _CHALLENGE.closes_at <= now + PROMPT_BEFORE,
            _CHALLENGE.practice.is_(False),
            ~is_withheld(now),
        )
        .group_by(_CHALLENGE.id, *named)
        .having(_SENT < FEW)
        .order_by(_CHALLENGE.closes_at, _CHALLENGE.reference)
    )
    return [FewRow(**row._mapping) for row in rows]


def prompts_since(row: FewRow) -> datetime:
    """From when the challenge has been asking for a decision."""
    return max(row.published_at, row.closes_at - PROMPT_BEFORE)
