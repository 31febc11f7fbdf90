"""Exact scoring, from signed cards to a ranked table.

Integers are what is stored: weights in points, scores and scales in hundredths of a point, money in pence.
Fractions are exact results: criterion means in points, totals out of 100. There are no floats.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import NamedTuple

#: The largest whole number that a column holds.
_LARGEST = 2**63 - 1


class Kind(StrEnum):
    """Who gives the points of a criterion: the judges, or the price comparison."""

    JUDGED = "judged"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One weighted criterion of a published challenge.

    `weight` is in points; the weights of a challenge total 100, price included. `minimum`, `maximum`, `step`
    and `threshold` (the lowest mean that counts as met) are in hundredths of a point and describe the judges'
    scale; a price criterion has none.
    """

    key: str
    weight: int
    minimum: int = 0
    maximum: int = 500
    step: int = 100
    threshold: int | None = None
    kind: Kind = Kind.JUDGED


class Tally(NamedTuple):
    """The signed scores of one pitch on one criterion: their sum in hundredths, and how many there are."""

    hundredths: int
    cards: int


@dataclass(frozen=True, slots=True)
class JudgedTotals:
    """The judged side of a pitch's result.

    `points` is its part of the weighted total, price left out. `mean`, `median` and `spread` (maximum less
    minimum) are over the judges' own totals, each rescaled to be out of 100. `mean` is exact but where many
    judges left out other criteria each and its fraction grows beyond what a column holds: there it is the
    nearest one with a denominator up to 10^15. Nothing is decided by it.
    """

    points: Fraction
    mean: Fraction
    median: Fraction
    spread: Fraction


@dataclass(frozen=True, slots=True)
class PitchAggregate:
    """All that is stored of a pitch's signed cards; `totals` is None until each criterion is scored."""

    reviews: int
    tallies: Mapping[str, Tally]
    totals: JudgedTotals | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One pitch that takes part in the ranking; `price_pence` only where the challenge weighs price."""

    reference: str
    aggregate: PitchAggregate
    price_pence: int | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A minimum not reached: `key` names the criterion (None: the total), the rest is in points."""

    key: str | None
    minimum: Fraction
    reached: Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """One row of the results. Ranks run 1, 2, 2, 4; `tied` says that another pitch has the same total."""

    rank: int
    tied: bool
    reference: str
    total: Fraction
    price: Fraction
    judged: JudgedTotals
    reviews: int
    missed: tuple[Missed, ...]

    @property
    def meets_all(self) -> bool:
        """Whether the pitch reached every minimum the challenge set."""
        return not self.missed


def validate_score(criterion: Criterion, hundredths: int) -> str | None:
    """Why a judge may not give this score, as a sentence for the page; None when they may."""
    if criterion.kind is Kind.PRICE:
        return "The price score is worked out from the prices. Judges do not score it."
    on_scale = criterion.minimum <= hundredths <= criterion.maximum
    if on_scale and (hundredths - criterion.minimum) % criterion.step == 0:
        return None
    low, high, step = (points_text(n) for n in (criterion.minimum, criterion.maximum, criterion.step))
    return f"Give a score from {low} to {high} in steps of {step}."


def points_text(hundredths: int) -> str:
    """A stored score as people write it: 300 is "3", 250 is "2.5", 25 is "0.25"."""
    return f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip(".")


