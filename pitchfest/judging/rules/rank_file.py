"""Rank a round of judging from the text of a CSV file, exactly and without a database."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from pitchfest.judging.rules.csv_rows import BadFileError, printable, rows, shown
from pitchfest.judging.rules.scoring import Criterion, aggregate, ranked, rescale, round_half_up

COLUMNS = ("pitch", "judge", "criterion", "score", "weight")
DEFAULT_SCALE_MAX = Fraction(10)

# Plain decimals only: no exponents, underscores, infinities, or digits of other scripts. The lengths allow
# any float of a sensible size written out, and keep the whole numbers behind the fractions small.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})")


@dataclass(frozen=True, slots=True)
class RankedPitch:
    """One pitch of the file. The fractions are out of 100; the last three are over the judges' own totals."""

    rank: int
    tied: bool
    pitch: str
    total: Fraction
    mean: Fraction
    median: Fraction
    spread: Fraction
    reviews: int


class _Score(NamedTuple):
    line: int
    pitch: str
    judge: str
    criterion: str
    score: Fraction
    weight: Fraction


def number(text: str) -> Fraction:
    """The exact value of plain decimal text. Raises ValueError for anything else (1e3, nan, 1_000, 1,5)."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a number")
    return Fraction(text)


def rank(text: str, *, scale_max: Fraction = DEFAULT_SCALE_MAX) -> list[RankedPitch]:
    """Rank the pitches of a CSV text with the columns pitch, judge, criterion, score and weight, best first.

    Other columns are ignored. Each score is out of `scale_max` (above zero, else ValueError); the weights
    count as shares of their sum. A criterion counts as the mean of its scores, so a judge may be absent from
    a pitch. Equal totals are in order of reference. Raises BadFileError for a line that makes no sense.
    """
    if scale_max <= 0:
        raise ValueError("the highest score must be above zero")
    scores = list(_scores(text, scale_max))
    weights = _weights(scores)

    # Only score / maximum counts, so any whole unit that fits every score will do; so for the weights.
    unit = lcm(scale_max.denominator, *{score.score.denominator for score in scores})
    weight_unit = lcm(*(weight.denominator for weight in weights.values()))
    maximum = int(scale_max * unit)
    criteria = [
        Criterion(key, int(weight * weight_unit), 0, maximum, 1) for key, weight in sorted(weights.items())
    ]
    full_marks = sum(criterion.weight for criterion in criteria)

    results = {pitch: aggregate(cards, criteria) for pitch, cards in _cards(scores, weights, unit).items()}
    judged = {pitch: result.totals for pitch, result in results.items() if result.totals}
    totals = {pitch: rescale(own.points, full_marks) for pitch, own in judged.items()}
    return [
        RankedPitch(
            rank=place,
            tied=tied,
            pitch=pitch,
            total=totals[pitch],
            mean=judged[pitch].mean,
            median=judged[pitch].median,
            spread=judged[pitch].spread,
            reviews=results[pitch].reviews,
        )
        for place, tied, pitch in ranked(totals)
    ]


def as_json(ranking: Sequence[RankedPitch]) -> dict[str, list[dict[str, int | str]]]:
    """The ranking as values for JSON; exact numbers are text "n/d", also when whole ("50/1")."""
    return {
        "pitches": [
            {
                "rank": row.rank,
                "pitch": row.pitch,
                "total": _exact(row.total),
                "total_2dp": round_half_up(row.total, 2),
                "mean": _exact(row.mean),
                "median": _exact(row.median),
                "spread": _exact(row.spread),
                "reviews": row.reviews,
            }
            for row in ranking
        ]
    }


def as_table(ranking: Sequence[RankedPitch]) -> str:
    """The ranking as lines of text, rounded half up to 2 places; "2=" marks a shared rank."""
    head = ("Rank", "Pitch", "Total", "Mean", "Median", "Spread", "Judges")
    body = [
        (
            f"{row.rank}{'=' if row.tied else ''}",
            printable(row.pitch),
            *(round_half_up(value, 2) for value in (row.total, row.mean, row.median, row.spread)),
            str(row.reviews),
        )
        for row in ranking
    ]
    widths = [max(len(cells[column]) for cells in (head, *body)) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)  # words to the left, figures to the right
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        for cells in (head, *body)
    )


def _scores(text: str, scale_max: Fraction) -> Iterator[_Score]:
    for line, row in rows(text, COLUMNS):
        score, weight = _number(line, "score", row["score"]), _number(line, "weight", row["weight"])
        if not 0 <= score <= scale_max:
            highest = Decimal(scale_max.numerator) / scale_max.denominator
            raise BadFileError(line, f"The score {shown(row['score'])} is outside 0 to {highest:f}.")
        if weight <= 0:
            raise BadFileError(line, f"The weight {shown(row['weight'])} is not above zero.")
        yield _Score(line, row["pitch"], row["judge"], row["criterion"], score, weight)


def _number(line: int, name: str, text: str) -> Fraction:
    try:
        return number(text)
    except ValueError:
        raise BadFileError(line, f"The {name} {shown(text)} is not a number.") from None


def _weights(scores: Sequence[_Score]) -> dict[str, Fraction]:
    """The one weight of each criterion."""
    first: dict[str, _Score] = {}
    for score in scores:
        known = first.setdefault(score.criterion, score)
        if known.weight != score.weight:
            where = f"differs from the one on line {known.line}"
            raise BadFileError(score.line, f"The weight of {shown(score.criterion)} {where}.")
    return {criterion: score.weight for criterion, score in first.items()}


def _cards(
    scores: Sequence[_Score], criteria: Mapping[str, Fraction], unit: int
) -> dict[str, list[dict[str, int]]]:
    """The cards of each pitch, one for each of its judges, with scores in whole units."""
    cards: dict[tuple[str, str], dict[str, int]] = {}
    began: dict[tuple[str, str], int] = {}
    for line, pitch, judge, criterion, score, _ in scores:
        began.setdefault((pitch, judge), line)
        card = cards.setdefault((pitch, judge), {})
        if criterion in card:
            what = f"{shown(judge)} scores {shown(criterion)} of {shown(pitch)}"
            raise BadFileError(line, f"{what} a second time.")
        card[criterion] = score.numerator * (unit // score.denominator)

    by_pitch: dict[str, list[dict[str, int]]] = {}
    for (pitch, judge), card in cards.items():
        skipped = ", ".join(shown(name) for name in sorted(criteria.keys() - card.keys()))
        if skipped:
            who = f"{shown(judge)} scores {shown(pitch)}"
            raise BadFileError(began[pitch, judge], f"{who} but leaves out: {skipped}.")
        by_pitch.setdefault(pitch, []).append(card)
    return by_pitch


def _exact(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
