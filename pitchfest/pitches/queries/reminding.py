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
from pitchfest.pitches.queries.personal_extensions import closing
from pitchfest.pitches.queries.revealed import is_member
from pitchfest.pitches.queries.sealed import is_unsent
from pitchfest.pitches.rules import PitchRight
from pitchfest.pitches.rules.reminders import LONGEST_NOTICE, wants_reminder

#: The kind of the message, by which it is remembered that somebody was reminded today.
REMINDER = "pitch_unsent"
_PITCH = Pitch.__table__.c


def due_to_remind(now: datetime) -> list[tuple[int, int]]:
    """(pitch's id, person's id) of who holds an unsent pitch, or an open copy, and is to be reminded now
    that their time is nearly over: when the challenge closes, or later for who has longer; two statements.
    """
    if chasing_day(now) is None:
        return []
    closes_at = closing()
    rows = db.session.execute(
        select(_PITCH.id, PitchMember.person_id, _PITCH.reference, closes_at.label("closes_at"))
        .join(Challenge, Challenge.id == _PITCH.challenge_id)
        .join(PitchMember, PitchMember.pitch_id == _PITCH.id)
        .where(
            # A closed challenge too: whoever has longer still writes.
            Challenge.state.in_((ChallengeState.OPEN, ChallengeState.CLOSED)),
            closes_at > now,
            closes_at < now + LONGEST_NOTICE,
            is_unsent(),
            is_member(),
            PitchMember.right == PitchRight.SUBMIT,
        )
        .distinct()
        .order_by(_PITCH.id, PitchMember.person_id)
    )
    coming = [(row, f"pitch:{row.reference}") for row in rows if wants_reminder(row.closes_at, now)]
    chased = mail.chased_today(REMINDER, sorted({about for _, about in coming}), now) if coming else ()
    return [(row.id, row.person_id) for row, about in coming if (row.person_id, about) not in chased]
