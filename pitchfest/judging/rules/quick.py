"""Scorecards signed faster than their pitch can be read: for the chair to ask about. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

#: Words a minute: three times what adults read silently on average, 238 (Brysbaert 2019, Journal of Memory
#: and Language 109). Writing takes time too, and none is allowed for: so fast, nobody has read it all here.
FASTEST = 714


def most_spent(
    saves: Iterable[tuple[datetime, int]], signed: Mapping[int, datetime], given: Mapping[int, datetime]
) -> dict[int, timedelta]:
    """Signed card → the most time that one judge can have spent on it in the browser, unless they read
    several pitches side by side before they saved the first: one more reason why the chair only asks.

    The time before a save or a signature, back to the judge's one before, belongs to that card; before their
    first of all, back to when the card was `given` to them. Cards of which several were saved at one moment
    came from a sheet, so they are left out.
    """
    events = sorted([*saves, *((at, card) for card, at in signed.items())])
    at_once = Counter(at for at, _ in set(events))
    spent: defaultdict[int, timedelta] = defaultdict(timedelta)
    elsewhere = {card for at, card in events if at_once[at] > 1}
    before: datetime | None = None
    for at, card in events:
        spent[card] += at - (before or given[card])
        before = at
    return {card: spent[card] for card in signed if card not in elsewhere}


def is_quick(spent: timedelta, words: int) -> bool:
    """Whether so many words cannot have been read in this time."""
    return spent.total_seconds() * FASTEST < words * 60
