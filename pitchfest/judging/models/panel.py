"""Who judges a challenge, what each declared, and who stands in for a recused chair."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.judging.rules.refusals import Refusal
from pitchfest.judging.rules.states import DeclarationState


class PanelMember(Base):
    """A judge of one challenge. The chair scores like any judge."""

    __tablename__ = "panel_member"
    __table_args__ = (
        UniqueConstraint("challenge_id", "person_id"),
        one_of("refusal", Refusal),
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="released_by_someone"),
        CheckConstraint(
            "refusal IS NULL OR (released_at IS NOT NULL AND released_by_id = person_id "
            "AND accepted_at IS NULL AND NOT is_chair)",
            name="refused_by_themselves",
        ),
        CheckConstraint("refusal <> 'other' OR release_reason <> ''", name="other_refusal_with_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    is_chair: Mapped[bool] = mapped_column(default=False)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    release_reason: Mapped[str] = mapped_column(Text, default="")
    #: Why they said no before they declared anything: they released themselves, and the words are theirs.
    refusal: Mapped[Refusal | None] = mapped_column(enum_column(Refusal))


class Declaration(Base):
    """What a judge declared about one supplier's pitch, and what was decided about it."""

    __tablename__ = "declaration"
    __table_args__ = (
        one_of("state", DeclarationState),
        UniqueConstraint("panel_member_id", "pitch_id"),
        CheckConstraint(
            "state NOT IN ('cleared_by_lead','cleared_with_conditions','recused') "
            "OR (decided_by_id IS NOT NULL AND reason <> '')",
            name="decided_with_reason",
        ),
        CheckConstraint(
            "(state = 'cleared_with_conditions') = (conditions <> '')", name="conditions_where_there_are"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"))
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    state: Mapped[DeclarationState] = mapped_column(enum_column(DeclarationState))
    interest: Mapped[str] = mapped_column(Text, default="")
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    #: What the judge keeps to where they were cleared with conditions.
    conditions: Mapped[str] = mapped_column(Text, default="")


class Deputy(Base):
    """Who writes a pitch's explanations where the chair is recused from it."""

    __tablename__ = "explanation_deputy"

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    panel_member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"))
    named_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(400), default="")
