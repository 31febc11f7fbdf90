"""The lot of a round, and how its equal totals are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import db
from pitchfest.judging.models import TieLot
from pitchfest.judging.queries.results import CriterionFacts, ResultRow, Results, criterion_tallies
from pitchfest.judging.rules.scoring import Tally, round_half_up
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


def tie_order(challenge_id: int, found: Results) -> list[int]:
    """The pitches that were scored, by id, in the order in which any of them with equal totals come; nothing
    before the lot is revealed. It depends on no total, so it stays when totals change.
    """
    drawn = lot(challenge_id)
    if drawn is None or drawn.seed is None:
        return []
    scored = [row for row in found.ranked if row.rank]
    ids = {row.reference: row.pitch_id for row in scored}
    receipts = pitches.receipts([row.pitch_id for row in scored])
    contenders = _contenders([(row, Fraction(0)) for row in scored], found, receipts)
    return [ids[place.reference] for place in break_ties(contenders, _order(found), _seed(drawn))]


class Settled(NamedTuple):
    """A pitch that shares its total: what put it after the one before it, in words ("" for the first of
    them); where marks did, that one's and its own, in points; and the hash on its receipt, which the lot is
    drawn over.
    """

    row: ResultRow
    how: str
    marks: tuple[str, ...]
    receipt: str


@dataclass(frozen=True, slots=True)
class Ties:
    """The lot, and the pitches of each equal total in the order that settled it, the highest total first."""

    lot: Lot
    groups: tuple[tuple[Settled, ...], ...]


def settled_ties(challenge_id: int, found: Results) -> Ties | None:
    """How equal totals were settled; None where there are none, or the lot is not revealed. Four statements
    whatever the number of pitches, and none without a tie.
    """
    tied = [row for row in found.ranked if row.tied]
    drawn = lot(challenge_id) if tied else None
    if drawn is None or drawn.seed is None:
        return None
    criteria = {str(c.id): c for c in found.criteria}
    receipts = pitches.receipts([row.pitch_id for row in tied])
    rows = {row.reference: row for row in tied}
    contenders = _contenders([(row, Fraction(-(row.rank or 0))) for row in tied], found, receipts)
    marks = {each.reference: each.marks for each in contenders}
    places = break_ties(contenders, _order(found), _seed(drawn))
    settled = [
        Settled(
            row,
            _how(place, criteria),
            _in_points(criteria.get(place.criterion or ""), marks[above.reference], marks[row.reference]),
            receipts[row.pitch_id],
        )
        for above, place in zip([places[0], *places], places, strict=False)
        for row in [rows[place.reference]]
    ]
    return Ties(drawn, tuple(tuple(group) for _, group in groupby(settled, key=lambda each: each.row.rank)))


def _order(found: Results) -> tuple[str, ...]:
    return published_order([c.for_scoring() for c in found.criteria])


def _seed(drawn: Lot) -> bytes:
    return bytes.fromhex(drawn.seed or "")


def _contenders(
    rows: Sequence[tuple[ResultRow, Fraction]], found: Results, receipts: dict[int, str]
) -> list[Contender]:
    """The pitches, each with what stands for its total."""
    tallies = criterion_tallies([row.pitch_id for row, _ in rows])
    return [
        Contender(
            row.reference,
            total,
            {
                str(c.id): _price_mark(found, row.price_pence)
                if c.kind == CriterionKind.PRICE
                else _mark(tallies[row.pitch_id][c.id], c.maximum)
                for c in found.criteria
            },
            receipts[row.pitch_id],
        )
        for row, total in rows
    ]


def _mark(tally: Tally, maximum: int) -> Fraction:
    """The mean as a share of full marks."""
    return Fraction(tally.hundredths, tally.cards * maximum)


def _price_mark(found: Results, pence: int | None) -> Fraction:
    return Fraction(found.lowest_pence, pence) if pence and found.lowest_pence else Fraction(0)


def _how(place: Place, criteria: Mapping[str, CriterionFacts]) -> str:
    if place.step is None:
        return ""
    if place.step is Step.CRITERION and place.criterion is not None:
        return f"by its marks on {criteria[place.criterion].name}"
    return "by lot"


def _in_points(decided: CriterionFacts | None, *marks: Mapping[str, Fraction]) -> tuple[str, ...]:
    """Marks on the criterion that decided, as the scores of a pitch show them; none where none did."""
    if decided is None:
        return ()
    full = decided.weight if decided.kind == CriterionKind.PRICE else Fraction(decided.maximum, 100)
    return tuple(round_half_up(mark[str(decided.id)] * full) for mark in marks)
