"""The secret number by which equal totals are settled in the end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, Sealed, UtcDateTime


class TieLot(Base):
    """The lot of one challenge: 256 bits in hex, made and sealed as judging starts, so that nobody knows
    it; its SHA-256, which everyone in the round may know; and since when it is revealed.
    """

    __tablename__ = "tie_lot"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    seed: Mapped[str] = mapped_column(Sealed)
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
