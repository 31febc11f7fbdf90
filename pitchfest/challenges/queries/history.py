"""Who wrote a challenge, and what approvers said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import ChallengeEdit, Review
from pitchfest.challenges.rules import ReviewOutcome
from pitchfest.db import db


def authors(challenge_id: int) -> frozenset[int]:
    """Everyone who changed the challenge, over its whole history."""
    rows = db.session.execute(
        select(ChallengeEdit.person_id).where(ChallengeEdit.challenge_id == challenge_id).distinct()
    )
    return frozenset(rows.scalars())


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """What an approver said, and when."""

    id: int
    reviewer_id: int
    reviewer: str
    outcome: ReviewOutcome
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EditRow:
    """Someone who wrote part of the challenge, how often they saved, and when last."""

    person_id: int
    name: str
    saves: int
    last_at: datetime


def reviews(challenge_id: int) -> list[ReviewRow]:
    """Every review, newest first; two statements."""
    rows = db.session.execute(
        select(Review.id, Review.reviewer_id, Review.outcome, Review.reason, Review.at)
        .where(Review.challenge_id == challenge_id)
        .order_by(Review.at.desc(), Review.id.desc())
    ).all()
    names = accounts.person_names({row.reviewer_id for row in rows})
    return [ReviewRow(**row._mapping, reviewer=names[row.reviewer_id]) for row in rows]


def edits(challenge_id: int) -> list[EditRow]:
    """Who wrote the challenge, last writer first; two statements."""
    last = func.max(ChallengeEdit.at)
    rows = db.session.execute(
        select(ChallengeEdit.person_id, func.count().label("saves"), last.label("last_at"))
        .where(ChallengeEdit.challenge_id == challenge_id)
        .group_by(ChallengeEdit.person_id)
        .order_by(last.desc(), ChallengeEdit.person_id)
    ).all()
    names = accounts.person_names({row.person_id for row in rows})
    return [EditRow(**row._mapping, name=names[row.person_id]) for row in rows]
