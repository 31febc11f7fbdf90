"""How sure a ranking is, as the worker last worked it out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime


class StoredCalibration(Base):
    """What calibration says of one round; nothing decides by it, and it can be thrown away at any time.

    `version`: the hash of everything that went in. `mark`: what the round's totals came to then, which
    shows at little cost whether they are others now. `body`: JSON (`rules.snapshot`).
    """

    __tablename__ = "calibration"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    version: Mapped[str] = mapped_column(String(64))
    mark: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)
