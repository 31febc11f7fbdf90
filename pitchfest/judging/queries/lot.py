"""The lot of a round, and how its equal totals were settled."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import select

from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import db
from pitchfest.judging.models import TieLot
from pitchfest.judging.queries.results import Results, criterion_tallies
from pitchfest.judging.rules.scoring import Tally
from pitchfest.judging.rules.ties import Contender, Place, Step, break_ties, published_order
from pitchfest.pitches import queries as pitches

_LOT = TieLot.__table__.c


class Lot(NamedTuple):
    """What may be known of a lot: its hash always, the number (hex) once it is revealed."""

    sha256: str
    seed: str | None


def lot(challenge_id: int) -> Lot | None:
    """The lot of a challenge; None for a round from before there were lots. The number is read only where
    it is revealed.
    """
    row = db.session.execute(
        select(_LOT.sha256, _LOT.revealed_at).where(_LOT.challenge_id == challenge_id)
    ).one_or_none()
    if row is None:
        return None
    if row.revealed_at is None:
        return Lot(row.sha256, None)
    return Lot(row.sha256, db.session.scalar(select(_LOT.seed).where(_LOT.challenge_id == challenge_id)))


class Settled(NamedTuple):
    """The place of a pitch among all, and what put it there, in words."""

    place: int
    how: str


@dataclass(frozen=True, slots=True)
class Ties:
    """The lot, and by pitch id how each pitch with an equal total was placed. `receipts`: the hash that the
    lot is drawn over, by pitch id.
    """

    lot: Lot
    settled: dict[int, Settled]
    receipts: dict[int, str]


def settled_ties(challenge_id: int, found: Results) -> Ties | None:
    """How equal totals were settled; None where there are none, or the lot is not revealed. Five statements
    whatever the number of pitches, and none without a tie.
    """
    tied = [row for row in found.ranked if row.tied]
    drawn = lot(challenge_id) if tied else None
    if drawn is None or drawn.seed is None:
        return None
    names = {str(c.id): c.name for c in found.criteria}
    receipts = pitches.receipts([row.pitch_id for row in tied])
    tallies = criterion_tallies([row.pitch_id for row in tied])
    ids = {row.reference: row.pitch_id for row in tied}
    contenders = []
    for row in tied:
        marks = {
            str(c.id): _price_mark(found, row.price_pence)
            if c.kind == CriterionKind.PRICE
            else _mark(tallies[row.pitch_id][c.id], c.maximum)
            for c in found.criteria
        }
        contenders.append(Contender(row.reference, row.deciding, marks, receipts[row.pitch_id]))
    order = published_order([c.for_scoring() for c in found.criteria])
    first = {row.reference: row.rank or 0 for row in tied}
    placed = break_ties(contenders, order, bytes.fromhex(drawn.seed))
    settled, seen = {}, dict.fromkeys(first.values(), 0)
    for each in placed:
        rank = first[each.reference]
        settled[ids[each.reference]] = Settled(rank + seen[rank], _how(each, names) if seen[rank] else "")
        seen[rank] += 1
    return Ties(drawn, settled, receipts)


def _mark(tally: Tally, maximum: int) -> Fraction:
    """The mean as a share of full marks."""
    return Fraction(tally.hundredths, tally.cards * maximum)


def _price_mark(found: Results, pence: int | None) -> Fraction:
    return Fraction(found.lowest_pence, pence) if pence and found.lowest_pence else Fraction(0)


def _how(place: Place, names: dict[str, str]) -> str:
    if place.step is Step.CRITERION and place.criterion is not None:
        return f"after the one before it by the marks on {names[place.criterion]}"
    return "after the one before it by lot"
