"""Questions that suppliers ask about a challenge, who asked, and the answers as published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.challenges.rules import (
    ClarificationState,
    Secrecy,
)
from pitchfest.db import Base, UtcDateTime, enum_column, one_of

_SIGNED = "'published','superseded','answered_privately'"


class Clarification(Base):
    """Something that a supplier asks about a challenge, or a correction of an answer; never who asks.

    `asked` is the asker's own wording, "" for a correction; `question` and `answer` are what staff
    make of it. `supersedes` and `duplicate_of` are numbers of published answers.
    """

    __tablename__ = "clarification"
    __table_args__ = (
        one_of("state", ClarificationState),
        one_of("secrecy", Secrecy),
        CheckConstraint("(state = 'duplicate') = (duplicate_of IS NOT NULL)", name="duplicate_of_one"),
        CheckConstraint(
            f"(state IN ({_SIGNED})) = (signed_by_id IS NOT NULL)"
            f" AND (state IN ({_SIGNED})) = (signed_at IS NOT NULL)",
            name="signed_by_someone",
        ),
        CheckConstraint(
            "signed_by_id IS NULL OR (drafted_by_id IS NOT NULL AND drafted_by_id <> signed_by_id)",
            name="signed_by_another",
        ),
        CheckConstraint(
            "state <> 'answered_privately' OR secrecy = 'agreed'", name="private_only_when_agreed"
        ),
        CheckConstraint(
            "state NOT IN ('published','superseded') OR secrecy IN ('none','lifted')",
            name="published_only_when_not_secret",
        ),
        CheckConstraint(
            "(secrecy <> 'agreed' AND state <> 'offered') OR (decided_by_id IS NOT NULL AND said <> '')",
            name="decided_with_reason",
        ),
        UniqueConstraint("challenge_id", "supersedes"),
        Index("ix_clarification_challenge_state", "challenge_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[ClarificationState] = mapped_column(
        enum_column(ClarificationState), default=ClarificationState.RECEIVED
    )
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked: Mapped[str] = mapped_column(Text, default="")
    question: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    secrecy: Mapped[Secrecy] = mapped_column(enum_column(Secrecy), default=Secrecy.NONE)
    #: Why the asker wants it kept confidential.
    wish: Mapped[str] = mapped_column(Text, default="")
    #: What the lead said to that, and why.
    said: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Whoever wrote the answer last; everyone who did is in `ClarificationEdit`.
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    duplicate_of: Mapped[int | None]
    supersedes: Mapped[int | None]
    #: When all words but the published ones went, and with them who asked.
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClarificationAsker(Base):
    """Who asked. Read for that person alone (tested); an erasure takes the row away.

    `salt` is what the log's entries about the person's acts are hashed with.
    """

    __tablename__ = "clarification_asker"

    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarification.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    salt: Mapped[str] = mapped_column(String(32))


class ClarificationEdit(Base):
    """Who wrote any version of an answer: whoever did may not sign it."""

    __tablename__ = "clarification_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarification.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PublishedAnswer(Base):
    """A question and its answer as published to everyone, numbered from 1 without gaps. Never changes."""

    __tablename__ = "published_answer"
    __table_args__ = (
        UniqueConstraint("challenge_id", "number"),
        UniqueConstraint("challenge_id", "supersedes"),
        UniqueConstraint("clarification_id"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("supersedes IS NULL OR supersedes < number", name="supersedes_an_earlier_one"),
        CheckConstraint("drafted_by_id <> signed_by_id", name="signed_by_another"),
        CheckConstraint("question <> '' AND answer <> ''", name="with_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarification.id"))
    number: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    supersedes: Mapped[int | None]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
