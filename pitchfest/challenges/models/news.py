"""What happens to a published challenge, and who outside is told of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.challenges.rules import DueDate, NewsKind
from pitchfest.db import Base, UtcDateTime, enum_column, one_of


class Extension(Base):
    """More time for everyone: from when to when, why, and the record that it was published as.

    With an `incident`, a challenge that had closed was opened again after an outage, by two people.
    """

    __tablename__ = "challenge_extension"
    __table_args__ = (
        UniqueConstraint("challenge_id", "number"),
        CheckConstraint("closed_before < closes_at", name="gives_more_time"),
        CheckConstraint("(incident IS NULL) = (second_id IS NULL)", name="reopened_by_two"),
        CheckConstraint("second_id IS NULL OR second_id <> by_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    #: The number of the published record.
    number: Mapped[int]
    #: The closing time until then.
    closed_before: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    incident: Mapped[str | None] = mapped_column(String(80))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Correction(Base):
    """A numbered correction: why, the record it was published as, and the closing time before and after."""

    __tablename__ = "challenge_correction"
    __table_args__ = (
        UniqueConstraint("challenge_id", "number"),
        CheckConstraint("number > 0", name="numbered_from_one"),
        CheckConstraint("closed_before <= closes_at", name="never_closes_earlier"),
        CheckConstraint("NOT material OR closed_before < closes_at", name="material_gives_more_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    number: Mapped[int]
    #: The number of the published record.
    record: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    #: Whether it changes what suppliers build on, so that they check their pitch again.
    material: Mapped[bool]
    closed_before: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Cancellation(Base):
    """A published challenge was cancelled: the public reason, and the two people."""

    __tablename__ = "challenge_cancellation"
    __table_args__ = (CheckConstraint("proposer_id <> confirmer_id", name="two_people"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    proposer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Delay(Base):
    """A published date comes later than was said: until when it was due, until when it is, and why.

    `number` counts what was said to everyone of a challenge; both dates may have moved at once.
    """

    __tablename__ = "challenge_delay"
    __table_args__ = (
        one_of("what", DueDate),
        UniqueConstraint("challenge_id", "number", "what"),
        CheckConstraint("was_due IS NULL OR was_due < due", name="later_than_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    number: Mapped[int]
    what: Mapped[DueDate] = mapped_column(enum_column(DueDate))
    was_due: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class News(Base):
    """Something that everyone is told of a published challenge, once and in this order.

    `item` is the row or number that says what happened, by the kind (`rules.news`).
    """

    __tablename__ = "challenge_news"
    __table_args__ = (one_of("kind", NewsKind), UniqueConstraint("challenge_id", "kind", "item"))

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    kind: Mapped[NewsKind] = mapped_column(enum_column(NewsKind))
    item: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Follower(Base):
    """An address that is told news of one challenge, or (without one) of all, or of all with a theme.

    Nothing goes to it before whoever reads its mail has confirmed. When they stop, the row goes.
    """

    __tablename__ = "challenge_follower"
    __table_args__ = (
        UniqueConstraint("challenge_id", "address"),
        Index(
            "uq_challenge_follower_of_new",
            "address",
            "theme",
            unique=True,
            sqlite_where=text("challenge_id IS NULL"),
            postgresql_where=text("challenge_id IS NULL"),
        ),
        {"sqlite_autoincrement": True},  # a message names its follower, so no number comes back
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id"))
    #: Of all challenges only those with this theme, "" for all.
    theme: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(254), index=True)
    #: What stands in the links of its mail. It lets confirm and stop, and nothing else.
    token: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Outreach(Base):
    """People outside were told of a challenge: who did it, when, with which words, and how many.

    `known` had been told before, `stopped` had asked not to be told; neither was told again.
    """

    __tablename__ = "outreach"
    __table_args__ = (CheckConstraint("told > 0", name="told_someone"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    told: Mapped[int]
    known: Mapped[int]
    stopped: Mapped[int]


class OutreachRecipient(Base):
    """An address that was told of a challenge, as a keyed hash: nobody is told twice."""

    __tablename__ = "outreach_recipient"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    outreach_id: Mapped[int] = mapped_column(ForeignKey("outreach.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutreachStop(Base):
    """An address, as a keyed hash, whose holder asked to be told of no challenge any more."""

    __tablename__ = "outreach_stop"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
