"""Whether decisions came by the day that was promised, as the public reads it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from pitchfest.kernel.clock import LONDON


@dataclass(frozen=True, slots=True)
class Promise:
    """The day on which a decision was promised, whatever was said later, and when its letters went out."""

    promised: datetime
    letters_at: datetime | None


@dataclass(frozen=True, slots=True)
class Promises:
    """How many decisions are out, and how many of them came by the promised day; of all that did not,
    those still waited for included, the days late.
    """

    decided: int
    kept: int
    waited_for: int
    days_late: tuple[int, ...]

    @property
    def total(self) -> int:
        """All days late together."""
        return sum(self.days_late)

    @property
    def median(self) -> float:
        """The median of the days late of those that are late."""
        return median(self.days_late)


def promises_kept(promises: Iterable[Promise], now: datetime) -> Promises:
    """What became of the promises that were due. Days are whole days in London, the promised one in time."""
    days = [(_days_late(promise, now), promise.letters_at is not None) for promise in promises]
    return Promises(
        decided=sum(is_out for _, is_out in days),
        kept=sum(is_out and not late for late, is_out in days),
        waited_for=sum(bool(late) and not is_out for late, is_out in days),
        days_late=tuple(late for late, _ in days if late),
    )


def _days_late(promise: Promise, now: datetime) -> int:
    came, promised = (
        moment.astimezone(LONDON).date() for moment in (promise.letters_at or now, promise.promised)
    )
    return max(0, (came - promised).days)
