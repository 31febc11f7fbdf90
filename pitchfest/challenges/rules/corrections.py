"""Corrections of a published challenge: what they must be, and how a change reads word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from operator import itemgetter

from pitchfest.challenges.rules.extension import LONGEST_EXTENSION, REASON_WORDS, SAY_WHY, next_working_day
from pitchfest.kernel.calendar import add_working_days
from pitchfest.kernel.clock import LONDON, from_london, say_moment
from pitchfest.kernel.text import count_words, join_words

#: What a material correction gives everyone: so many more working days.
MORE_DAYS = 5
#: Longer texts are shown one after the other: comparing them word by word would take too long.
MOST_COMPARED = 6_000


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that reads differently in two records. "" stands for nothing."""

    label: str
    before: str
    after: str
    material: bool


@dataclass(frozen=True, slots=True)
class Correct:
    """What the correction changes, the closing time now and after it, and the public reason."""

    changes: tuple[Change, ...]
    closes_at: datetime
    later: datetime | None
    reason: str


def is_material(changes: tuple[Change, ...] | list[Change]) -> bool:
    """Whether suppliers must have more time to take the changes in."""
    return any(change.material for change in changes)


def earliest_closing(closes_at: datetime) -> datetime:
    """The earliest closing time after a material correction: five working days on, at the same time."""
    local = closes_at.astimezone(LONDON)
    return from_london(add_working_days(local.date(), MORE_DAYS), local.time())


def correction_problems(facts: Correct) -> list[tuple[str, str]]:
    """What is wrong with a correction: (message, field)."""
    problems = []
    if not facts.changes and facts.later is not None:
        words = "Only the closing time differs. Go back to the challenge and extend the closing time for all"
        problems.append((words, "closes_at"))
    elif not facts.changes:
        problems.append(("Nothing here differs from what is published. Change what is wrong first", ""))
    if count_words(facts.reason) < REASON_WORDS:
        problems.append((SAY_WHY, "reason"))
    earliest = earliest_closing(facts.closes_at)
    if is_material(facts.changes) and (facts.later is None or facts.later < earliest):
        what = f"Suppliers build on this: {join_words([c.label for c in facts.changes if c.material])}"
        problems.append((f"{what}. So close at {say_moment(earliest)} or later", "closes_at"))
    elif facts.later is not None and facts.later < (soonest := next_working_day(facts.closes_at)):
        words = (
            f"Leave the closing time, or give at least one more working day: {say_moment(soonest)} or later"
        )
        problems.append((words, "closes_at"))
    if facts.later is not None and facts.later > facts.closes_at + LONGEST_EXTENSION:
        problems.append((f"Give at most {LONGEST_EXTENSION.days} more days", "closes_at"))
    return problems


class Mark(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


def word_diff(before: str, after: str) -> list[tuple[Mark, str]]:
    """The two texts as one: words that stayed, that went and that came, in reading order.

    Joining all but the new ones gives `before` again, all but the gone ones `after`.
    """
    old, new = (re.findall(r"\S+\s*|\s+", text) for text in (before, after))
    if len(old) + len(new) > MOST_COMPARED:
        return [(mark, text) for mark, text in ((Mark.GONE, before), (Mark.NEW, after)) if text]
    pieces: list[tuple[Mark, str]] = []
    was, now_is = ([token.rstrip() for token in tokens] for tokens in (old, new))
    for tag, start, end, begin, finish in SequenceMatcher(None, was, now_is).get_opcodes():
        if tag == "equal":
            pieces += _kept(old[start:end], new[begin:finish])
            continue
        pieces += [(Mark.GONE, "".join(old[start:end])), (Mark.NEW, "".join(new[begin:finish]))]
    return _joined(pieces)


def _kept(old: list[str], new: list[str]) -> Iterator[tuple[Mark, str]]:
    """Words that stayed; the space after one may differ all the same."""
    for was, now_is in zip(old, new, strict=True):
        if was == now_is:
            yield Mark.KEPT, was
            continue
        word = was.rstrip()
        yield Mark.KEPT, word
        yield Mark.GONE, was[len(word) :]
        yield Mark.NEW, now_is[len(word) :]


def _joined(pieces: list[tuple[Mark, str]]) -> list[tuple[Mark, str]]:
    """Neighbours with one mark as one piece; empty ones left out."""
    told = (piece for piece in pieces if piece[1])
    return [(mark, "".join(text for _, text in run)) for mark, run in groupby(told, key=itemgetter(0))]
