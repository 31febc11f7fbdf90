"""How much a judge takes, and when they are away. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from pitchfest.judging.rules.skills import Level
from pitchfest.kernel.clock import say_day
from pitchfest.kernel.errors import Problem
from pitchfest.kernel.text import join_words

MOST_TIMES_AWAY = 6
LARGEST_LIMIT = 999


class Away(NamedTuple):
    """Days on which a judge cannot judge, the last one included."""

    since: date
    until: date

    def __str__(self) -> str:
        if self.since == self.until:
            return say_day(self.since, year=False)
        return f"{say_day(self.since, year=False)} to {say_day(self.until, year=False)}"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a judge: levels of the skills that were asked about (None: knows nothing of it), limit
    (None: none of their own), and times away, where None stands for a line left empty.
    """

    levels: Mapping[int, Level | None]
    limit: int | None
    away: tuple[Away | None, ...]


@dataclass(frozen=True, slots=True)
class Capacity:
    """What stands of a judge for one panel, and who said it last. `version` is 0 where nobody has said
    anything; `limit` None where the judge has no limit of their own.
    """

    version: int = 0
    limit: int | None = None
    away: tuple[Away, ...] = ()
    levels: Mapping[int, Level] = field(default_factory=dict)
    changed_by: str = ""


def say_away(times: Collection[Away]) -> str:
    """“3 March and 8 March to 12 March”; empty where there is none."""
    return join_words([str(away) for away in sorted(times)])


def still_to_come(times: Iterable[Away], today: date) -> tuple[Away, ...]:
    """The times that are not over."""
    return tuple(away for away in times if away.until >= today)


def away_until(times: Iterable[Away], today: date) -> date | None:
    """The last day of being away without a break, for who is away today."""
    back = today
    for away in sorted(times):
        if away.since <= back <= away.until:
            back = away.until + timedelta(days=1)
    return back - timedelta(days=1) if back > today else None


def away_throughout(times: Iterable[Away], today: date, last: date | None) -> bool:
    """Whether a judge is away on every day that is left of scoring, which ends on `last`. Where that has no
    end, or is over, nobody is.
    """
    until = away_until(times, today)
    return last is not None and until is not None and today <= last <= until


def problems_with(said: Said, today: date) -> list[Problem]:
    """What cannot be; the fields are `limit`, and `since_1` or `until_1` for the first line of times."""
    found = []
    if said.limit is not None and not 0 < said.limit <= LARGEST_LIMIT:
        found.append(Problem(f"Enter a number from 1 to {LARGEST_LIMIT}, or leave it empty", "limit"))
    for place, away in enumerate(said.away[:MOST_TIMES_AWAY], start=1):
        if away is not None and (problem := _problem_with(away, today)):
            found.append(Problem(problem.message, f"{problem.field}_{place}"))
    if len(said.away) > MOST_TIMES_AWAY:
        found.append(Problem(f"Enter at most {MOST_TIMES_AWAY} times", "since_1"))
    return found


def _problem_with(away: Away, today: date) -> Problem | None:
    if abs(away.since.year - today.year) > 1:
        return Problem("Enter a date of last year, this year or next year", "since")
    if away.until < away.since:
        return Problem("The last day comes before the first", "until")
    if (away.until - away.since).days > 366:
        return Problem("Enter a time of a year at most", "until")
    return None
