"""Stored calibrations: which are missing or overtaken, and what one says."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging.models import PitchTotal, StoredCalibration
from pitchfest.judging.queries.results import Results, say_mark
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules.access import SCORING_CLOSED
from pitchfest.judging.rules.snapshot import QUIET_BELOW, Snapshot, load
from pitchfest.pitches.models import LowestPrice, Pitch

_STORED, _TOTAL, _PITCH = StoredCalibration.__table__.c, PitchTotal.__table__.c, Pitch.__table__.c
_CHALLENGE = Challenge.__table__.c
#: The figures of `results.say_mark`.
_MARKS = (
    func.count(),
    func.sum(_PITCH.id),
    func.sum(func.coalesce(_PITCH.price_pence, 0)),
    func.sum(_TOTAL.total_num),
    func.sum(_TOTAL.total_den),
    func.coalesce(func.max(LowestPrice.__table__.c.pence), 0),
)


#: The rounds that have their scores and enough pitches for it to matter, with their marks.
_MARKED = (
    select(_CHALLENGE.id, _STORED.mark, *_MARKS)
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
_OF_ROUND = select(_STORED.version, _STORED.at, _STORED.mark, _STORED.body).where(
    _STORED.challenge_id == bindparam("challenge_id")
)


def due_to_calibrate() -> list[tuple[int, str]]:
    """Id and mark of every round whose totals are not those of its stored calibration."""
    rows = db.session.execute(_MARKED)
    marks = [(challenge_id, stored, say_mark(*figures)) for challenge_id, stored, *figures in rows]
    return [(challenge_id, mark) for challenge_id, stored, mark in marks if stored != mark]


class Kept(NamedTuple):
    """A stored calibration; `current` unless the totals have changed since."""

    version: str
    at: datetime
    current: bool
    snapshot: Snapshot


def stored_calibration(challenge_id: int, found: Results) -> Kept | None:
    """What is stored beside these results; one statement."""
    row = db.session.execute(_OF_ROUND, {"challenge_id": challenge_id}).one_or_none()
    return Kept(row.version, row.at, row.mark == found.mark, load(row.body)) if row else None
