"""Positions of criteria, questions and Easy Read sentences: 1, 2, 3… without gaps, unique at every moment."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select, update

from pitchfest.challenges.models import Criterion, EasyReadSentence, Question
from pitchfest.db import db

Part = type[Criterion] | type[Question] | type[EasyReadSentence]


def swap(part: Part, challenge_id: int, position: int, direction: Literal["up", "down"]) -> bool:
    """Swap with the neighbour above or below. False where there is none."""
    other = position + (1 if direction == "down" else -1)
    held = select(part.id).where(part.challenge_id == challenge_id, part.position == other)
    if db.session.execute(held).first() is None:
        return False
    for source, target in ((position, 0), (other, position), (0, other)):  # 0 keeps them unique
        _renumber(part, challenge_id, source, target)
    return True


def close_gaps(part: Part, challenge_id: int) -> None:
    """Number what is left from 1 again."""
    db.session.flush()
    present = db.session.execute(
        select(part.position).where(part.challenge_id == challenge_id).order_by(part.position)
    ).scalars()
    for target, source in enumerate(list(present), start=1):
        if source != target:
            _renumber(part, challenge_id, source, target)


def _renumber(part: Part, challenge_id: int, source: int, target: int) -> None:
    db.session.execute(
        update(part)
        .where(part.challenge_id == challenge_id, part.position == source)
        .values(position=target)
        .execution_options(synchronize_session="fetch")
    )
