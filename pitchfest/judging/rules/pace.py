"""How long a judge still needs, learnt from how long the cards took that are done. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

#: Time between two saves counts as work up to here; after longer the judge had gone.
LONGEST_PAUSE = timedelta(minutes=30)
#: Cards whose time is known, before anything is said.
FEWEST_CARDS = 3


def minutes_left(saves: Iterable[tuple[datetime, int]], done: Collection[int], left: int) -> int | None:
    """Minutes for `left` cards at this judge's pace; None before three cards tell of it.

    `saves`: when each card was saved, of one judge on one challenge. The time up to a save belongs to the
    card that was saved. Saves of several cards at one moment came from a file and say nothing. What counts
    is the median over the cards that are `done`, so that one long lunch changes little.
    """
    ordered = sorted(saves)
    cards_at = Counter(at for at, _ in ordered)
    spent: defaultdict[int, timedelta] = defaultdict(timedelta)
    for (before, _), (at, card) in pairwise(ordered):
        if cards_at[at] == 1 and at - before <= LONGEST_PAUSE:
            spent[card] += at - before
    known = [spent[card].total_seconds() for card in done if spent.get(card)]
    if len(known) < FEWEST_CARDS or not left:
        return None
    return max(1, round(median(known) * left / 60))


def say_minutes(minutes: int) -> str:
    """`about 25 minutes`, `about 2 and a half hours`: no more exact than a forecast can be."""
    if minutes <= 90:
        rounded = minutes if minutes < 10 else 5 * round(minutes / 5)
        return f"about {rounded}\u00a0minute{'' if rounded == 1 else 's'}"
    halves = round(minutes / 30)
    return f"about {halves // 2}{' and a half' if halves % 2 else ''}\u00a0hours"