def aggregate(
    cards: Sequence[Mapping[str, int]],
    criteria: Iterable[Criterion],
    agreed: Mapping[str, int] | None = None,
) -> PitchAggregate:
    """Sum up the signed cards of one pitch, one mapping of criterion key to hundredths for each judge.

    A judge may leave out a criterion that they cannot judge: its mean is over the others, and their own total
    is out of 100 on what they did judge. While nobody has scored some criterion there are no totals.

    A score that the panel `agreed` counts as if every judge had given it, in the points and the minimums;
    mean, median and spread stay those of the judges' own totals.

    Raises ValueError for a card that scores no judged criterion, or anything else.
    """
    judged = _judged(criteria)
    keys = {criterion.key for criterion in judged}
    if not all(card and card.keys() <= keys for card in cards):
        raise ValueError("a signed card scores judged criteria, and nothing else")
    settled = agreed or {}
    tallies = {key: _tally(key, cards, settled.get(key)) for key in sorted(keys)}
    if not all(tally.cards for tally in tallies.values()):
        return PitchAggregate(len(cards), tallies, None)

    # Every judge's own total is a whole number of units on one grid, so that sorting and summing stay in int.
    grid = lcm(*(criterion.maximum for criterion in judged))
    units = {criterion.key: criterion.weight * (grid // criterion.maximum) for criterion in judged}
    weights = {criterion.key: criterion.weight for criterion in judged}
    judged_of = [sum(weights[key] for key in card) for card in cards]
    common = lcm(*judged_of)
    own = sorted(
        sum(score * units[key] for key, score in card.items()) * (common // weight)
        for card, weight in zip(cards, judged_of, strict=True)
    )
    full = grid * common
    middle = own[(len(own) - 1) // 2] + own[len(own) // 2]
    return PitchAggregate(
        len(cards),
        tallies,
        JudgedTotals(
            points=judged_points(tallies, judged),
            mean=_kept(rescale(sum(own), full * len(own))),
            median=rescale(middle, full * 2),
            spread=rescale(own[-1] - own[0], full),
        ),
    )


def _kept(value: Fraction) -> Fraction:
    fits = max(value.numerator, value.denominator) <= _LARGEST
    return value if fits else value.limit_denominator(10**15)


def own_total(card: Mapping[str, int], criteria: Iterable[Criterion]) -> Fraction:
    """What one signed card gives out of 100, on the criteria that its judge judged.

    Raises ValueError as `aggregate`.
    """
    judged = [criterion for criterion in _judged(criteria) if criterion.key in card]
    if not card or len(judged) != len(card):
        raise ValueError("a signed card scores judged criteria, and nothing else")
    shares = (Fraction(c.weight * card[c.key], c.maximum) for c in judged)
    return rescale(sum(shares, Fraction(0)), sum(c.weight for c in judged))


def _tally(key: str, cards: Sequence[Mapping[str, int]], agreed: int | None) -> Tally:
    if agreed is not None:
        return Tally(agreed * len(cards), len(cards))
    given = [card[key] for card in cards if key in card]
    return Tally(sum(given), len(given))


def judged_points(tallies: Mapping[str, Tally], criteria: Iterable[Criterion]) -> Fraction:
    """The judged part of the weighted total: the sum of weight x mean / maximum, in points."""
    judged = _judged(criteria)
    grid = lcm(*(criterion.maximum * tallies[criterion.key].cards for criterion in judged))
    units = 0
    for criterion in judged:
        hundredths, cards = tallies[criterion.key]
        units += criterion.weight * hundredths * (grid // (criterion.maximum * cards))
    return Fraction(units, grid)


def price_points(price_pence: int, lowest_pence: int, weight: int) -> Fraction:
    """The points a price earns: lowest eligible price / this price x weight, exact.

    Raises ValueError unless 0 < lowest_pence <= price_pence.
    """
    if not 0 < lowest_pence <= price_pence:
        raise ValueError("a price is above zero and at least the lowest eligible price")
    return Fraction(lowest_pence * weight, price_pence)


def price_part(criteria: Iterable[Criterion], price_pence: int | None, lowest_pence: int | None) -> Fraction:
    """The points of a pitch on the challenge's price criterion; 0 where price carries no weight.

    Raises ValueError where price counts and the pitch's price or the lowest one is missing.
    """
    weight = sum(criterion.weight for criterion in criteria if criterion.kind is Kind.PRICE)
    return price_points(price_pence or 0, lowest_pence or 0, weight) if weight else Fraction(0)


def total(
    pitch: PitchAggregate,
    criteria: Iterable[Criterion],
    *,
    price_pence: int | None = None,
    lowest_pence: int | None = None,
) -> Fraction:
    """A pitch's weighted total out of 100: judged points and price points.

    Raises ValueError for a pitch that nobody signed a card for, and as `price_part`.
    """
    return _totals(pitch).points + price_part(criteria, price_pence, lowest_pence)


def standings(
    entries: Iterable[Entry],
    criteria: Sequence[Criterion],
    *,
    lowest_pence: int | None = None,
    minimum_total: int | None = None,
) -> list[Standing]:
    """Rank the pitches on their exact totals, best first, equal totals in order of reference.

    A pitch that misses a minimum keeps its place; `missed` tells what it missed. `lowest_pence` is the lowest
    price of the eligible pitches, `minimum_total` the minimum in all, in hundredths of a point out of 100.
    Raises ValueError as `total`.
    """
    by_reference = {entry.reference: entry for entry in entries}
    prices = {
        reference: price_part(criteria, entry.price_pence, lowest_pence)
        for reference, entry in by_reference.items()
    }
    judged = {reference: _totals(entry.aggregate) for reference, entry in by_reference.items()}
    totals = {reference: judged[reference].points + prices[reference] for reference in by_reference}
    return [
        Standing(
            rank=rank,
            tied=tied,
            reference=reference,
            total=totals[reference],
            price=prices[reference],
            judged=judged[reference],
            reviews=by_reference[reference].aggregate.reviews,
            missed=minimums_missed(
                by_reference[reference].aggregate.tallies, criteria, totals[reference], minimum_total
            ),
        )
        for rank, tied, reference in ranked(totals)
    ]


def minimums_missed(
    tallies: Mapping[str, Tally],
    criteria: Iterable[Criterion],
    pitch_total: Fraction,
    minimum_total: int | None = None,
) -> tuple[Missed, ...]:
    """The minimums a pitch did not reach, criteria in their order, the total last.

    A mean or total exactly at the minimum reaches it. Nothing is rounded first.
    """
    missed = [
        Missed(criterion.key, Fraction(criterion.threshold, 100), criterion_mean(tallies[criterion.key]))
        for criterion in _judged(criteria)
        if criterion.threshold is not None
        and tallies[criterion.key].hundredths < criterion.threshold * tallies[criterion.key].cards
    ]
    if minimum_total is not None and pitch_total.numerator * 100 < minimum_total * pitch_total.denominator:
        missed.append(Missed(None, Fraction(minimum_total, 100), pitch_total))
    return tuple(missed)


def ranked(totals: Mapping[str, Fraction]) -> list[tuple[int, bool, str]]:
    """Competition ranking (1, 2, 2, 4): rank, whether tied, reference; best first, equals by reference."""
    places: list[tuple[int, str]] = []
    # The second sort is stable: equal totals keep the order of the first.
    for index, reference in enumerate(sorted(sorted(totals), key=totals.__getitem__, reverse=True)):
        equal = index > 0 and totals[places[-1][1]] == totals[reference]
        places.append((places[-1][0] if equal else index + 1, reference))
    shared = {rank for (rank, _), (after, _) in pairwise(places) if rank == after}
    return [(rank, rank in shared, reference) for rank, reference in places]


def criterion_mean(tally: Tally) -> Fraction:
    """The mean of the signed scores on one criterion, in points. Raises ValueError where there are none."""
    if not tally.cards:
        raise ValueError("no signed score to take the mean of")
    return Fraction(tally.hundredths, tally.cards * 100)


def worded_level(criterion: Criterion, anchors: Mapping[int, str], mean: Fraction) -> str:
    """The words for a mean: `anchors` maps scores in hundredths to their text, `mean` is in points.

    The mean is rounded half up to the nearest score that a judge could have given; the anchor at that score
    counts, or else the nearest one below it. So 3.5 on a scale of whole points reads as 4. Where every anchor
    is higher, the lowest one counts. Raises ValueError without anchors.
    """
    steps = (mean * 100 - criterion.minimum) / criterion.step
    score = min(criterion.maximum, criterion.minimum + _half_up(steps) * criterion.step)
    return anchors[max((anchor for anchor in anchors if anchor <= score), default=min(anchors))]


def rescale(points: int | Fraction, full_marks: int | Fraction) -> Fraction:
    """Points out of any full marks above zero as points out of 100."""
    return Fraction(points * 100) / full_marks


def round_half_up(value: Fraction, places: int = 2) -> str:
    """An exact value as decimal text, halves rounded away from zero: 66.665 is "66.67" at 2 places."""
    units = _half_up(abs(value) * 10**places)
    digits = f"{units:0{places + 1}}"
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if value < 0 and units else text


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _judged(criteria: Iterable[Criterion]) -> list[Criterion]:
    judged = [criterion for criterion in criteria if criterion.kind is Kind.JUDGED]
    if not judged:
        raise ValueError("a challenge has at least one criterion for the judges")
    return judged


def _totals(pitch: PitchAggregate) -> JudgedTotals:
    if pitch.totals is None:
        raise ValueError("a pitch without a signed card has no total")
    return pitch.totals
