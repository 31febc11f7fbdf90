"""Adjusted totals as they are stored, for rounds that were published so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from sqlalchemy import select

from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging.models import AdjustedRound, AdjustedTotal
from pitchfest.judging.rules import ranking
from pitchfest.judging.rules.access import SCORING_CLOSED
from pitchfest.judging.rules.adjusting import BECAUSE, WhyNot
from pitchfest.kernel.errors import StoredDiffers

if TYPE_CHECKING:
    from pitchfest.judging.queries.results import ResultRow

_ROUND, _TOTAL = AdjustedRound.__table__.c, AdjustedTotal.__table__.c


@dataclass(frozen=True, slots=True)
class StoredAdjusted:
    """The judges' part of each total, adjusted, in hundredths by pitch id; none where the plain mean counts
    for all, with why.
    """

    version: str
    why_not: WhyNot | None
    hundredths: Mapping[int, int]

    @property
    def because(self) -> str:
        """Why the plain mean counts for all, as a clause after "because"; "" where it does not."""
        return BECAUSE[self.why_not] if self.why_not else ""


def adjusted(challenge_id: int) -> StoredAdjusted | None:
    """What is stored of a round; None until its scores stand, and for any other basis. One statement. Whoever
    calls this has asked whether the person may know.
    """
    rows = db.session.execute(
        select(_ROUND.version, _ROUND.why_not, _TOTAL.pitch_id, _TOTAL.hundredths)
        .select_from(AdjustedRound)
        .outerjoin(AdjustedTotal, _TOTAL.challenge_id == _ROUND.challenge_id)
        .where(_ROUND.challenge_id == challenge_id)
        .order_by(_TOTAL.pitch_id)
    ).all()
    if not rows:
        return None
    return StoredAdjusted(
        rows[0].version,
        rows[0].why_not,
        {row.pitch_id: row.hundredths for row in rows if row.pitch_id is not None},
    )


def check_adjusted(
    found: StoredAdjusted | None, state: ChallengeState, scored: Collection[int]
) -> StoredAdjusted | None:
    """What is stored for a challenge whose adjusted totals decide. Raises StoredDiffers where its scores
    stand and a scored pitch has no adjusted total, though nothing says why: another order would be shown.
    """
    decided = found is not None and (found.why_not is not None or found.hundredths.keys() >= set(scored))
    if decided or not scored or state not in SCORING_CLOSED:
        return found
    raise StoredDiffers(
        "The stored totals do not agree with the scores: adjusted totals are missing. Nothing was changed, "
        "and what judges signed is kept. On the server, “flask judging totals --check” names each difference."
    )


def ranked_again(
    rows: Sequence[ResultRow], hundredths: Mapping[int, int], price: Callable[[int | None], ranking.Ratio]
) -> list[ResultRow]:
    """The rows of the results in the order of the adjusted totals: the judges' part adjusted, and the price,
    which is as exact as ever. Every other figure stays.
    """
    # equals come as published once their lot is revealed, and by reference before
    scored = sorted((row for row in rows if row.total), key=lambda row: row.reference)
    totals = [ranking.add((hundredths[row.pitch_id], 100), price(row.price_pence)) for row in scored]
    keys = ranking.keys(totals)
    order = sorted(range(len(scored)), key=lambda i: (-keys[i], scored[i].tie_order or 0))
    found = [
        scored[i]._replace(rank=rank, tied=tied, adjusted=totals[i])
        for (rank, tied), i in zip(ranking.places([keys[i] for i in order]), order, strict=True)
    ]
    return found + [row for row in rows if not row.total]


def is_adjusted(found: StoredAdjusted | None) -> TypeGuard[StoredAdjusted]:
    """Whether adjusted totals decide."""
    return found is not None and found.why_not is None
