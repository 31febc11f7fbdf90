"""What a letter says, from exact figures to the canonical JSON that is frozen. Pure.

A letter holds what a supplier is owed about its own pitch: for each criterion the weight, the score,
its level in words and an explanation; sub-totals and the total; the reason of the decision; and of the
winners name, place, number and points. It never holds anything of another pitch that did not win.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pitchfest.awards.rules.decision import Outcome
from pitchfest.judging.rules.scoring import points_text, round_half_up
from pitchfest.kernel.clock import iso
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.text import canonical_json, plural

FORMAT = 1
#: The least words of an explanation that goes to a supplier.
LEAST_WORDS = 20

Body = dict[str, Any]


class LetterKind(StrEnum):
    """What a supplier is sent at release."""

    ASSESSED = "assessed"
    INELIGIBLE = "ineligible"


@dataclass(frozen=True, slots=True)
class Party:
    """A supplier as letters name it; `number` is "" for people without one."""

    name: str
    place: str
    number: str


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of one pitch. `points` are out of `weight`; `mean` is in points of the scale,
    None for the price; `maximum` and `threshold` are in hundredths. So many `judges` scored it, and where
    they met about it, `agreed` says that the score is the one on which they agreed.
    """

    name: str
    weight: int
    points: Fraction
    explanation: str
    mean: Fraction | None = None
    level: str = ""
    maximum: int = 0
    threshold: int | None = None
    judges: int = 0
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Assessed:
    """A judged pitch with its outcome, as the results and the decision have it. `adjusted` is the total that
    decided, where totals were adjusted; `plain_because` is why they were not, where that was the basis.
    `place`: where equal totals were settled, what came of it.
    """

    reference: str
    party: Party
    outcome: Outcome
    reason: str
    rank: int
    tied: bool
    judges: int
    total: Fraction
    lines: tuple[Line, ...]
    adjusted: Fraction | None = None
    plain_because: str = ""
    place: int | None = None


def assessed_body(
    pitch: Assessed, winners: Sequence[Assessed], common: Body, *, minimum_total: int | None
) -> Body:
    """The letter to a judged pitch. `common` is what all letters of a challenge share."""
    judged = [line for line in pitch.lines if line.mean is not None]
    price = [line for line in pitch.lines if line.mean is None]
    return {
        **_heading(pitch.reference, pitch.party, common),
        "kind": LetterKind.ASSESSED,
        "outcome": pitch.outcome,
        "reason": pitch.reason,
        "rank": pitch.rank,
        "tied": pitch.tied,
        "judges": pitch.judges,
        "criteria": [_line(line, pitch.judges) for line in pitch.lines],
        "judged": _subtotal(judged),
        "price": _subtotal(price) if price else None,
        "total": round_half_up(pitch.total),
        "total_exact": f"{pitch.total.numerator}/{pitch.total.denominator}",
        **_adjustment(pitch),
        **({"place": pitch.place} if pitch.place else {}),
        "minimum_total": points_text(minimum_total) if minimum_total is not None else None,
        "below_minimum_total": minimum_total is not None and pitch.total * 100 < minimum_total,
        "winners": [_winner(winner) for winner in winners if winner.reference != pitch.reference],
    }


def ineligible_body(
    reference: str, party: Party, reason: str, winners: Sequence[Assessed], common: Body
) -> Body:
    """The letter to a pitch that could not be judged: the reason instead of criteria."""
    return {
        **_heading(reference, party, common),
        "kind": LetterKind.INELIGIBLE,
        "outcome": LetterKind.INELIGIBLE,
        "reason": reason,
        "winners": [_winner(winner, points=False) for winner in winners],
    }


def price_explanation(price_pence: int, lowest_pence: int, weight: int, points: Fraction) -> str:
    """What the system writes on the price criterion."""
    price, lowest, got = say_pounds(price_pence), say_pounds(lowest_pence), round_half_up(points)
    if price_pence == lowest_pence:
        return (
            f"Your price was {price} including VAT. No eligible pitch asked for less. "
            f"Your points: {got} of {weight}."
        )
    return (
        f"Your price was {price} including VAT. The lowest eligible price was {lowest}. "
        f"The lowest price divided by yours, times {weight}, gives your points: {got} of {weight}."
    )


def freeze(body: Body, released_at: datetime) -> tuple[str, str]:
    """The letter as canonical JSON with the moment of its release, and the SHA-256 of that text."""
    text = canonical_json({**body, "released_at": iso(released_at)})
    return text, hashlib.sha256(text.encode()).hexdigest()


def say_sent(mailed: int, by_hand: int) -> str:
    """How many letters went by email, and how many somebody sends by hand."""
    if not by_hand:
        return f"{plural(mailed, 'letter')} went out"
    to_send = f"{'is' if by_hand == 1 else 'are'} to be sent by hand"
    if not mailed:
        return f"{plural(by_hand, 'letter')} {to_send}"
    return f"{plural(mailed, 'letter')} went out by email, and {by_hand} {to_send}"


def _heading(reference: str, party: Party, common: Body) -> Body:
    return {**common, "format": FORMAT, "pitch": reference, "supplier": _party(party)}


def _party(party: Party) -> Body:
    return {"name": party.name, "place": party.place, "number": party.number}


def _line(line: Line, judges: int) -> Body:
    """One criterion. What most have no need of is only said where it holds: older letters stay the same."""
    agreed = {"agreed": True} if line.agreed else {}
    fewer = {"judges": line.judges} if line.mean is not None and line.judges < judges else {}
    return {
        **agreed,
        **fewer,
        "name": line.name,
        "weight": line.weight,
        "points": round_half_up(line.points),
        "explanation": line.explanation,
        "level": line.level,
        "mean": round_half_up(line.mean) if line.mean is not None else None,
        "maximum": points_text(line.maximum),
        "minimum": points_text(line.threshold) if line.threshold is not None else None,
        "below_minimum": line.threshold is not None
        and line.mean is not None
        and line.mean * 100 < line.threshold,
    }


def _subtotal(lines: Sequence[Line]) -> Body:
    points = sum((line.points for line in lines), Fraction(0))
    return {"points": round_half_up(points), "weight": sum(line.weight for line in lines)}


def _adjustment(pitch: Assessed) -> Body:
    """The adjusted total and what it adds to the total ("more") or takes off ("less"), or why nothing was
    adjusted. Nothing for any other basis: older letters stay the same to the byte.
    """
    if pitch.adjusted is None:
        return {"plain_because": pitch.plain_because} if pitch.plain_because else {}
    shown = round_half_up(pitch.adjusted)
    # between the figures as they are read, so that the letter adds up
    change = Fraction(shown) - Fraction(round_half_up(pitch.total))
    return {
        "adjusted": {
            "total": shown,
            "total_exact": f"{pitch.adjusted.numerator}/{pitch.adjusted.denominator}",
            "more": round_half_up(change) if change > 0 else "",
            "less": round_half_up(-change) if change < 0 else "",
        }
    }


def _winner(winner: Assessed, *, points: bool = True) -> Body:
    """A winner as other suppliers read of it. The explanations stay with the winner."""
    lines = [
        {"name": line.name, "weight": line.weight, "points": round_half_up(line.points), "level": line.level}
        for line in winner.lines
        if points
    ]
    total = round_half_up(winner.total) if points else ""
    adjusted = {"adjusted": round_half_up(winner.adjusted)} if points and winner.adjusted is not None else {}
    return {**_party(winner.party), "total": total, **adjusted, "criteria": lines}
