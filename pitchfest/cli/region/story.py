"""The story's steps, and playing them in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pitchfest.accounts import queries as accounts
from pitchfest.cli.region.calendar import Calendar
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import PitchfestError

Act = Callable[[datetime], None]


class BadRegionError(Exception):
    """The file does not say what it must, or the rules refuse a step; the message says which."""


@dataclass
class Story:
    """The file's content, its calendar, and what has come into being so far."""

    content: dict[str, Any]
    calendar: Calendar
    people: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    #: (challenge reference, supplier name) → the pitch's reference.
    pitches: dict[tuple[str, str], str] = field(default_factory=dict)
    _steps: list[tuple[datetime, int, str, Act]] = field(default_factory=list)

    def at(self, written: Any, what: str, act: Act) -> None:
        """Add a step. `what` names it in an error."""
        try:
            moment = self.calendar.moment(written)
        except (TypeError, ValueError) as error:
            raise BadRegionError(f"{what}: {written!r} is not a time like 2026-07-24T11:00") from error
        self._steps.append((moment, len(self._steps), what, act))

    def later(self, written: Any, seconds: int, what: str, act: Act) -> None:
        """Add a step so many seconds after a written time."""
        self.at(written, what, act)
        moment, order, _, _ = self._steps.pop()
        self._steps.append((moment + timedelta(seconds=seconds), order, what, act))

    def actor(self, name: str, now: datetime) -> Actor:
        """The person of that name as the database knows them, having just proved who they are."""
        return accounts.actor_of(self.person(name), proved_at=now)

    def person(self, name: str) -> int:
        """The id of the person of that name. Raises BadRegionError."""
        try:
            return self.people[name]
        except KeyError:
            raise BadRegionError(f"{name} is not among the file's people, or has not joined yet") from None

    def play(self, until: datetime) -> int:
        """Play every step up to `until` in order, each in its own transaction; how many there were.

        Two steps never share a moment: a later one is moved on by a second where need be.
        """
        last = datetime.min.replace(tzinfo=until.tzinfo)
        played = 0
        for moment, _, what, act in sorted(self._steps, key=lambda step: step[:2]):
            if moment > until:
                continue
            now = max(moment, last + timedelta(seconds=1))
            try:
                with transaction():
                    act(now)
            except PitchfestError as error:
                raise BadRegionError(f"{what}: {error.reason or type(error).__name__}") from error
            db.session.expunge_all()
            last, played = now, played + 1
        return played
