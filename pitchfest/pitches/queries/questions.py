"""One question of one's own pitch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import QuestionRow
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.queries.sealed import PitchRow, own
from pitchfest.pitches.rules.states import PitchRight


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """One question of a pitch, its neighbours' positions, and the person's right on the pitch."""

    pitch: PitchRow
    question: QuestionRow
    questions: tuple[QuestionRow, ...]

    @property
    def right(self) -> PitchRight | None:
        """The person's right on the pitch."""
        return self.pitch.right

    @property
    def practice(self) -> bool:
        """Whether the challenge is one for practice."""
        return self.pitch.practice

    @property
    def next_position(self) -> int | None:
        """Position of the question after this one, None after the last."""
        later = [q.position for q in self.questions if q.position > self.question.position]
        return later[0] if later else None


def own_question(*, actor: Actor, now: datetime, reference: str, position: int) -> OwnQuestion:
    """A question of the pitch by its position. Raises NotFound."""
    pitch = own(actor=actor, now=now, reference=reference)
    questions = tuple(challenges.questions(pitch.challenge_id))
    question = next((q for q in questions if q.position == position), None)
    if question is None:
        raise NotFound
    return OwnQuestion(pitch, question, questions)
