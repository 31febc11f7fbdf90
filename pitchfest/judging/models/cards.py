"""Scorecards, their scores, and every version of a score."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.judging.rules.states import CardState

_BIG = BigInteger().with_variant(Integer, "sqlite")


class Scorecard(Base):
    """One judge's card for one pitch: assigned, signed, locked; or voided, or released.

    `own_num/own_den` is the judge's own total on the criteria they judged, out of 100, once signed. `away`:
    it was worked on away from the screen, so that the time it took here says nothing.
    """

    __tablename__ = "scorecard"
    __table_args__ = (
        one_of("state", CardState),
        UniqueConstraint("panel_member_id", "pitch_id"),
        CheckConstraint("state NOT IN ('signed','locked') OR signed_at IS NOT NULL", name="signed_with_time"),
        CheckConstraint(
            "state NOT IN ('voided','released') OR (ended_by_id IS NOT NULL AND end_reason <> '')",
            name="ended_with_reason",
        ),
        Index("ix_scorecard_pitch_state", "pitch_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"))
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"))
    state: Mapped[CardState] = mapped_column(enum_column(CardState), default=CardState.ASSIGNED)
    version: Mapped[int] = mapped_column(default=1)
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    own_num: Mapped[int | None] = mapped_column(BigInteger)
    own_den: Mapped[int | None] = mapped_column(BigInteger)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    end_reason: Mapped[str] = mapped_column(Text, default="")
    away: Mapped[bool] = mapped_column(default=False)


class Score(Base):
    """The present score and reason on one criterion; a draft until its card is signed.

    `unable`: the judge says that they cannot judge this criterion, and why; there is no score then.
    """

    __tablename__ = "score"
    __table_args__ = (CheckConstraint("NOT unable OR hundredths IS NULL", name="unable_has_no_score"),)

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    hundredths: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    unable: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScoreVersion(Base):
    """Every score and reason as it was saved; rows are only ever added (triggers see to it)."""

    __tablename__ = "score_version"
    __table_args__ = (Index("ix_score_version_card", "scorecard_id", "id"),)

    id: Mapped[int] = mapped_column(_BIG, primary_key=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    hundredths: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    unable: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
