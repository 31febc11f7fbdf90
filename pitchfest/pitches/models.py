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
from pitchfest.pitches.rules import CameBy, FileGiven, PitchRight, PitchState, ToldBy

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
    """One saved text of one answer; rows are only ever added (triggers see to it), but for the one
    that is being written: while `begun_at` is set, its author's next saves go into it, each a `revision`.

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
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)


class SettledVersion(Base):
    """That a text written beside the one that counts needs no more choosing: someone took from it
    what they wanted. It settles the same author's earlier ones of that answer, too.
    """

    __tablename__ = "settled_version"

    version_id: Mapped[int] = mapped_column(ForeignKey("answer_version.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PitchFile(Base):
    """A file that somebody put into a pitch, sealed; its real name, media type and hash stand here. An
    answer's text names it (`rules.answers.FileAnswer`), or it is a copy for judges (`FileForJudges`).
    """

    __tablename__ = "pitch_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    name: Mapped[str] = mapped_column(Sealed)
    media_type: Mapped[str] = mapped_column(Sealed)
    sha256: Mapped[str] = mapped_column(Sealed)
    size: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


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


class SubmittedOrganisation(Base):
    """Who sent a pitch, as it was then: canonical JSON of the organisation's details."""

    __tablename__ = "submitted_organisation"

    submission_id: Mapped[int] = mapped_column(ForeignKey("pitch_submission.id"), primary_key=True)
    details: Mapped[str] = mapped_column(Sealed)


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


class ClarificationRequest(Base):
    """What staff ask, once, about an opened pitch, and until when its supplier may answer.

    Drafts are kept with the questions asked about; `answered_at` is when they were sent. `version`
    counts every save, so that nobody writes over a colleague's words.
    """

    __tablename__ = "clarification_request"
    __table_args__ = (
        CheckConstraint("until > at", name="leaves_time"),
        CheckConstraint("answered_at IS NULL OR answered_at < until", name="answered_in_time"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL) AND (saved_at IS NULL) = (saved_by_id IS NULL)",
            name="by_someone",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), unique=True)
    asked: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UnlockedQuestion(Base):
    """A question of the form that a clarification request is about, and the supplier's draft of a new
    answer, which nobody else reads; None before the first save.
    """

    __tablename__ = "unlocked_question"

    request_id: Mapped[int] = mapped_column(ForeignKey("clarification_request.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    draft: Mapped[str | None] = mapped_column(Sealed)


class ClarifiedAnswer(Base):
    """An answer that the supplier changed after the opening because they were asked. It counts in the
    place of the opened one, which stays beside it. Never changed.
    """

    __tablename__ = "clarified_answer"

    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class HiddenWords(Base):
    """Words of an opened answer that judges do not read, since they would tell who pitches. The answer stays
    as it is. Without `question_id` they are in a pitch that came another way. Like the opened answer that
    they quote, they are not sealed: nobody can hide words before the opening.
    """

    __tablename__ = "hidden_words"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="with_reason"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_someone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    words: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FileForJudges(Base):
    """What judges get of a pitch's file where they must not learn who pitches. The newest counts; before the
    first nobody has looked. Without `question_id` it is the file in which the pitch came.
    """

    __tablename__ = "file_for_judges"
    __table_args__ = (
        one_of("given", FileGiven),
        CheckConstraint("(given = 'copy') = (copy_id IS NOT NULL)", name="copy_is_there"),
        CheckConstraint("given = 'as_it_is' OR reason <> ''", name="with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    given: Mapped[FileGiven] = mapped_column(enum_column(FileGiven))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("pitch_file.id"))
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Eligibility(Base):
    """A person's finding whether a pitch may be judged, with the reason. The newest counts.

    `second_id` agreed, where it says otherwise than the finding before.
    """

    __tablename__ = "eligibility"
    __table_args__ = (CheckConstraint("second_id IS NULL OR second_id <> by_id", name="two_people"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    eligible: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonalExtension(Base):
    """More time for one supplier, granted as an adjustment. It says nothing of whether they pitch.

    `withheld_from` is when the challenge closed for everyone as this was granted: from then until the
    opening nobody is told a number of pitches, since only this supplier can still change it.
    """

    __tablename__ = "personal_extension"
    __table_args__ = (
        CheckConstraint("closes_at > withheld_from", name="later_than_for_all"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_someone"),
        Index(
            "uq_personal_extension_live",
            "challenge_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withheld_from: Mapped[datetime] = mapped_column(UtcDateTime)
    #: "" once its time is over.
    reason: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class WaitingEntry(Base):
    """An act on a pitch between closing and opening. Its entry in the log waits for the opening: until
    then the time alone would tell whose it is.
    """

    __tablename__ = "pitch_waiting_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(ForeignKey("pitch.id"), index=True)
    #: Canonical JSON: action, values, at, detail.
    entry: Mapped[str] = mapped_column(Sealed)


class LowestPrice(Base):
    """The lowest price found eligible and not withdrawn, in pence, kept by the two operations
    that can change it (eligibility and withdrawal); None while there is none.
    """

    __tablename__ = "lowest_price"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    pence: Mapped[int | None] = mapped_column(BigInteger)
