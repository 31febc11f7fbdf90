"""Adjusting the totals of a round once its scores stand, where it was published so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert

from pitchfest.audit import operations as audit
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import AdjustedRound, AdjustedTotal
from pitchfest.judging.rules import Round
from pitchfest.kernel.actor import Actor


def adjust_totals(actor: Actor, round_: Round, *, now: datetime) -> None:
    """Work out the adjusted totals from the locked cards and store them, or why the plain mean counts for
    all. The caller holds the challenge's row; nothing that judges gave is changed.
    """
    found = queries.to_adjust(round_.id).work_out()
    for table in (AdjustedTotal, AdjustedRound):
        db.session.execute(delete(table).where(table.challenge_id == round_.id))
    db.session.add(
        AdjustedRound(challenge_id=round_.id, version=found.version, why_not=found.why_not, at=now)
    )
    if found.hundredths:
        db.session.execute(
            insert(AdjustedTotal),
            [
                {"pitch_id": pitch_id, "challenge_id": round_.id, "hundredths": hundredths}
                for pitch_id, hundredths in found.hundredths.items()
            ],
        )
    audit.record(
        actor,
        "judging.adjust",
        f"challenge:{round_.reference}",
        now=now,
        version=found.version,
        why_not=found.why_not or "",
    )
