"""Stored calibrations: which are missing or overtaken, and what one says."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging.models import PitchTotal, StoredCalibration
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules.access import SCORING_CLOSED
from pitchfest.judging.rules.snapshot import QUIET_BELOW, Snapshot, load
from pitchfest.pitches.models import LowestPrice, Pitch

_STORED, _TOTAL, _PITCH = StoredCalibration.__table__.c, PitchTotal.__table__.c, Pitch.__table__.c
_CHALLENGE = Challenge.__table__.c
#: What a round's totals, prices and pitches come to; never the same for two that follow each other.
_MARKS = (
    func.count(),
    func.sum(_PITCH.id),
    func.sum(func.coalesce(_PITCH.price_pence, 0)),
    func.sum(_TOTAL.total_num),
    func.sum(_TOTAL.total_den),
    func.coalesce(func.max(LowestPrice.__table__.c.pence), 0),
)


def _marked(*columns: Any) -> Select[Any]:
    """The rounds that have their scores and enough pitches for it to matter, with their marks."""
    return (
        select(*columns, *_MARKS)
        .select_from(PitchTotal)
        .join(Pitch, _PITCH.id == _TOTAL.pitch_id)
        .join(Challenge, _CHALLENGE.id == _TOTAL.challenge_id)
        .outerjoin(LowestPrice, LowestPrice.challenge_id == _CHALLENGE.id)
        .outerjoin(StoredCalibration, _STORED.challenge_id == _CHALLENGE.id)
        .where(
            _PITCH.state.in_(sorted(IN_PLAY)),
            _CHALLENGE.state.in_(sorted(SCORING_CLOSED | {ChallengeState.MODERATION})),
        )
        .group_by(_CHALLENGE.id, _STORED.challenge_id)
        .having(func.count() >= QUIET_BELOW)
        .order_by(_CHALLENGE.id)
    )


def _mark(figures: Any) -> str:
    return ":".join(str(int(figure)) for figure in figures)


def due_to_calibrate() -> list[tuple[int, str]]:
    """Id and mark of every round whose totals are not those of its stored calibration."""
    rows = db.session.execute(_marked(_CHALLENGE.id, _STORED.mark))
    marks = [(challenge_id, stored, _mark(figures)) for challenge_id, stored, *figures in rows]
    return [(challenge_id, mark) for challenge_id, stored, mark in marks if stored != mark]


class Kept(NamedTuple):
    """A stored calibration; `current` unless the totals have changed since."""

    version: str
    at: datetime
    current: bool
    snapshot: Snapshot


def stored_calibration(challenge_id: int) -> Kept | None:
    """What is stored of a round; one statement. Whoever calls this has asked whether the person may know."""
    row = db.session.execute(
        _marked(_STORED.version, _STORED.at, _STORED.mark, _STORED.body).where(_CHALLENGE.id == challenge_id)
    ).one_or_none()
    if row is None or row.version is None:
        return None
    return Kept(row.version, row.at, row.mark == _mark(row[4:]), load(row.body))
