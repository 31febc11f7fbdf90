"""Periods that a region has set, runs of the purge, and erasures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.privacy.rules import LONGEST_DAYS, SHORTEST_DAYS, Category


class RetentionSetting(Base):
    """The region's own period for a category, in place of the table's; the newest change only."""

    __tablename__ = "retention_setting"
    __table_args__ = (
        one_of("category", Category),
        CheckConstraint(f"days BETWEEN {SHORTEST_DAYS} AND {LONGEST_DAYS}", name="days_in_range"),
    )

    category: Mapped[Category] = mapped_column(enum_column(Category), primary_key=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PurgeSwitch(Base):
    """Whether the worker purges every night, in one row; off while there is none."""

    __tablename__ = "purge_switch"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nightly: Mapped[bool]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PurgeRun(Base):
    """A purge that was done: by whom (None: worker or command line), and counts by category (JSON)."""

    __tablename__ = "purge_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed: Mapped[str] = mapped_column(Text)


class Erasure(Base):
    """A person was erased: when, by whom, what went and what stays and why (JSON)."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Why an administrator did it; "" where the person did it themselves.
    reason: Mapped[str] = mapped_column(Text, default="")
    went: Mapped[str] = mapped_column(Text)
    stays: Mapped[str] = mapped_column(Text)
