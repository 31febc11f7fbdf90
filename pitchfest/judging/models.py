"""The panel, its declarations, scorecards, and the stored totals of each pitch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.judging.rules.states import CardState, DeclarationState

_BIG = BigInteger().with_variant(Integer, "sqlite")


class PanelMember(Base):
    """A judge of one challenge. The chair scores like any judge."""

    __tablename__ = "panel_member"
    __table_args__ = (
        UniqueConstraint("challenge_id", "person_id"),
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="released_by_someone"),
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


class Declaration(Base):
    """What a judge declared about one supplier's pitch, and what was decided about it."""

    __tablename__ = "declaration"
    __table_args__ = (
        one_of("state", DeclarationState),
        UniqueConstraint("panel_member_id", "pitch_id"),
        CheckConstraint(
            "state NOT IN ('cleared_by_lead','recused') OR (decided_by_id IS NOT NULL AND reason <> '')",
            name="decided_with_reason",
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


class Scorecard(Base):
    """One judge's card for one pitch: assigned, signed, locked; or voided, or released.

    `own_num/own_den` is the judge's own total on the judged criteria out of 100, once signed.
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


class Score(Base):
    """The present score and reason on one criterion; a draft until its card is signed."""

    __tablename__ = "score"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    hundredths: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
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
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PitchTotal(Base):
    """What the signed cards of a pitch come to, on the judged criteria only; no ranks.

    Each figure is an exact fraction. `total`: weighted points; `mean`, `median`, `spread`: over
    the judges' own totals rescaled to 100. `missed`: JSON list of ids of the criteria whose
    minimum the mean does not reach.
    """

    __tablename__ = "pitch_total"
    __table_args__ = (CheckConstraint("cards >= 0", name="cards_not_negative"),)

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    cards: Mapped[int]
    total_num: Mapped[int] = mapped_column(BigInteger)
    total_den: Mapped[int] = mapped_column(BigInteger)
    mean_num: Mapped[int] = mapped_column(BigInteger)
    mean_den: Mapped[int] = mapped_column(BigInteger)
    median_num: Mapped[int] = mapped_column(BigInteger)
    median_den: Mapped[int] = mapped_column(BigInteger)
    spread_num: Mapped[int] = mapped_column(BigInteger)
    spread_den: Mapped[int] = mapped_column(BigInteger)
    missed: Mapped[str] = mapped_column(Text, default="[]")


class CriterionTotal(Base):
    """The signed scores of one pitch on one criterion: how many, and their sum in hundredths."""

    __tablename__ = "criterion_total"

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    cards: Mapped[int]
    sum_hundredths: Mapped[int] = mapped_column(BigInteger)


class Deputy(Base):
    """Who writes a pitch's explanations where the chair is recused from it."""

    __tablename__ = "explanation_deputy"

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    panel_member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"))
    named_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(400), default="")
