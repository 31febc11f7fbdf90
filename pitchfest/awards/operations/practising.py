"""Throwing a practice challenge away, with everything that hangs on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from pitchfest.accounts import operations as accounts
from pitchfest.audit import operations as audit
from pitchfest.awards.models import Decision, Explanation, Letter, PitchOutcome, PostedLetter, Release
from pitchfest.challenges import operations as challenges
from pitchfest.db import db, disposing
from pitchfest.judging import operations as judging
from pitchfest.kernel.actor import Actor
from pitchfest.mail import operations as mail
from pitchfest.pitches import operations as pitches
from pitchfest.pitches.models import Pitch


def throw_away(actor: Actor, *, reference: str, now: datetime) -> None:
    """Remove a practice challenge at any stage: brief, pitches, scores, letters, messages, and its
    people's practice organisations. Only the log remembers that it was. Raises NotFound for any
    other one.
    """
    challenge_id = challenges.held_for_throwing_away(actor, reference=reference, now=now).id
    with disposing(challenge_id):
        ours = select(Pitch.id).where(Pitch.challenge_id == challenge_id)
        ids = db.session.scalars(ours.order_by(Pitch.id)).all()
        db.session.execute(delete(Explanation).where(Explanation.pitch_id.in_(ours)))
        for table in (PostedLetter, Letter, Release, PitchOutcome, Decision):
            db.session.execute(delete(table).where(table.challenge_id == challenge_id))
        judging.discard(challenge_id)
        objects = pitches.discard(challenge_id)
        challenges.discard(challenge_id)
        gone = [f"challenge:{reference}", *objects]
        accounts.discard_acts(gone)
        mail.forget_reminders(gone)
        mail.forget_messages(reference=[reference], challenge=[challenge_id], pitch=ids, pitch_id=ids)
    audit.record(actor, "challenge.throw_away", f"challenge:{reference}", now=now)
