"""The worker's heartbeat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime


class WorkerBeat(Base):
    """When the worker last went round, in one row."""

    __tablename__ = "worker_beat"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
