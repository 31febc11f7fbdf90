"""Whom to remind that a challenge closes. Read by the worker only: who writes a pitch is sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.mail import queries as mail
from pitchfest.mail.rules import chasing_day
from pitchfest.pitches.models import Pitch, PitchMember
from pitchfest.pitches.queries.revealed import is_member
from pitchfest.pitches.queries.sealed import is_unsent
from pitchfest.pitches.rules import PitchRight
from pitchfest.pitches.rules.reminders import LONGEST_NOTICE, wants_reminder

#: The kind of the message, by which it is remembered that somebody was reminded today.
REMINDER = "pitch_unsent"
_PITCH = Pitch.__table__.c


def due_to_remind(now: datetime) -> list[tuple[int, int]]:
    """(pitch's id, person's id) of who holds an unsent pitch, or an open copy, and is to be reminded
    now that its challenge closes; three statements at most.
    """
    if chasing_day(now) is None:
        return []
    challenge = Challenge.__table__.c
    closing = db.session.execute(
        select(challenge.id, challenge.closes_at)
        .where(
            challenge.state == ChallengeState.OPEN,
            challenge.closes_at > now,
            challenge.closes_at < now + LONGEST_NOTICE,
        )
        .order_by(challenge.id)
    )
    coming = [row.id for row in closing if wants_reminder(row.closes_at, now)]
    if not coming:
        return []
    rows = db.session.execute(
        select(_PITCH.id, PitchMember.person_id, _PITCH.reference)
        .join(PitchMember, PitchMember.pitch_id == _PITCH.id)
        .where(
            _PITCH.challenge_id.in_(coming),
            is_unsent(),
            is_member(),
            PitchMember.right == PitchRight.SUBMIT,
        )
        .distinct()
        .order_by(_PITCH.id, PitchMember.person_id)
    ).all()
    chased = mail.chased_today(REMINDER, sorted({f"pitch:{row.reference}" for row in rows}), now)
    return [
        (row.id, row.person_id) for row in rows if (row.person_id, f"pitch:{row.reference}") not in chased
    ]
