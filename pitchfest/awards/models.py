"""The decision, the explanations that suppliers read, the release and the letters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.awards.rules import LetterKind, Outcome
from pitchfest.db import Base, UtcDateTime, enum_column, one_of


class Decision(Base):
    """Who decided a challenge, and when. The outcomes of its pitches hang on the same challenge."""

    __tablename__ = "decision"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")


class PitchOutcome(Base):
    """Won, reserve or not successful, with the decision-maker's reason."""

    __tablename__ = "pitch_outcome"
    __table_args__ = (one_of("outcome", Outcome),)

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    reason: Mapped[str] = mapped_column(Text)


class Explanation(Base):
    """What a supplier will read on one criterion; each save adds a row, the newest counts."""

    __tablename__ = "explanation"
    __table_args__ = (Index("ix_explanation_latest", "pitch_id", "criterion_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Release(Base):
    """All letters of a challenge went out at once, by two people."""

    __tablename__ = "letter_release"
    __table_args__ = (CheckConstraint("first_id <> second_id", name="two_people"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Letter(Base):
    """A supplier's letter, frozen at release as canonical JSON. Rows never change."""

    __tablename__ = "letter"
    __table_args__ = (one_of("kind", LetterKind),)

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    kind: Mapped[LetterKind] = mapped_column(enum_column(LetterKind))
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PostedLetter(Base):
    """Who says that they sent a letter by hand, its supplier having no account."""

    __tablename__ = "posted_letter"

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
