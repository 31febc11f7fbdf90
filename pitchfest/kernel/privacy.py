"""What features say about people's data: for a copy, for an erasure, for a purge. Pure.

Each feature contributes what concerns its own rows; the table in `app.py` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pitchfest.kernel.clock import say_day

Cell = str | int | datetime | None


def removed_words(at: datetime) -> str:
    """What stands where words stood whose time was over."""
    return f"Removed on {say_day(at)} under our retention rules."


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the copy that a person gets of what is held about them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Remains(NamedTuple):
    """Something that an erasure leaves, and why it has to stay."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Erasing:
    """What erasing a person would come to: what forbids it now, what goes and what stays."""

    blockers: tuple[str, ...] = ()
    goes: tuple[str, ...] = ()
    stays: tuple[Remains, ...] = ()


@dataclass(frozen=True)
class ErasurePart:
    """A feature's part in erasing a person.

    `preview(person_id, own, now)` says what would happen; unless the person asks for themselves
    (`own`), it tells nothing of pitches that are not opened. `erase(person_id, now)` does it, inside
    a write.
    """

    preview: Callable[[int, bool, datetime], Erasing]
    erase: Callable[[int, datetime], None]


@dataclass(frozen=True, slots=True)
class Due:
    """How much is past its time. `oldest`: since when the oldest counts, None where nobody may know."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class Purge:
    """How a category of the retention table is purged.

    `due(before)` counts what began before a moment; at most two statements. `remove(before, now, most)`
    removes one batch inside a write and returns how many went.
    """

    due: Callable[[datetime], Due]
    remove: Callable[[datetime, datetime, int], int]


def together(first: Purge, second: Purge) -> Purge:
    """The purge of two things with one period: the second's go once none of the first is left. Nobody
    learns since when the oldest counts.
    """

    def due(before: datetime) -> Due:
        return Due(first.due(before).count + second.due(before).count, None)

    def remove(before: datetime, now: datetime, most: int) -> int:
        return first.remove(before, now, most) or second.remove(before, now, most)

    return Purge(due, remove)


@dataclass(frozen=True)
class Privacy:
    """What all features contribute. Parts of an erasure stand in the order in which they happen;
    purges are keyed by category.
    """

    sections: tuple[Callable[[int, datetime], list[Section]], ...]
    erasure: tuple[ErasurePart, ...]
    purges: Mapping[str, Purge]
