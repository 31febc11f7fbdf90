"""Throwing away what is otherwise kept for good: a practice challenge, or a pitch whose time is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, insert
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db.engine import Base, db


class Disposal(Base):
    """Which rows of insert-only tables may be deleted (`db.triggers`): those of a challenge, or of
    one of its pitches. A row is here only for the length of the write that deletes them.
    """

    __tablename__ = "disposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int]
    pitch_id: Mapped[int | None]


@contextmanager
def disposing(challenge_id: int, pitch_id: int | None = None) -> Iterator[None]:
    """Within the block, rows of the challenge (or of the one pitch) may be deleted from insert-only
    tables. The caller has decided that they may, and records in the log that they went.
    """
    permit = db.session.execute(
        insert(Disposal).values(challenge_id=challenge_id, pitch_id=pitch_id).returning(Disposal.id)
    ).scalar_one()
    yield
    db.session.flush()
    db.session.execute(delete(Disposal).where(Disposal.id == permit))
