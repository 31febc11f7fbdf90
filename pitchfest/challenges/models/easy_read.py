"""The Easy Read version of a challenge."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base


class EasyReadVersion(Base):
    """Which published record of a challenge its Easy Read version tells; 0 while none was published.

    `version` counts the changes.
    """

    __tablename__ = "easy_read"
    __table_args__ = (CheckConstraint("record >= 0", name="record_not_negative"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    record: Mapped[int]
    version: Mapped[int]


class EasyReadSentence(Base):
    """One of its sentences. A picture has a description, for people who do not see it."""

    __tablename__ = "easy_read_sentence"
    __table_args__ = (
        UniqueConstraint("challenge_id", "position"),
        CheckConstraint("text <> ''", name="with_words"),
        CheckConstraint("(picture_id IS NULL) = (alt = '')", name="picture_described"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("easy_read.challenge_id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    alt: Mapped[str] = mapped_column(Text)
