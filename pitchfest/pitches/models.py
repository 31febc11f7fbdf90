"""Pitches: sealed until two people open them. `Sealed` columns are read in this feature only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, Sealed, UtcDateTime, enum_column, one_of
from pitchfest.pitches.rules import CameBy, PitchRight, PitchState, ToldBy

_LIVE = text("state <> 'withdrawn'")


class Pitch(Base):
    """One organisation's answer to one challenge.

    `salt` goes into the log's hashes on this pitch until the opening's entry reveals it.
    `price_pence` is filled in by the opening, from the answers then opened.
    """

    __tablename__ = "pitch"
    __table_args__ = (
        one_of("state", PitchState),
        Index(
            "uq_pitch_live",
            "challenge_id",
            "organisation_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        CheckConstraint(
            "price_pence IS NULL OR (price_pence > 0 AND opened_at IS NOT NULL)", name="price_is_opened"
        ),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_with_time"),
        Index("ix_pitch_challenge_state", "challenge_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[PitchState] = mapped_column(enum_column(PitchState), default=PitchState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    salt: Mapped[str] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Set while a copy of a sent pitch is being changed; what was sent stays in meanwhile.
    changing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    price_pence: Mapped[int | None] = mapped_column(BigInteger)
    #: The number of the newest correction that the supplier has looked at with this pitch, 0 for none.
    correction_seen: Mapped[int] = mapped_column(default=0)
    #: When its words were removed, their time being over. What is left counts in figures.
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PitchMember(Base):
    """A person's right on one pitch. Belonging to the organisation gives nothing by itself."""

    __tablename__ = "pitch_member"
    __table_args__ = (
        one_of("right", PitchRight),
        CheckConstraint("NOT (assists AND partner)", name="one_reason"),
        Index("ix_pitch_member_person", "person_id", "pitch_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    right: Mapped[PitchRight] = mapped_column(enum_column(PitchRight))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: An officer who types it for the supplier: the right needs no membership, and ends with sending.
    assists: Mapped[bool] = mapped_column(default=False)
    #: Invited from outside the pitch's organisation: the right needs no membership of it, only of a supplier.
    partner: Mapped[bool] = mapped_column(default=False)


class PitchInvitation(Base):
    """Someone was asked by e-mail to work on a pitch. The address goes when it is taken, or swept."""

    __tablename__ = "pitch_invitation"
    __table_args__ = (
        one_of("right", PitchRight),
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", name="taken_by_someone"),
        CheckConstraint("taken_at IS NULL OR ended_at IS NULL", name="taken_or_ended"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    email: Mapped[str] = mapped_column(Sealed)
    right: Mapped[PitchRight] = mapped_column(enum_column(PitchRight))
    #: SHA-256 of the newest link's token, None until its message leaves and once the link is void.
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When it was last sent.
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AssistedPitch(Base):
    """A pitch that an officer types for a supplier who cannot use the form.

    `contact` is where the supplier's letter goes; `read_back_at` is set by the sending.
    """

    __tablename__ = "assisted_pitch"
    __table_args__ = (one_of("told_by", ToldBy),)

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    told_by: Mapped[ToldBy] = mapped_column(enum_column(ToldBy))
    contact: Mapped[str] = mapped_column(Sealed)
    read_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BroughtPitch(Base):
    """A pitch that was received elsewhere in time and brought after closing: one text, or one file.

    The bytes of the stored file are sealed, and stay so; its real name and media type stand here.
    """

    __tablename__ = "brought_pitch"
    __table_args__ = (
        one_of("came_by", CameBy),
        CheckConstraint("(text IS NULL) <> (file_id IS NULL)", name="text_or_file"),
        CheckConstraint(
            "(file_id IS NULL) = (file_name IS NULL) AND (file_id IS NULL) = (media_type IS NULL)",
            name="file_is_described",
        ),
    )

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    brought_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    came_by: Mapped[CameBy] = mapped_column(enum_column(CameBy))
    contact: Mapped[str] = mapped_column(Sealed)
    text: Mapped[str | None] = mapped_column(Sealed)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str | None] = mapped_column(Sealed)
    media_type: Mapped[str | None] = mapped_column(String(100))


class AnswerVersion(Base):
    """One saved text of one answer; rows are only ever added (triggers see to it).

    The text of a radios answer is the choice; of a money answer, a JSON list of
    `{"label", "pence"}`.
    """

    __tablename__ = "answer_version"
    __table_args__ = (Index("ix_answer_version_latest", "pitch_id", "question_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Sealed)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("answer_version.id"))


class Submission(Base):
    """A pitch as it was sent, once for each sending; the last one before closing counts.

    `sha256` is over canonical JSON with `random` in it, so that it commits without telling.
    """

    __tablename__ = "pitch_submission"
    __table_args__ = (UniqueConstraint("pitch_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    random: Mapped[str] = mapped_column(Sealed)
    sha256: Mapped[str] = mapped_column(String(64))
    #: Its messages lead to the words and do not hold them.
    link_only: Mapped[bool] = mapped_column(default=False)


class SubmittedAnswer(Base):
    """Which version of an answer a sending holds."""

    __tablename__ = "submitted_answer"

    submission_id: Mapped[int] = mapped_column(ForeignKey("pitch_submission.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    answer_version_id: Mapped[int] = mapped_column(ForeignKey("answer_version.id"))


class Opening(Base):
    """The recorded act of two people: which pitches, when received, and their hashes (JSON)."""

    __tablename__ = "opening"
    __table_args__ = (CheckConstraint("first_id <> second_id", name="two_people"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    record: Mapped[str] = mapped_column(Text)


class OpenedAnswer(Base):
    """An answer as opened: what judging reads. Written by the opening, never changed."""

    __tablename__ = "opened_answer"

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Eligibility(Base):
    """A person's finding whether a pitch may be judged, with the reason. The newest counts."""

    __tablename__ = "eligibility"

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    eligible: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LowestPrice(Base):
    """The lowest price found eligible and not withdrawn, in pence, kept by the two operations
    that can change it (eligibility and withdrawal); None while there is none.
    """

    __tablename__ = "lowest_price"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    pence: Mapped[int | None] = mapped_column(BigInteger)
