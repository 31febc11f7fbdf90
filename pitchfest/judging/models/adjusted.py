"""Totals adjusted for the judges who read the pitch, where the challenge was published so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.judging.rules.adjusting import WhyNot


class AdjustedRound(Base):
    """How the totals of a round were adjusted: once, when its scores came to stand.

    `version`: the hash of everything that went in. `why_not`: why the plain mean counts for all; None where
    the adjusted totals do.
    """

    __tablename__ = "adjusted_round"
    __table_args__ = (one_of("why_not", WhyNot),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    version: Mapped[str] = mapped_column(String(64))
    why_not: Mapped[WhyNot | None] = mapped_column(enum_column(WhyNot))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AdjustedTotal(Base):
    """What the judges' part of a pitch's total comes to once it is adjusted, in hundredths of a point.

    It can lie below zero or above the judges' weight. The price is added as it is read, exactly.
    """

    __tablename__ = "adjusted_total"

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    hundredths: Mapped[int]
