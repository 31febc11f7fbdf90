"""The lot that settles equal totals: made where nobody looks, and revealed once the scores stand."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import update

from pitchfest.audit import operations as audit
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import PitchTotal, TieLot
from pitchfest.judging.rules import Round
from pitchfest.judging.rules.ties import SEED_BYTES, seed_sha256
from pitchfest.kernel.actor import Actor


def seal(actor: Actor, round_: Round, *, now: datetime) -> None:
    """Make the lot of a round before anybody scores; the log has its hash."""
    seed = secrets.token_bytes(SEED_BYTES)
    said = seed_sha256(seed)
    db.session.add(TieLot(challenge_id=round_.id, seed=seed.hex(), sha256=said, made_at=now))
    audit.record(actor, "judging.seal_lot", f"challenge:{round_.reference}", now=now, sha256=said)


def reveal(challenge_id: int, *, now: datetime) -> None:
    """Let the lot be read from now on, where there is one, and settle equal totals by it."""
    db.session.execute(
        update(TieLot)
        .where(TieLot.challenge_id == challenge_id, TieLot.revealed_at.is_(None))
        .values(revealed_at=now)
    )
    # cards are locked now, so no total is written anew
    order = queries.tie_order(challenge_id, queries.results(challenge_id))
    if order:
        db.session.execute(
            update(PitchTotal),
            [{"pitch_id": pitch_id, "tie_order": place} for place, pitch_id in enumerate(order, start=1)],
        )
