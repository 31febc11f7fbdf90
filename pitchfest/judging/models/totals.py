"""What the signed cards of a pitch come to, stored."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base


class PitchTotal(Base):
    """What the signed cards of a pitch come to, on the judged criteria only; no ranks.

    Each figure is an exact fraction. `total`: weighted points; `mean`, `median`, `spread`: over
    the judges' own totals rescaled to 100. `missed`: JSON list of ids of the criteria whose
    minimum the mean does not reach. `tie_order`: where the pitch comes among those of the same total,
    smallest first; None until the lot is revealed.
    """

    __tablename__ = "pitch_total"
    __table_args__ = (CheckConstraint("cards >= 0", name="cards_not_negative"),)

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    cards: Mapped[int]
    total_num: Mapped[int] = mapped_column(BigInteger)
    total_den: Mapped[int] = mapped_column(BigInteger)
    mean_num: Mapped[int] = mapped_column(BigInteger)
    mean_den: Mapped[int] = mapped_column(BigInteger)
    median_num: Mapped[int] = mapped_column(BigInteger)
    median_den: Mapped[int] = mapped_column(BigInteger)
    spread_num: Mapped[int] = mapped_column(BigInteger)
    spread_den: Mapped[int] = mapped_column(BigInteger)
    missed: Mapped[str] = mapped_column(Text, default="[]")
    tie_order: Mapped[int | None]


class CriterionTotal(Base):
    """The signed scores of one pitch on one criterion: how many, and their sum in hundredths."""

    __tablename__ = "criterion_total"

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    cards: Mapped[int]
    sum_hundredths: Mapped[int] = mapped_column(BigInteger)
