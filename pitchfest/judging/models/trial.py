"""The trial pitch: invented, scored before the real ones, and never counted anywhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime


class TrialPitch(Base):
    """The one invented pitch of a challenge. `supplier` is an invented name."""

    __tablename__ = "trial_pitch"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    supplier: Mapped[str] = mapped_column(String(160))
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TrialAnswer(Base):
    """What it answers to one question that is scored."""

    __tablename__ = "trial_answer"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("trial_pitch.challenge_id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class TrialAgreed(Base):
    """What the panel agrees that it is worth on one criterion, and why."""

    __tablename__ = "trial_agreed"
    __table_args__ = (CheckConstraint("reason <> ''", name="with_reason"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("trial_pitch.challenge_id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    hundredths: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)


class TrialScore(Base):
    """What a judge gave it; there is a row for each criterion once the judge has sent them all."""

    __tablename__ = "trial_score"

    member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    hundredths: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
