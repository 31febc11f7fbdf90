"""The outbox: who is to be told what. Rows hold kind and ids, never a body or a subject."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.mail.rules import Delivery


class OutboxMessage(Base):
    """One message to one person, or to an address that is nobody's account yet."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        one_of("state", Delivery),
        CheckConstraint(
            "person_id IS NOT NULL OR address IS NOT NULL OR state NOT IN ('queued', 'sending')",
            name="has_recipient",
        ),
        Index("ix_outbox_message_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(254), index=True)
    ids: Mapped[str] = mapped_column(Text)
    about_sealed: Mapped[bool] = mapped_column(default=False)
    state: Mapped[Delivery] = mapped_column(enum_column(Delivery), default=Delivery.QUEUED)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    failure: Mapped[str | None] = mapped_column(String(60))


class Reminder(Base):
    """Someone was chased about something on a London day, by hand or by the worker: never twice."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("person_id", "kind", "object", "day"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(80))
    day: Mapped[date] = mapped_column(Date)
