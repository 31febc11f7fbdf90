"""The second step of signing in: an authenticator app, recovery codes, and sign-ins that wait for a code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, Sealed, UtcDateTime


class TwoStep(Base):
    """The key that a person's authenticator app shares with us, from when until when it counts.

    It counts from `confirmed_at` on, when the first code of the app was right. At its end the key is gone.
    """

    __tablename__ = "two_step"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (secret IS NOT NULL)", name="no_key_after_its_end"),
        Index(
            "uq_two_step_current",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    secret: Mapped[str | None] = mapped_column(Sealed)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The number of the newest half minute whose code was taken: neither it nor one before is taken again.
    last_step: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code on paper that takes the place of the app's, once. Only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    two_step_id: Mapped[int] = mapped_column(ForeignKey("two_step.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HalfSignIn(Base):
    """A browser that has done the first step and is asked for a code. Nobody is signed in by it.

    The cookie holds an opaque id, of which only the hash is here.
    """

    __tablename__ = "half_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
