"""What pitches ask for and judges know, how much a judge takes, and when they are away."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.judging.rules.skills import LONGEST_SKILL, Level


class ChallengeSkill(Base):
    """A line of the list of skills that pitches of a challenge may ask for."""

    __tablename__ = "challenge_skill"
    __table_args__ = (UniqueConstraint("challenge_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_SKILL))


class PitchSkill(Base):
    """A skill that a pitch asks for."""

    __tablename__ = "pitch_skill"

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("challenge_skill.id"), primary_key=True, index=True)


class JudgeSkill(Base):
    """How well a judge of a panel knows something; no row where not at all."""

    __tablename__ = "judge_skill"
    __table_args__ = (one_of("level", Level),)

    panel_member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("challenge_skill.id"), primary_key=True, index=True)
    level: Mapped[Level] = mapped_column(enum_column(Level))


class JudgeCapacity(Base):
    """That a judge, or the lead for them, said something of their skills and time; no row until then."""

    __tablename__ = "judge_capacity"
    __table_args__ = (CheckConstraint("pitch_limit > 0", name="limit_above_zero"),)

    panel_member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    #: The most pitches that the judge takes; NULL where they have no limit of their own.
    pitch_limit: Mapped[int | None]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JudgeAway(Base):
    """Days on which a judge cannot judge, the last one included."""

    __tablename__ = "judge_away"
    __table_args__ = (CheckConstraint("since <= until", name="begins_before_it_ends"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"), index=True)
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
