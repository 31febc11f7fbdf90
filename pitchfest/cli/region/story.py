"""The story's steps, and playing them in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pitchfest.accounts import queries as accounts
from pitchfest.cli.region.calendar import Calendar, as_written
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import PitchfestError

#: What happens at a moment; what it returns does not matter.
Act = Callable[[datetime], object]


class BadRegionError(Exception):
    """The file does not say what it must, or the rules refuse a step; the message says which."""


@dataclass(frozen=True)
class Step:
    """One act of the story: where it stands in it, and when it happens now."""

    order: datetime
    number: int
    moment: datetime
    what: str
    act: Act


@dataclass
class Story:
    """The file's content, its calendar, and what has come into being so far."""

    content: dict[str, Any]
    calendar: Calendar
    people: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    #: (challenge reference, supplier name) → the pitch's reference.
    pitches: dict[tuple[str, str], str] = field(default_factory=dict)
    _steps: list[Step] = field(default_factory=list)

    def at(self, written: Any, what: str, act: Act, *, after: timedelta = timedelta(0)) -> None:
        """Add a step at a written time, or so long after it. `what` names it in an error."""
        try:
            moment = self.calendar.moment(written) + after
            order = as_written(written) + after
        except (TypeError, ValueError) as error:
            raise BadRegionError(f"{what}: {written!r} is not a time like 2026-07-24T11:00") from error
        self._steps.append(Step(order, len(self._steps), moment, what, act))

    def actor(self, name: str, now: datetime) -> Actor:
        """The person of that name as the database knows them, having just proved who they are."""
        return accounts.actor_of(self.person(name), now=now, proved_at=now)

    def person(self, name: str) -> int:
        """The id of the person of that name. Raises BadRegionError."""
        try:
            return self.people[name]
        except KeyError:
            raise BadRegionError(f"{name} is not among the file's people, or has not joined yet") from None

    def play(self, until: datetime) -> int:
        """Play every step up to `until` as written, each in its own transaction; how many there were.

        The order is the file's. Where bank holidays push a day's steps past the next day's, these
        follow a second apart.
        """
        last = datetime.min.replace(tzinfo=until.tzinfo)
        played = 0
        for step in sorted(self._steps, key=lambda step: (step.order, step.number)):
            if step.moment > until:
                continue
            now = max(step.moment, last + timedelta(seconds=1))
            try:
                with transaction():
                    step.act(now)
            except PitchfestError as error:
                raise BadRegionError(f"{step.what}: {error.reason or type(error).__name__}") from error
            db.session.expunge_all()
            last, played = now, played + 1
        return played
