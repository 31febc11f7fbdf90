"""Versions of an answer: which one a form was opened on, and which one a save goes into. Pure."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

#: What one author saves by itself within this time of beginning is one version.
ONE_VERSION_WITHIN = timedelta(minutes=2)
#: From so many words on a text that most of them are taken from is kept.
MANY_WORDS = 20
_SPELT = re.compile(r"(\d{1,18})\.(\d{1,9})", re.ASCII)


class Shown(NamedTuple):
    """The version that a form was opened on, and how often it had been saved by then."""

    id: int
    revision: int

    def __str__(self) -> str:
        return f"{self.id}.{self.revision}"


def read_shown(text: str) -> Shown | None:
    """What a form says of the version that it was opened on; None where there was none."""
    found = _SPELT.fullmatch(text)
    return Shown(int(found[1]), int(found[2])) if found else None


def still_written(begun_at: datetime | None, author_id: int, by_id: int, now: datetime) -> bool:
    """Whether a save by this person may go into the version that they began, instead of making another."""
    return begun_at is not None and author_id == by_id and begun_at <= now < begun_at + ONE_VERSION_WITHIN


def takes_away(before: str, after: str) -> bool:
    """Whether a text keeps less than half of the words of the one before, where that had a good many. What
    is taken away so quickly may be a mistake, so that the text before stays a version of its own.
    """
    words = before.split()
    if len(words) < MANY_WORDS:
        return False
    return 2 * (Counter(words) & Counter(after.split())).total() < len(words)
