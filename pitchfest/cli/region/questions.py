"""What suppliers ask about a challenge, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from pitchfest.challenges import operations as challenges
from pitchfest.challenges.models import Clarification
from pitchfest.cli.region.story import Story
from pitchfest.db import db


def plan(story: Story) -> None:
    """Add the steps of every question that the file tells of."""
    for round_ in story.content.get("questions") or []:
        for asked in round_["questions"]:
            _plan(story, round_["challenge"], asked)


def _plan(story: Story, reference: str, asked: dict[str, Any]) -> None:
    """Asking, and as far as the file goes: writing the answer, and signing it."""
    found: dict[str, int] = {}

    def ask(now: datetime) -> None:
        actor = story.actor(asked["asked_by"], now)
        wish = asked.get("confidential")
        challenges.ask(actor, reference=reference, text=asked["words"], wish=wish, now=now)
        found["clarification_id"] = int(db.session.execute(select(func.max(Clarification.id))).scalar_one())

    def draft(now: datetime) -> None:
        words = {"question": asked.get("question", asked["words"]), "answer": asked["answer"]}
        actor = story.actor(asked["drafted_by"], now)
        challenges.draft_answer(
            actor, reference=reference, clarification_id=found["clarification_id"], now=now, **words
        )

    def sign(now: datetime) -> None:
        actor = story.actor(asked["signed_by"], now)
        challenges.sign_answer(
            actor, reference=reference, clarification_id=found["clarification_id"], now=now
        )

    acts: tuple[tuple[str, str, Callable[[datetime], None]], ...] = (
        ("asked_at", "somebody asks", ask),
        ("drafted_at", "an answer is written", draft),
        ("signed_at", "it is signed", sign),
    )
    for key, what, act in acts:
        if key in asked:
            story.at(asked[key], f"{reference}: {what}", act)
