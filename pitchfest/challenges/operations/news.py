"""News of a published challenge: kept in order, and told to everyone in the same write."""

from __future__ import annotations

from datetime import datetime

from pitchfest.challenges import notices
from pitchfest.challenges.models import Challenge, ChallengeText, News
from pitchfest.challenges.rules import NewsKind, searchable
from pitchfest.db import db


def announce(challenge: Challenge, kind: NewsKind, item: int, *, now: datetime) -> None:
    """Keep what happened among the news and tell everyone who is told such things, at one moment.

    `challenge` is locked by the caller, `item` says what happened (`rules.news`).
    """
    db.session.add(News(challenge_id=challenge.id, kind=kind, item=item, at=now))
    db.session.flush()
    if kind in {NewsKind.PUBLISHED, NewsKind.CORRECTED} and not challenge.practice:
        take_in(challenge)
    if challenge.practice:
        notices.tell_holders(challenge.id, challenge.reference, kind, item, now=now)
    else:
        notices.tell_everyone(challenge.id, challenge.reference, kind, item, now=now)


#: What a search looks through.
_SEARCHED = (
    "reference",
    "title",
    "question",
    "problem",
    "who_has_it",
    "tried_before",
    "outcome_sought",
    "out_of_scope",
    "eligibility",
    "after_win",
    "owner_organisation",
)


def take_in(challenge: Challenge) -> None:
    """Let the search find the challenge as it is published now."""
    words = searchable(getattr(challenge, name) for name in _SEARCHED)
    db.session.merge(ChallengeText(challenge_id=challenge.id, words=words))
    db.session.flush()
