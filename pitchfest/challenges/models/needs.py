"""What people of suppliers need so that they can take part."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime


class Need(Base):
    """Something that a person of a supplier needs to take part in a challenge, and what staff said to it.

    It says nothing of whether they pitch. `salt` goes into the log's hash of who told it.
    """

    __tablename__ = "challenge_need"
    __table_args__ = (
        CheckConstraint(
            "(reply IS NULL) = (replied_by_id IS NULL) AND (reply IS NULL) = (replied_at IS NULL)",
            name="replied_by_someone",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reply: Mapped[str | None] = mapped_column(Text)
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
