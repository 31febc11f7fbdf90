"""Scores that were given elsewhere: the file while it waits, and which scorecards came from which file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.judging.rules.elsewhere import BroughtState

_OPEN = text("state <> 'confirmed'")


class BroughtFile(Base):
    """A file with scores that a procurement lead brought. One of a challenge is open at a time.

    A draft holds the rows of its `sheet` and the `meanings` of its columns (JSON); a proposed one only the
    `marks` it would set, a JSON list of [panel member, pitch, criterion, hundredths, reason]; a confirmed one
    nothing of the kind.
    """

    __tablename__ = "brought_file"
    __table_args__ = (
        one_of("state", BroughtState),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_someone"),
        CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_with_time"),
        CheckConstraint("state = 'draft' OR sheet = ''", name="sheet_of_a_draft"),
        CheckConstraint("state = 'proposed' OR marks = ''", name="marks_of_a_proposal"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> by_id", name="two_people"),
        Index(
            "uq_brought_file_open",
            "challenge_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    state: Mapped[BroughtState] = mapped_column(enum_column(BroughtState))
    name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    sheet: Mapped[str] = mapped_column(Text, default="")
    meanings: Mapped[str] = mapped_column(Text, default="")
    marks: Mapped[str] = mapped_column(Text, default="")
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BroughtCard(Base):
    """A scorecard whose scores came from a file and not from its judge's own hand."""

    __tablename__ = "brought_card"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("brought_file.id"), index=True)
