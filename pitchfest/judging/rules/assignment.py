"""Which judge reads which pitch: balanced, never across a conflict, the same answer every time.

This knows nothing of subjects, and needs nothing but Python. Where gains, limits or an earlier run count, see
`matching`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256

Pair = tuple[str, str]
"""A judge and a pitch, in this order."""

READ_BY_ALL_UP_TO = 8
JUDGES_A_PITCH = 3


@dataclass(frozen=True, slots=True)
class Unmet:
    """A pitch with too few readers: how many are missing, and why, as a sentence for the page."""

    pitch: str
    missing: int
    why: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """Every pair of judge and pitch, kept ones included, and the pitches that lack readers, in order."""

    pairs: frozenset[Pair]
    unmet: tuple[Unmet, ...]


def default_per_pitch(n_pitches: int, n_judges: int) -> int | None:
    """How many judges read each pitch unless people choose: 3, or None for all of them.

    All read everything where there are up to 8 pitches, or fewer than 3 judges.
    """
    if n_pitches <= READ_BY_ALL_UP_TO or n_judges < JUDGES_A_PITCH:
        return None
    return JUDGES_A_PITCH


def assign(
    pitches: Iterable[str],
    judges: Iterable[str],
    forbidden: Collection[Pair] = frozenset(),
    per_pitch: int | None = None,
    existing: Collection[Pair] = frozenset(),
) -> Assignment:
    """Share the pitches out among the judges.

    Each pitch gets `per_pitch` judges, or as many as may read it where that is fewer; None means all of them.
    No pair is in `forbidden`. Pairs in `existing` stay, unless forbidden or of a judge or pitch not given.
    Loads, kept pairs counted, are as even as those rules allow: no other choice has a smaller sum of squares
    of loads, nor a smaller largest load. The answer does not depend on the order of anything given.
    Raises ValueError for `per_pitch` below 1.
    """
    if per_pitch is not None and per_pitch < 1:
        raise ValueError("each pitch needs at least one judge")
    panel, names = sorted(set(judges)), sorted(set(pitches))
    banned = set(forbidden)
    able = {pitch: [judge for judge in panel if (judge, pitch) not in banned] for pitch in names}
    may = {(judge, pitch) for pitch in names for judge in able[pitch]}
    kept = may.intersection(existing)

    wanted = len(panel) if per_pitch is None else per_pitch
    if wanted >= len(panel):
        pairs = may
    else:
        pairs = _level(_first_draft(able, kept, panel, wanted), kept, able, panel)
    # Who asks for all judges is content with those who may read; only a pitch nobody may read is left over.
    needed = 1 if per_pitch is None else per_pitch
    return Assignment(frozenset(pairs), _unmet(able, needed, len(panel)))


def _first_draft(able: dict[str, list[str]], kept: set[Pair], panel: list[str], wanted: int) -> set[Pair]:
    """Give each pitch, hardest to place first, the least loaded judges."""
    load = dict.fromkeys(panel, 0)
    for judge, _ in kept:
        load[judge] += 1
    pairs = set(kept)
    for pitch in sorted(able, key=lambda pitch: (len(able[pitch]), pitch)):
        free = [judge for judge in able[pitch] if (judge, pitch) not in kept]
        missing = max(0, wanted - (len(able[pitch]) - len(free)))
        # Equal loads are split by a hash, so that the same judges do not sit together pitch after pitch.
        for judge in sorted(free, key=lambda judge: (load[judge], _mix(judge, pitch), judge))[:missing]:
            load[judge] += 1
            pairs.add((judge, pitch))
    return pairs


def _mix(judge: str, pitch: str) -> bytes:
    return sha256(f"{len(judge)}:{judge}{pitch}".encode()).digest()


def _level(pairs: set[Pair], kept: set[Pair], able: dict[str, list[str]], panel: list[str]) -> set[Pair]:
    """Even the loads out along chains of hand-overs until no chain helps.

    A chain leads from a judge to one with at least two pitches fewer; each judge on it hands one pitch to the
    next. Without such a chain the loads are optimal (Harvey, Ladner, Lovasz and Tamir, "Semi-matchings for
    bipartite graphs and load balancing", 2006; pitches with several judges do not change the
    argument). What cannot reach a lighter judge from the heaviest never will, so it is settled for good.
    """
    reads = {judge: {pitch for reader, pitch in pairs if reader == judge} for judge in panel}
    movable = {judge: {pitch for pitch in reads[judge] if (judge, pitch) not in kept} for judge in panel}
    open_judges = set(panel)
    while open_judges:
        start = min(open_judges, key=lambda judge: (-len(reads[judge]), judge))
        came_by, end = _search(start, open_judges, reads, movable, able)
        if end is None:
            open_judges -= came_by.keys()
            continue
        while end != start:
            giver, pitch = came_by[end]
            for table in (reads, movable):
                table[giver].remove(pitch)
                table[end].add(pitch)
            end = giver
    return {(judge, pitch) for judge in panel for pitch in reads[judge]}


def _search(
    start: str,
    open_judges: set[str],
    reads: dict[str, set[str]],
    movable: dict[str, set[str]],
    able: dict[str, list[str]],
) -> tuple[dict[str, Pair], str | None]:
    """Breadth first from a judge: how each was reached (giver, pitch), and the first that is light enough."""
    came_by: dict[str, Pair] = {start: (start, "")}
    queue = [start]
    for giver in queue:
        for pitch in sorted(movable[giver]):
            for judge in able[pitch]:
                if judge in came_by or judge not in open_judges or pitch in reads[judge]:
                    continue
                came_by[judge] = (giver, pitch)
                if len(reads[judge]) <= len(reads[start]) - 2:
                    return came_by, judge
                queue.append(judge)
    return came_by, None


def _unmet(able: dict[str, list[str]], needed: int, panel_size: int) -> tuple[Unmet, ...]:
    return tuple(
        Unmet(pitch, needed - len(readers), _why(len(readers), needed, panel_size))
        for pitch, readers in able.items()
        if len(readers) < needed
    )


def _why(readers: int, needed: int, panel_size: int) -> str:
    has = f"Has {readers} of {needed} {'judge' if needed == 1 else 'judges'}"
    if panel_size == 0:
        return f"{has}: there is nobody on the panel."
    if readers == panel_size:
        return f"{has}: there {'is' if panel_size == 1 else 'are'} only {panel_size} on the panel."
    return f"{has}: {panel_size - readers} of the {panel_size} on the panel cannot read it."
