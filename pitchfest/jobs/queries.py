"""Whether the worker is alive."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from pitchfest.db import db
from pitchfest.jobs.models import WorkerBeat

#: A worker that has not gone round for this long is not well.
SILENT = timedelta(minutes=2)


def worker_state(now: datetime) -> str:
    """`ok`, or `silent` when the worker has not gone round for two minutes."""
    beat = last_beat()
    return "ok" if beat and now - beat < SILENT else "silent"


def last_beat() -> datetime | None:
    """When the worker last went round."""
    return db.session.execute(select(WorkerBeat.at).where(WorkerBeat.id == 1)).scalar_one_or_none()
