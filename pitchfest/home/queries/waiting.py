"""What each person's first page shows, gathered from the features below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pitchfest.accounts import queries as accounts
from pitchfest.awards import queries as awards
from pitchfest.challenges import queries as challenges
from pitchfest.judging import queries as judging
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.waiting import Waiting
from pitchfest.pitches import queries as pitches

Source = Callable[[Actor, datetime], list[Waiting]]

#: Each feature says what waits for a person; each with a constant number of statements.
SOURCES: tuple[Source, ...] = (
    accounts.waiting,
    challenges.waiting,
    challenges.clarifications_waiting,
    pitches.waiting,
    judging.waiting,
    awards.waiting,
)


_FAR = datetime.max.replace(tzinfo=UTC)


def waiting(actor: Actor, now: datetime) -> list[Waiting]:
    """All that waits for this person: what holds others up first, then by date, then what waits longest."""
    tasks = [task for source in SOURCES for task in source(actor, now)]
    return sorted(tasks, key=lambda t: (not t.blocks_others, t.due or _FAR, t.since or _FAR, t.text))
