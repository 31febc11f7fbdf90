"""A plan of who reads what: what it stands on, what it lacks, and what giving it out does. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

Ids = tuple[int, int]
"""A panel member's id and a pitch's id, in this order."""


class PairKind(StrEnum):
    """What a plan says of a judge and a pitch."""

    PINNED = "pinned"
    EXCLUDED = "excluded"
    PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan stands on. `pitches`: id → reference. `may`: pairs for which the judge is cleared and
    could get a scorecard. `cards`: the pairs that have one, with whether the judge has begun it. `gains`: how
    well pairs match, by which nothing is told apart where there are none. `limits`: the most that judges
    take who have a limit of their own.
    """

    pitches: Mapping[int, str]
    judges: frozenset[int]
    per_pitch: int
    may: frozenset[Ids]
    cards: Mapping[Ids, bool]
    gains: Mapping[Ids, int] = field(default_factory=dict)
    limits: Mapping[int, int] = field(default_factory=dict)


class Lack(NamedTuple):
    """A pitch that gets too few judges: how many are missing, and why."""

    pitch_id: int
    missing: int
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the engine found: all pairs, in how many pieces they are linked, and what is impossible."""

    pairs: frozenset[Ids]
    pieces: int
    lacking: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What giving a plan out does. `barred` and `begun` stand against it: planned pairs whose judge may not
    read the pitch, and excluded pairs whose judge has begun.
    """

    give: frozenset[Ids]
    take: frozenset[Ids]
    barred: frozenset[Ids]
    begun: frozenset[Ids]

    @property
    def fits(self) -> bool:
        """Whether the plan can be given out as it is."""
        return not (self.barred or self.begun)

    @property
    def nothing(self) -> bool:
        """Whether giving it out would change nothing."""
        return not (self.give or self.take)


def reads(ground: Ground, planned: Collection[Ids], excluded: Collection[Ids]) -> frozenset[Ids]:
    """Every pair of a plan, and whatever has a scorecard that stays."""
    return frozenset(planned) | (ground.cards.keys() - excluded)


class Moves(NamedTuple):
    """What a change by hand moved beside the pairs that it named."""

    given: frozenset[Ids]
    lost: frozenset[Ids]


def effect(ground: Ground, planned: Collection[Ids], excluded: Collection[Ids]) -> Effect:
    """What giving out the plan does now, and what stands against it."""
    new = frozenset(planned) - ground.cards.keys()
    out = frozenset(excluded) & ground.cards.keys()
    begun = frozenset(pair for pair in out if ground.cards[pair])
    return Effect(give=new & ground.may, take=out - begun, barred=new - ground.may, begun=begun)
