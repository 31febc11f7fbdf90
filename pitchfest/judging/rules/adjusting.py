"""Totals adjusted for how strict the judges were who read the pitch, where that is the published basis. Pure.

The adjusted part is the exact points that the judges gave, less the mean generosity of those who read the
pitch, as `calibration` estimates it from every scorecard of the round, rounded half up to hundredths. So a
point stays a point: nothing is drawn towards the middle, and the published weights hold.

The last bits of the model's arithmetic depend on the processor and on the order of the judges. So that they
decide nothing, the mean generosity is rounded to `PLACES` before it is taken off: where every judge read a
pitch it is then 0, as the model says, and not the ten-millionth part of a billionth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pitchfest.judging.rules.plots import review_points
from pitchfest.judging.rules.snapshot import QUIET_BELOW, version_of

Cards = Mapping[str, Mapping[str, Mapping[str, Fraction]]]
"""pitch → judge → criterion → the share of its full marks."""


#: Far finer than the model can mean, and far coarser than what its arithmetic is wrong by.
PLACES = 9


class WhyNot(StrEnum):
    """Why nothing can be adjusted, so that the plain mean counts for all."""

    FEW = "few"
    ONE_JUDGE = "one_judge"
    GROUPS = "groups"
    COMPLETE = "complete"
    SAME = "same"


#: The same as a clause after "because".
BECAUSE: dict[WhyNot, str] = {
    WhyNot.FEW: f"fewer than {QUIET_BELOW} pitches were scored",
    WhyNot.ONE_JUDGE: "one judge gave every score",
    WhyNot.GROUPS: "the pitches fall into groups that share no judge",
    WhyNot.COMPLETE: "every judge read every pitch, so each was read by the same judges",
    WhyNot.SAME: "all judges’ totals were the same",
}


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The adjusted points of the judges by pitch, in hundredths; or why there are none. `version`: the hash
    of all that went in.
    """

    version: str
    why_not: WhyNot | None
    hundredths: Mapping[str, int]


def adjust(cards: Cards, weights: Mapping[str, Fraction], points: Mapping[str, Fraction]) -> Adjusted:
    """Adjust every pitch that was scored. `weights` are points by judged criterion, `points` what each pitch
    has from its judges, unadjusted. The order in which anything comes does not matter.
    """
    version = version_of(cards, weights, {})
    judges = {judge for by_judge in cards.values() for judge in by_judge}
    reviews = review_points(cards, weights, {})
    if why_not := _why_not(cards, judges, len(reviews)):
        return Adjusted(version, why_not, {})
    # Here only: numpy takes longer to import than the rest of the site.
    from pitchfest.judging.rules.calibration import calibrate  # noqa: PLC0415

    found = calibrate([(*pair, float(given)) for pair, given in sorted(reviews.items())])
    if found.components > 1 or found.fit is None:
        return Adjusted(version, WhyNot.GROUPS if found.components > 1 else WhyNot.SAME, {})
    generosity = {judge.id: Fraction(judge.effect) for judge in found.judges}
    return Adjusted(
        version,
        None,
        {
            pitch: _hundredths(points[pitch] - _mean([generosity[judge] for judge in by_judge]))
            for pitch, by_judge in cards.items()
        },
    )


def _mean(values: list[Fraction]) -> Fraction:
    return round(sum(values, Fraction(0)) / len(values), PLACES)


def _why_not(cards: Cards, judges: set[str], reviews: int) -> WhyNot | None:
    if len(cards) < QUIET_BELOW:
        return WhyNot.FEW
    if len(judges) == 1:
        return WhyNot.ONE_JUDGE
    return WhyNot.COMPLETE if reviews == len(cards) * len(judges) else None


def _hundredths(points: Fraction) -> int:
    return (200 * points.numerator + points.denominator) // (2 * points.denominator)
