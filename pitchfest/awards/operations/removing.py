"""Removing the words on pitches whose time is over; what was decided and its figures stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from pitchfest.awards.models import Explanation, Letter, PitchOutcome, Release
from pitchfest.awards.queries.privacy import past
from pitchfest.db import db, disposing
from pitchfest.judging.operations import privacy as judging_privacy
from pitchfest.kernel.privacy import removed_words
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.operations import privacy as pitch_privacy


def remove_unsuccessful(before: datetime, now: datetime, most: int) -> int:
    """Remove the words on at most so many pitches that did not win and got their letter by `before`."""
    return _remove(before, now, most, won=False)


def remove_winners(before: datetime, now: datetime, most: int) -> int:
    """Remove the words on at most so many pitches that won and got their letter by `before`."""
    return _remove(before, now, most, won=True)


def _remove(before: datetime, now: datetime, most: int, *, won: bool) -> int:
    """State, outcome, points and the hashes in the log stay, so that figures can still be checked."""
    rows = db.session.execute(
        select(Pitch.id, Pitch.challenge_id)
        .join(Release, Release.challenge_id == Pitch.challenge_id)
        .where(*past(before, won=won))
        .order_by(Pitch.id)
        .limit(most)
        .with_for_update(of=Pitch)
    ).all()
    for row in rows:
        with disposing(row.challenge_id, row.id):
            db.session.execute(delete(Letter).where(Letter.pitch_id == row.id))
            db.session.execute(delete(Explanation).where(Explanation.pitch_id == row.id))
            db.session.execute(
                update(PitchOutcome).where(PitchOutcome.pitch_id == row.id).values(reason=removed_words(now))
            )
            judging_privacy.remove_words(row.id, now)
            pitch_privacy.remove_words(row.id, now)
    return len(rows)
