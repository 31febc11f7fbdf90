"""What a pitch asks for, what a judge knows, and how well the two match. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pitchfest.judging.rules.planning import Ids
from pitchfest.kernel.text import join_words

MOST_SKILLS = 12
LONGEST_SKILL = 60


class Level(StrEnum):
    """How well a judge knows something. Nothing at all is kept as no level."""

    SOME = "some"
    STRONG = "strong"


LEVEL_NAMES = {Level.SOME: "Some", Level.STRONG: "Strong"}

#: The best match there is. Whole numbers, since the engine's optimum is exact in them.
FULL = 1000
#: Why a judge matches who did not say what they know, which is not to say that they know nothing.
UNSAID = "has not said what they know"
_WORTH = {None: 0, Level.SOME: FULL // 2, Level.STRONG: FULL}


class Skill(NamedTuple):
    """A line of a challenge's list of skills."""

    id: int
    name: str


def match(asked: Collection[int], levels: Mapping[int, Level]) -> int:
    """How well a judge with these levels (by skill) matches a pitch that asks for these skills.

    The mean over the skills asked for, where none counts 0, some 500 and strong 1000, rounded down. A pitch
    that asks for nothing is as good a match for everybody: 1000, so that it is never the weakest match, on
    which the engine works first.
    """
    if not asked:
        return FULL
    return sum(_WORTH[levels.get(skill)] for skill in asked) // len(asked)


@dataclass(frozen=True, slots=True)
class Expertise:
    """A round's skills in their order, which of them each pitch asks for, and each judge's levels: also of
    judges who know none, and not of those who have not said.
    """

    skills: tuple[Skill, ...] = ()
    asked: Mapping[int, frozenset[int]] = field(default_factory=dict)
    levels: Mapping[int, Mapping[int, Level]] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether any pitch asks for anything, so that matches differ."""
        return any(self.asked.values())

    def gains(self, pairs: Iterable[Ids]) -> dict[Ids, int]:
        """The match of each pair; nothing where no pitch asks for anything."""
        return {pair: self.match(pair) for pair in pairs} if self.counts else {}

    def match(self, pair: Ids) -> int:
        """How well a judge and a pitch match."""
        member_id, pitch_id = pair
        return match(self.asked.get(pitch_id, ()), self.levels.get(member_id, {}))

    def asks(self, pitch_id: int) -> str:
        """What a pitch asks for, in words; empty for nothing."""
        wanted = self.asked.get(pitch_id, frozenset())
        return join_words([skill.name for skill in self.skills if skill.id in wanted])

    def why(self, pair: Ids) -> str:
        """What makes the match, such as “strong in Roads and Data, some in Law”; empty where the
        pitch asks for nothing.
        """
        if pair[0] not in self.levels:
            return UNSAID if self.asked.get(pair[1]) else ""
        wanted, levels = self.asked.get(pair[1], frozenset()), self.levels.get(pair[0], {})
        named: dict[Level | None, list[str]] = {Level.STRONG: [], Level.SOME: [], None: []}
        for skill in self.skills:
            if skill.id in wanted:
                named[levels.get(skill.id)].append(skill.name)
        said = {Level.STRONG: "strong in", Level.SOME: "some in", None: "none in"}
        return ", ".join(f"{said[level]} {join_words(names)}" for level, names in named.items() if names)

    def weakest(self, pairs: Iterable[Ids], most: int = 5) -> list[Ids]:
        """The pairs that match worst, the worst first; never one that is as good as can be."""
        below = [(self.match(pair), pair) for pair in pairs]
        return [pair for gain, pair in sorted(below) if gain < FULL][:most]
