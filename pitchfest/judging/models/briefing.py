"""What a challenge's judges are told before they judge, and who has read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime


class Briefing(Base):
    """The briefing of one challenge, as Markdown."""

    __tablename__ = "briefing"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BriefingRead(Base):
    """That a judge says they have read it, and when last."""

    __tablename__ = "briefing_read"

    member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
