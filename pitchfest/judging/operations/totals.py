"""The stored totals of a pitch, written by sign-off, void and agreement, and never by a draft."""

from __future__ import annotations

import json
from fractions import Fraction

from sqlalchemy import delete, insert

from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import CriterionTotal, PitchTotal
from pitchfest.judging.rules import scoring


def rewrite(challenge_id: int, pitch_id: int) -> None:
    """Work out a pitch's totals from its counted cards and store them; none until each criterion is scored.

    The caller holds the challenge's row.
    """
    criteria = [c.for_scoring() for c in queries.criteria(challenge_id) if c.kind == CriterionKind.JUDGED]
    cards = queries.counted_cards(challenge_id, pitch_id).get(pitch_id, [])
    summed = scoring.aggregate(cards, criteria, queries.agreed_scores(challenge_id).get(pitch_id))
    db.session.execute(delete(CriterionTotal).where(CriterionTotal.pitch_id == pitch_id))
    db.session.execute(delete(PitchTotal).where(PitchTotal.pitch_id == pitch_id))
    if summed.totals is None:
        return
    db.session.execute(
        insert(CriterionTotal),
        [
            {
                "pitch_id": pitch_id,
                "criterion_id": int(key),
                "cards": tally.cards,
                "sum_hundredths": tally.hundredths,
            }
            for key, tally in summed.tallies.items()
        ],
    )
    missed = scoring.minimums_missed(summed.tallies, criteria, Fraction(0))
    figures = {
        "total": summed.totals.points,
        "mean": summed.totals.mean,
        "median": summed.totals.median,
        "spread": summed.totals.spread,
    }
    db.session.execute(
        insert(PitchTotal).values(
            pitch_id=pitch_id,
            challenge_id=challenge_id,
            cards=summed.reviews,
            missed=json.dumps([int(m.key) for m in missed if m.key]),
            **{f"{name}_num": value.numerator for name, value in figures.items()},
            **{f"{name}_den": value.denominator for name, value in figures.items()},
        )
    )
