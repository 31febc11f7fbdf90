"""The meeting after scoring: its agenda, its minutes, and the scores that it agrees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime


class Moderation(Base):
    """The meeting of one challenge. `present`: JSON list of the members of the panel who came.

    `lot`: the random number, in hex, that draws the answers which are looked at by chance. It is made
    when scoring is closed, so that nobody can steer it, and stands in the record.
    """

    __tablename__ = "moderation"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_someone"),
    )

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lot: Mapped[str] = mapped_column(String(64))
    present: Mapped[str] = mapped_column(Text, default="[]")
    minutes: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AgendaItem(Base):
    """One pitch on one criterion, to be talked about. `triggers`: why, as words with a space between;
    `why`: the sentence of whoever added it.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (UniqueConstraint("pitch_id", "criterion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    position: Mapped[int]
    triggers: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(Text, default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AgreedScore(Base):
    """What the meeting came to on one item; rows are only ever added, and the newest counts.

    `hundredths` None: the mean of the judges' scores stands. `outside`: above or below every signed
    score, so that it counts only once a second person has agreed. `points`: what was said. `present`
    and `sent_out`: JSON lists of members of the panel, as they were for this item.
    """

    __tablename__ = "agreed_score"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="with_reason"),
        CheckConstraint("hundredths IS NOT NULL OR NOT outside", name="outside_is_a_score"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    hundredths: Mapped[int | None]
    outside: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text)
    points: Mapped[str] = mapped_column(Text, default="")
    dissent: Mapped[str] = mapped_column(Text, default="")
    present: Mapped[str] = mapped_column(Text, default="[]")
    sent_out: Mapped[str] = mapped_column(Text, default="[]")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
