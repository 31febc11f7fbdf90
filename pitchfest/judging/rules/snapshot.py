"""What calibration says of a round, kept as JSON: read without the libraries that work it out. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

from pitchfest.kernel.text import canonical_json

#: From so many pitches on a round is more than one table and one sentence.
QUIET_BELOW = 8


class Sure(NamedTuple):
    """A pitch's calibrated score, the ranks that hold 90% of the time, and how likely it is first."""

    calibrated: float
    low: int
    high: int
    p_first: float

    @property
    def score(self) -> str:
        """The calibrated score, with two places."""
        return f"{self.calibrated:.2f}"

    @property
    def interval(self) -> str:
        """`2 to 5`, or `2`."""
        return f"{self.low} to {self.high}" if self.low < self.high else str(self.low)

    @property
    def chance(self) -> str:
        """How likely the pitch is first, in words of a table."""
        return percent(self.p_first)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the results say beside the totals: a sentence ("" where there is nothing to say), whether the
    calibrated scores are worth a look, how many reviews they rest on, whether scores were agreed in
    moderation, and each pitch's figures by its reference.
    """

    advice: str
    worth: bool
    reviews: int
    agreed: bool
    places: Mapping[str, Sure]


def dump(snapshot: Snapshot) -> str:
    """As JSON."""
    return canonical_json(
        {
            "advice": snapshot.advice,
            "worth": snapshot.worth,
            "reviews": snapshot.reviews,
            "agreed": snapshot.agreed,
            "places": {pitch: list(sure) for pitch, sure in snapshot.places.items()},
        }
    )


def load(text: str) -> Snapshot:
    """What `dump` wrote."""
    found = json.loads(text)
    return Snapshot(**{**found, "places": {pitch: Sure(*row) for pitch, row in found["places"].items()}})


def version_of(
    cards: Mapping[str, Mapping[str, Mapping[str, Fraction]]],
    weights: Mapping[str, Fraction],
    prices: Mapping[str, Mapping[str, Fraction]],
) -> str:
    """The hash of everything that a calibration rests on, in whatever order it comes."""
    scores = {
        p: {j: {c: str(share) for c, share in card.items()} for j, card in by_judge.items()}
        for p, by_judge in cards.items()
    }
    paid = {p: {c: str(share) for c, share in card.items()} for p, card in prices.items()}
    parts = {"cards": scores, "weights": {c: str(weight) for c, weight in weights.items()}, "prices": paid}
    return sha256(canonical_json(parts).encode()).hexdigest()


def percent(share: float) -> str:
    """In whole per cent. Draws make nothing certain, so it is never none or all."""
    if share <= 0.01:
        return "under 1%"
    return f"{100 * share:.0f}%" if share < 0.99 else "over 99%"
