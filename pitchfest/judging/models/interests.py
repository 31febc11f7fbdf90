"""What connects people to others: their own registers, and every step of a declaration."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.judging.rules.interests import InterestKind
from pitchfest.judging.rules.states import StepKind


class RegisteredInterest(Base):
    """A line of a person's register of interests. A line is never changed: a newer one replaces it,
    and the newest is what holds.
    """

    __tablename__ = "registered_interest"
    __table_args__ = (
        one_of("kind", InterestKind),
        CheckConstraint("until IS NULL OR since IS NULL OR since <= until", name="begins_before_it_ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[InterestKind] = mapped_column(enum_column(InterestKind))
    #: The organisation or person.
    party: Mapped[str] = mapped_column(String(160))
    words: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The line in whose place this one stands.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("registered_interest.id"), unique=True)


class DeclarationStep(Base):
    """Something that was declared, asked or decided; rows are only ever added (triggers see to it)."""

    __tablename__ = "declaration_step"
    __table_args__ = (one_of("kind", StepKind),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(enum_column(StepKind))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What connects the judge; or why somebody asked, or decided so.
    words: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[str] = mapped_column(Text, default="")
