"""What each person's first page shows, gathered from the features below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from pitchfest.accounts import queries as accounts
from pitchfest.awards import queries as awards
from pitchfest.challenges import queries as challenges
from pitchfest.judging import queries as judging
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.waiting import Waiting
from pitchfest.pitches import queries as pitches
from pitchfest.pitches.queries import PitchRow

Source = Callable[[Actor, datetime], list[Waiting]]

#: Each feature says what waits for a person, each with a constant number of statements; two more look at
#: the person's pitches, which are read once.
SOURCES: tuple[Source, ...] = (
    accounts.waiting,
    challenges.waiting,
    challenges.clarifications_waiting,
    judging.waiting,
)


_FAR = datetime.max.replace(tzinfo=UTC)


def waiting(actor: Actor, now: datetime, own: Sequence[PitchRow] | None = None) -> list[Waiting]:
    """All that waits for this person: what holds others up first, then by date, then what waits longest.

    `own`: their pitches, where the caller has read them already.
    """
    own = pitches.mine(actor, now) if own is None else own
    tasks = [task for source in SOURCES for task in source(actor, now)]
    tasks += pitches.waiting(actor, now, own) + awards.waiting(actor, now, own)
    return sorted(tasks, key=lambda t: (not t.blocks_others, t.due or _FAR, t.since or _FAR, t.text))
