"""What a panel talks about once every scorecard is signed, in which order, and what it may agree. Pure.

A score is in hundredths of a point. The triggers are published with the challenge
(`challenges.rules.BASES`): judges two fifths of the scale apart (2 points on one from 0 to 5), judges on
both sides of a minimum, and, from 8 pitches on, one answer in ten drawn by lot.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from pitchfest.judging.rules.scoring import Criterion, points_text, validate_score
from pitchfest.kernel.text import count_words

#: From so many pitches on, chance picks one answer in `ONE_IN`.
PITCHES_FOR_LOT = 8
ONE_IN = 10
#: Words that a reason needs at the least.
LEAST_WORDS = 5


class Trigger(StrEnum):
    """Why an answer is on the agenda."""

    SPREAD = "spread"
    MINIMUM = "minimum"
    LOT = "lot"
    ADDED = "added"


#: Trigger → what the agenda says, within a sentence.
TRIGGERS: dict[Trigger, str] = {
    Trigger.SPREAD: "judges far apart",
    Trigger.MINIMUM: "on both sides of the minimum",
    Trigger.LOT: "drawn by lot",
    Trigger.ADDED: "added",
}


class Words(NamedTuple):
    """What goes with an agreement: why, what was said, and who does not agree."""

    reason: str
    points: str = ""
    dissent: str = ""


class Answer(NamedTuple):
    """One pitch on one criterion, by reference and key."""

    pitch: str
    criterion: str


@dataclass(frozen=True, slots=True)
class Item:
    """One answer on the agenda. `worth` is what talking about it can change, in points."""

    answer: Answer
    triggers: tuple[Trigger, ...]
    worth: Fraction


def differs(criterion: Criterion, scores: Collection[int]) -> tuple[Trigger, ...]:
    """Why judges who gave these scores should talk; nothing where they need not."""
    low, high = min(scores), max(scores)
    found = []
    if 5 * (high - low) >= 2 * (criterion.maximum - criterion.minimum):
        found.append(Trigger.SPREAD)
    if criterion.threshold is not None and low < criterion.threshold <= high:
        found.append(Trigger.MINIMUM)
    return tuple(found)


def drawn(answers: Iterable[Answer], lot: str) -> frozenset[Answer]:
    """One answer in ten, rounded down, by the lot; none with fewer than 8 pitches.

    An answer's number is HMAC-SHA256 keyed by the lot (hex) over `reference criterion`; the smallest are
    drawn, so that anyone who has the record can draw them again.
    """
    every = list(answers)
    if len({answer.pitch for answer in every}) < PITCHES_FOR_LOT:
        return frozenset()
    key = bytes.fromhex(lot)
    by_number = sorted(every, key=lambda answer: hmac.digest(key, " ".join(answer).encode(), "sha256"))
    return frozenset(by_number[: len(every) // ONE_IN])


def agenda(
    scores: Mapping[Answer, Sequence[int]],
    criteria: Mapping[str, Criterion],
    totals: Mapping[str, Fraction],
    minimum_total: int | None,
    lot: str,
) -> list[Item]:
    """What is to be talked about, what discussion is worth most first.

    Worth is the points of the total that lie between the lowest and the highest score, over one more than
    the pitch's distance in points from the nearest line: the minimum in all (in hundredths), and the
    middle between the first two places. `totals` are out of 100.
    """
    lines = _lines(totals, minimum_total)
    chance = drawn(scores, lot)
    found = []
    for answer, given in scores.items():
        criterion = criteria[answer.criterion]
        why = differs(criterion, given) + ((Trigger.LOT,) if answer in chance else ())
        if why:
            apart = Fraction((max(given) - min(given)) * criterion.weight, criterion.maximum)
            away = min((abs(totals[answer.pitch] - line) for line in lines), default=Fraction(0))
            found.append(Item(answer, why, apart / (1 + away)))
    return sorted(found, key=lambda item: (-item.worth, item.answer))


def _lines(totals: Mapping[str, Fraction], minimum_total: int | None) -> list[Fraction]:
    best = sorted(totals.values(), reverse=True)[:2]
    lines = [sum(best, Fraction(0)) / 2] if len(best) == 2 else []
    return lines + ([Fraction(minimum_total, 100)] if minimum_total is not None else [])


def quorum(scored: int) -> int:
    """How many of the judges who scored a pitch must be there to agree on it: half, and two at least
    where there are two.
    """
    return max(min(2, scored), -(-scored // 2))


def is_outside(hundredths: int | None, scores: Collection[int]) -> bool:
    """Whether an agreed score lies above or below every signed one, and so needs a second person."""
    return hundredths is not None and not min(scores) <= hundredths <= max(scores)


def problems(
    criterion: Criterion, hundredths: int | None, reason: str, *, present: int, scored: int
) -> dict[str, str]:
    """What stands against an agreement, by field of its form: the score (None: the mean stands), the
    reason, and how many of those who `scored` the pitch are there.
    """
    found = {}
    if hundredths is not None and (why := validate_score(criterion, hundredths)):
        found["score"] = why
    if count_words(reason) < LEAST_WORDS:
        found["reason"] = f"Say in at least {LEAST_WORDS} words what in the answer earns this score"
    if present < quorum(scored):
        found["present"] = f"At least {quorum(scored)} of the judges who scored this pitch must be there"
    return found


def say_scores(scores: Iterable[int]) -> str:
    """Scores as a row, lowest first: `1, 3, 5`."""
    return ", ".join(points_text(score) for score in sorted(scores))
