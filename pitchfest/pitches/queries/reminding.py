"""Whom to remind that a challenge closes or a round of questions ends, and who gets a copy of what they did
not send. Read by the worker only: who writes a pitch is sealed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.mail import queries as mail
from pitchfest.mail.rules import chasing_day
from pitchfest.pitches.models import ClarificationRequest, Pitch, PitchMember
from pitchfest.pitches.queries.personal_extensions import closing
from pitchfest.pitches.queries.revealed import is_member
from pitchfest.pitches.queries.sealed import is_unsent
from pitchfest.pitches.rules import PitchRight
from pitchfest.pitches.rules.reminders import COPIES_FOR, LONGEST_NOTICE, wants_answer, wants_reminder

#: The kind of the message, by which it is remembered that somebody was reminded today.
REMINDER = "pitch_unsent"
#: The same of a round of questions that nobody answered yet, and of the copy of what was not sent in it.
ANSWER_REMINDER = "clarification_unanswered"
ANSWER_COPY = "clarification_unsent"
_PITCH, _ROUND = Pitch.__table__.c, ClarificationRequest.__table__.c


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


def due_to_remind_of_questions(now: datetime) -> list[tuple[int, int]]:
    """(pitch's id, person's id) of who can answer a round of questions that is nearly over and unanswered,
    and was not reminded of it; two statements.
    """
    if chasing_day(now) is None:
        return []
    rows = _rounds(
        _ROUND.until > now,
        _ROUND.until < now + LONGEST_NOTICE,
        Challenge.state != ChallengeState.CANCELLED,
    )
    return _not_told(ANSWER_REMINDER, [row for row in rows if wants_answer(row.at, row.until, now)])


def due_to_copy(now: datetime) -> list[tuple[int, int]]:
    """(pitch's id, person's id) of who could have answered a round of questions that is over, where
    something was saved and never sent, and had no copy of it; two statements.
    """
    rows = _rounds(_ROUND.until <= now, _ROUND.until > now - COPIES_FOR, _ROUND.saved_at.is_not(None))
    return _not_told(ANSWER_COPY, rows)


def _rounds(*which: ColumnElement[bool]) -> list[Any]:
    """Unanswered rounds of questions, each with everyone of the supplier who can write in the pitch."""
    rows = db.session.execute(
        select(_PITCH.id, PitchMember.person_id, _PITCH.reference, _ROUND.at, _ROUND.until)
        .join(Challenge, Challenge.id == _PITCH.challenge_id)
        .join(ClarificationRequest, _ROUND.pitch_id == _PITCH.id)
        .join(PitchMember, PitchMember.pitch_id == _PITCH.id)
        .where(
            *which,
            _ROUND.answered_at.is_(None),
            _PITCH.withdrawn_at.is_(None),
            _PITCH.removed_at.is_(None),
            is_member(),
            ~PitchMember.assists,
            PitchMember.right.in_((PitchRight.EDIT, PitchRight.SUBMIT)),
        )
        .distinct()
        .order_by(_PITCH.id, PitchMember.person_id)
    )
    return list(rows)


def _not_told(kind: str, rows: list[Any]) -> list[tuple[int, int]]:
    about = sorted({f"pitch:{row.reference}" for row in rows})
    told = mail.chased_ever(kind, about) if about else frozenset()
    return [(row.id, row.person_id) for row in rows if (row.person_id, f"pitch:{row.reference}") not in told]
