"""Keeping how sure each ranking is, worked out by the worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete

from pitchfest.db import db, transaction
from pitchfest.judging import queries
from pitchfest.judging.models import StoredCalibration
from pitchfest.judging.operations.rounds import held
from pitchfest.judging.rules.snapshot import Snapshot, Sure, dump, version_of
from pitchfest.kernel.errors import StoredDiffers


def calibrate_due(now: Callable[[], datetime]) -> int:
    """Work out, outside any transaction, each calibration that is missing or overtaken, and store it.

    Totals that change meanwhile leave it overtaken, and it is worked out again.
    """
    done = 0
    for challenge_id, mark in queries.due_to_calibrate():
        try:
            found, agreed = queries.evidence(challenge_id), bool(queries.agreed_scores(challenge_id))
        except StoredDiffers:  # whoever opens its results is told; the other rounds do not wait for it
            db.session.rollback()
            continue
        db.session.rollback()  # nothing is held while this takes its time
        body = dump(_snapshot(found, agreed=agreed))
        version = version_of(found.cards, found.weights, found.prices)
        with transaction():
            held(challenge_id)
            db.session.execute(
                delete(StoredCalibration).where(StoredCalibration.challenge_id == challenge_id)
            )
            db.session.add(
                StoredCalibration(challenge_id=challenge_id, version=version, mark=mark, at=now(), body=body)
            )
        done += 1
    return done


def _snapshot(found: queries.Evidence, *, agreed: bool) -> Snapshot:
    # Here only: numpy takes longer to import than the rest of the site.
    from pitchfest.judging.rules.certainty import certainty  # noqa: PLC0415

    if not found.cards:
        return Snapshot("", worth=False, reviews=0, agreed=agreed, places={})
    sure = certainty(found.cards, found.weights, found.prices, 1)
    return Snapshot(
        "" if sure.complete else sure.advice,
        worth=sure.worth,
        reviews=sum(place.reviews for place in sure.places),
        agreed=agreed,
        places={
            place.pitch: Sure(round(place.calibrated, 6), place.low, place.high, round(place.p_top, 6))
            for place in sure.places
        },
    )
