"""Whether the worker is alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pitchfest.db import db
from pitchfest.jobs.models import WorkerBeat


def last_beat() -> datetime | None:
    """When the worker last went round."""
    return db.session.execute(select(WorkerBeat.at).where(WorkerBeat.id == 1)).scalar_one_or_none()
