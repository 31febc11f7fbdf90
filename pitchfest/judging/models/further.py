"""Reviews that were asked for after scoring was closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime


class FurtherReview(Base):
    """That a scorecard is one more review, asked for in moderation: by whom, why, and by when.

    Whether it was signed, or taken back by whom and why, stands on the scorecard itself.
    """

    __tablename__ = "further_review"
    __table_args__ = (CheckConstraint("why <> ''", name="with_reason"),)

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
