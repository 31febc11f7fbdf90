"""Questions of a person who is erased, and questions whose time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Challenge, Clarification, ClarificationAsker, Follower, Need
from pitchfest.challenges.queries import privacy as queries
from pitchfest.challenges.rules import ClarificationState
from pitchfest.db import db
from pitchfest.kernel.privacy import removed_words

_PUBLIC = (ClarificationState.PUBLISHED, ClarificationState.SUPERSEDED)


def erase(person_id: int, now: datetime) -> None:
    """Cut the link between the person and what they asked, forget what they need, and that their address
    follows. What only they can read goes; all else stays as it is, so that nothing about a question tells
    who was erased.
    """
    address = select(Person.email).where(Person.id == person_id).scalar_subquery()
    db.session.execute(delete(Follower).where(Follower.address == address))
    db.session.execute(delete(Need).where(Need.person_id == person_id))
    asked = select(ClarificationAsker.clarification_id).where(ClarificationAsker.person_id == person_id)
    ids = db.session.scalars(asked.order_by(ClarificationAsker.clarification_id)).all()
    db.session.execute(delete(ClarificationAsker).where(ClarificationAsker.person_id == person_id))
    ours = Clarification.id.in_(ids)
    db.session.execute(delete(Clarification).where(ours, Clarification.state == ClarificationState.LATE))
    db.session.execute(
        update(Clarification)
        .where(ours, Clarification.state == ClarificationState.WITHDRAWN)
        .values(asked=removed_words(now), question="", answer="", wish="")
    )


def remove_needs(before: datetime, now: datetime, most: int) -> int:  # noqa: ARG001 - as every purge
    """Remove at most so many needs told about challenges that closed at `before` or earlier."""
    ids = db.session.scalars(
        select(Need.id)
        .join(Challenge, Challenge.id == Need.challenge_id)
        .where(Challenge.closes_at <= before)
        .order_by(Need.id)
        .limit(most)
        .with_for_update(of=Need)
    ).all()
    db.session.execute(delete(Need).where(Need.id.in_(ids)))
    return len(ids)


def remove_questions(before: datetime, now: datetime, most: int) -> int:
    """Remove who asked, and every word that is not published, of at most so many questions about
    challenges that closed at `before` or earlier.
    """
    ids = db.session.scalars(
        select(Clarification.id)
        .join(Challenge, Challenge.id == Clarification.challenge_id)
        .where(*queries.old_questions(before))
        .order_by(Clarification.id)
        .limit(most)
        .with_for_update(of=Clarification)
    ).all()
    ours = Clarification.id.in_(ids)
    db.session.execute(delete(ClarificationAsker).where(ClarificationAsker.clarification_id.in_(ids)))
    db.session.execute(
        update(Clarification).where(ours, Clarification.state.not_in(_PUBLIC)).values(question="", answer="")
    )
    db.session.execute(
        update(Clarification).where(ours, Clarification.asked != "").values(asked=removed_words(now), wish="")
    )
    db.session.execute(update(Clarification).where(ours).values(removed_at=now))
    return len(ids)
