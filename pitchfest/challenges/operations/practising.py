"""What only a practice challenge can do: close at once, and be thrown away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from pitchfest.audit import operations as audit
from pitchfest.challenges.models import (
    Anchor,
    Cancellation,
    Challenge,
    ChallengeDuty,
    ChallengeEdit,
    ChallengeRoute,
    Clarification,
    ClarificationAsker,
    ClarificationEdit,
    Correction,
    Criterion,
    Delay,
    Extension,
    Follower,
    HandOver,
    Need,
    News,
    PublishedAnswer,
    Question,
    Review,
    Snapshot,
)
from pitchfest.challenges.operations.door import opened_for, settle_closing
from pitchfest.challenges.operations.easy_read import discard_easy_read
from pitchfest.challenges.rules import ChallengeState, Permission
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict

#: Everything that belongs to one challenge, in the order in which it may go.
_PARTS = (
    PublishedAnswer,
    Clarification,
    Need,
    News,
    Follower,
    Cancellation,
    Correction,
    Delay,
    Extension,
    HandOver,
    Snapshot,
    Review,
    ChallengeEdit,
    ChallengeDuty,
    ChallengeRoute,
    Question,
    Criterion,
)


def close_now(actor: Actor, *, reference: str, now: datetime) -> None:
    """End the time for pitches at once, instead of waiting. Raises Conflict unless it is open."""
    challenge = opened_for(actor, Permission.PRACTISE, reference, expected_version=None, now=now)
    if challenge.state != ChallengeState.OPEN:
        raise Conflict("This practice challenge is not open.")
    challenge.closes_at = now
    db.session.flush()
    audit.record(actor, "challenge.close_now", f"challenge:{reference}", now=now)
    settle_closing(challenge, now)


def held_for_throwing_away(actor: Actor, *, reference: str, now: datetime) -> Challenge:
    """The practice challenge, locked, once the actor may throw it away."""
    return opened_for(actor, Permission.THROW_AWAY, reference, expected_version=None, now=now)


def discard(challenge_id: int) -> None:
    """Remove a challenge and its parts, within a disposal. What hangs on it above has gone before."""
    ours = select(Criterion.id).where(Criterion.challenge_id == challenge_id)
    db.session.execute(delete(Anchor).where(Anchor.criterion_id.in_(ours)))
    asked = select(Clarification.id).where(Clarification.challenge_id == challenge_id)
    for part in (ClarificationAsker, ClarificationEdit):
        db.session.execute(delete(part).where(part.clarification_id.in_(asked)))
    discard_easy_read(challenge_id)
    for table in _PARTS:
        db.session.execute(delete(table).where(table.challenge_id == challenge_id))
    db.session.execute(delete(Challenge).where(Challenge.id == challenge_id, Challenge.practice))
    db.session.expire_all()
