"""Removing a pitch's words when their time is over, and a person's part in pitches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, disposing
from pitchfest.kernel.privacy import removed_words
from pitchfest.pitches.models import (
    ClarificationRequest,
    Eligibility,
    PersonalExtension,
    Pitch,
    PitchInvitation,
    PitchMember,
    UnlockedQuestion,
    WaitingEntry,
)
from pitchfest.pitches.operations.forgetting import forget_words
from pitchfest.pitches.queries import privacy as queries


def remove_words(pitch_id: int, now: datetime) -> None:
    """Remove every answer of a pitch. The pitch, when it was sent and what its receipts' hashes are
    stay. The caller holds a disposal of it, has decided that its time is over, and keeps the record.
    """
    forget_words([pitch_id])
    for table in (PitchInvitation, WaitingEntry):
        db.session.execute(delete(table).where(table.pitch_id == pitch_id))
    asked = select(ClarificationRequest.id).where(ClarificationRequest.pitch_id == pitch_id)
    db.session.execute(
        update(UnlockedQuestion).where(UnlockedQuestion.request_id.in_(asked)).values(draft=None)
    )
    db.session.execute(
        update(ClarificationRequest)
        .where(ClarificationRequest.pitch_id == pitch_id)
        .values(asked=removed_words(now))
    )
    db.session.execute(
        update(Eligibility).where(Eligibility.pitch_id == pitch_id).values(reason=removed_words(now))
    )
    db.session.execute(update(Pitch).where(Pitch.id == pitch_id).values(removed_at=now, changing_since=None))


def remove_unsent(before: datetime, now: datetime, most: int) -> int:
    """Remove the words of at most so many drafts whose challenge closed at `before` or earlier."""
    rows = db.session.execute(
        select(Pitch.id, Pitch.challenge_id)
        .join(Challenge, Challenge.id == Pitch.challenge_id)
        .where(*queries.unsent(before))
        .order_by(Pitch.id)
        .limit(most)
        .with_for_update(of=Pitch)
    ).all()
    for row in rows:
        with disposing(row.challenge_id, row.id):
            remove_words(row.id, now)
    return len(rows)


def remove_reasons(before: datetime, now: datetime, most: int) -> int:  # noqa: ARG001 - as every purge
    """Forget at most so many reasons why a supplier had longer, of challenges that closed at `before` or
    earlier. That it had, and until when, stays.
    """
    ids = db.session.scalars(
        select(PersonalExtension.id)
        .join(Challenge, Challenge.id == PersonalExtension.challenge_id)
        .where(*queries.reasons(before))
        .order_by(PersonalExtension.id)
        .limit(most)
        .with_for_update(of=PersonalExtension)
    ).all()
    db.session.execute(update(PersonalExtension).where(PersonalExtension.id.in_(ids)).values(reason=""))
    return len(ids)


def erase(person_id: int, now: datetime) -> None:
    """Delete drafts that only this person can see, end their rights on all others, and forget their
    address where somebody invited them.
    """
    for pitch_id in queries.sole_drafts(person_id):
        challenge_id = db.session.execute(
            select(Pitch.challenge_id).where(Pitch.id == pitch_id).with_for_update()
        ).scalar_one()
        with disposing(challenge_id, pitch_id):
            forget_words([pitch_id])
        db.session.execute(delete(PitchInvitation).where(PitchInvitation.pitch_id == pitch_id))
        for table in (PitchMember, WaitingEntry):
            db.session.execute(delete(table).where(table.pitch_id == pitch_id))
        db.session.execute(delete(Pitch).where(Pitch.id == pitch_id))
    db.session.execute(
        update(PitchMember)
        .where(PitchMember.person_id == person_id, PitchMember.until_at.is_(None))
        .values(until_at=now)
    )
    address = db.session.execute(select(Person.email).where(Person.id == person_id)).scalar_one()
    untaken = select(PitchInvitation).where(PitchInvitation.taken_at.is_(None)).order_by(PitchInvitation.id)
    for invitation in db.session.scalars(untaken).all():
        if invitation.email == address:  # sealed, so the database cannot look for it
            invitation.ended_at, invitation.token_hash, invitation.email = now, None, ""
