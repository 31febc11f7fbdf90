"""The days on which decisions were promised to the public."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, or_, select

from pitchfest.awards.models import Release
from pitchfest.challenges.models import Challenge, Delay
from pitchfest.challenges.rules import PUBLISHED, ChallengeState, DueDate
from pitchfest.db import db
from pitchfest.home.rules import Promise, Promises, promises_kept

_CHALLENGE, _DELAY = Challenge.__table__.c, Delay.__table__.c
_OF_DECISION = _DELAY.what == DueDate.DECISION
_DECIDED_ABOUT = sorted(PUBLISHED - {ChallengeState.CANCELLED})


def promises(now: datetime) -> Promises:
    """Of published challenges, practice and cancelled ones left out, what became of the day first promised
    for the decision; one statement. More time for everyone moves that day, a delay does not; by when the
    judges finish is no part of the promise.
    """
    first = (
        select(func.min(_DELAY.number))
        .where(_DELAY.challenge_id == _CHALLENGE.id, _OF_DECISION)
        .correlate(Challenge)
        .scalar_subquery()
    )
    promised = case((_DELAY.id.is_not(None), _DELAY.was_due), else_=_CHALLENGE.decision_due)
    rows = db.session.execute(
        select(promised.label("promised"), Release.at)
        .select_from(Challenge)
        .outerjoin(Delay, (_DELAY.challenge_id == _CHALLENGE.id) & _OF_DECISION & (_DELAY.number == first))
        .outerjoin(Release, Release.challenge_id == _CHALLENGE.id)
        .where(
            _CHALLENGE.state.in_(_DECIDED_ABOUT),
            _CHALLENGE.practice.is_(False),
            promised.is_not(None),
            or_(Release.at.is_not(None), promised < now),
        )
        .order_by(_CHALLENGE.id)
    )
    return promises_kept((Promise(row.promised, row.at) for row in rows), now)
