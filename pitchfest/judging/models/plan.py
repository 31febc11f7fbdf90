"""The plan of who reads what: a draft that only the procurement lead sees, until it is given out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.judging.rules.planning import PairKind


class AssignmentPlan(Base):
    """The plan of one challenge. It is given out where `released_version` is its version; every change
    makes a new version.

    `pieces`: into how many groups, with nobody reading across, its pitches and judges fall. `lacking`: JSON
    list of [pitch id, how many judges are missing, why].
    """

    __tablename__ = "assignment_plan"
    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="released_by_someone"),
        CheckConstraint("(released_at IS NULL) = (released_version IS NULL)", name="released_as_it_was"),
    )

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pieces: Mapped[int]
    lacking: Mapped[str] = mapped_column(Text)
    released_version: Mapped[int | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlannedPair(Base):
    """A judge and a pitch in the plan: proposed by the engine, or pinned or excluded by a person."""

    __tablename__ = "planned_pair"
    __table_args__ = (
        one_of("kind", PairKind),
        UniqueConstraint("panel_member_id", "pitch_id"),
        CheckConstraint("kind <> 'excluded' OR reason <> ''", name="excluded_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("assignment_plan.challenge_id"), index=True)
    panel_member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"))
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    kind: Mapped[PairKind] = mapped_column(enum_column(PairKind))
    reason: Mapped[str] = mapped_column(Text, default="")
