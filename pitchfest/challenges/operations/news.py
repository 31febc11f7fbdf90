"""News of a published challenge: kept in order, and told to everyone in the same write."""

from __future__ import annotations

from datetime import datetime

from pitchfest.challenges import notices
from pitchfest.challenges.models import Challenge, News
from pitchfest.challenges.rules import NewsKind
from pitchfest.db import db


def announce(challenge: Challenge, kind: NewsKind, item: int, *, now: datetime) -> None:
    """Keep what happened among the news and tell everyone who is told such things, at one moment.

    `challenge` is locked by the caller, `item` says what happened (`rules.news`).
    """
    db.session.add(News(challenge_id=challenge.id, kind=kind, item=item, at=now))
    db.session.flush()
    if challenge.practice:
        notices.tell_holders(challenge.id, challenge.reference, kind, item, now=now)
    else:
        notices.tell_everyone(challenge.id, challenge.reference, kind, item, now=now)
