"""The pitch form of a draft: adding, changing, ordering and removing its questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, select

from pitchfest.challenges.models import Criterion, Question
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.operations.order import close_gaps, swap
from pitchfest.challenges.operations.writing import touch
from pitchfest.challenges.rules import (
    KINDS,
    CriterionKind,
    Permission,
    QuestionKind,
    options_problem,
    scoring_problem,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation

MOST_WORDS = 5_000


def save_question(
    actor: Actor,
    *,
    reference: str,
    now: datetime,
    ask: str,
    kind: QuestionKind,
    max_words: int | None = None,
    required: bool = True,
    options: Sequence[str] = (),
    criterion_id: int | None = None,
    question_id: int | None = None,
    expected_version: int | None = None,
) -> int:
    """Add a question, or change the one with `question_id`; its id.

    `max_words` belongs to text, `options` to choices and to the headings of rows; the price criterion
    takes a money question, judged ones what judges can score (`rules.KINDS`). Raises RuleViolation.
    """
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    criterion = _criterion_kind(challenge.id, criterion_id)
    _check(ask, kind, max_words, options, criterion)
    question = _question(challenge.id, question_id) if question_id else _added(challenge.id)
    question.ask, question.kind, question.criterion_id = ask, kind, criterion_id
    question.max_words = max_words if kind == QuestionKind.TEXT else None
    question.options = json.dumps(list(options) if KINDS[kind].options else [], ensure_ascii=False)
    question.required = required or criterion == CriterionKind.PRICE
    db.session.add(question)
    db.session.flush()
    touch(actor, challenge, "save_question", now=now, position=question.position)
    return question.id


def remove_question(
    actor: Actor, *, reference: str, question_id: int, now: datetime, expected_version: int | None = None
) -> None:
    """Take a question out of the form."""
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    question = _question(challenge.id, question_id)
    position = question.position
    db.session.execute(delete(Question).where(Question.id == question.id))
    close_gaps(Question, challenge.id)
    touch(actor, challenge, "remove_question", now=now, position=position)


def move_question(
    actor: Actor,
    *,
    reference: str,
    question_id: int,
    direction: Literal["up", "down"],
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Swap a question with its neighbour; at the end of the form nothing happens."""
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    question = _question(challenge.id, question_id)
    if swap(Question, challenge.id, question.position, direction):
        touch(actor, challenge, "move_question", now=now)


def _check(
    ask: str,
    kind: QuestionKind,
    max_words: int | None,
    options: Sequence[str],
    criterion: CriterionKind | None,
) -> None:
    problems = []
    if not ask.strip():
        problems.append(Problem("Write the question", "ask"))
    if kind == QuestionKind.TEXT and (max_words is None or not 1 <= max_words <= MOST_WORDS):
        problems.append(Problem(f"Enter how many words at most, from 1 to {MOST_WORDS:,}", "max_words"))
    if problem := options_problem(kind, list(options)):
        problems.append(Problem(problem, "options"))
    if problem := scoring_problem(kind, criterion):
        problems.append(Problem(problem, "criterion_id"))
    if problems:
        raise RuleViolation(*problems)


def _criterion_kind(challenge_id: int, criterion_id: int | None) -> CriterionKind | None:
    if criterion_id is None:
        return None
    criterion = db.session.get(Criterion, criterion_id)
    if criterion is None or criterion.challenge_id != challenge_id:
        raise RuleViolation("Choose a criterion of this challenge", field="criterion_id")
    return criterion.kind


def _question(challenge_id: int, question_id: int) -> Question:
    found = db.session.get(Question, question_id)
    if found is None or found.challenge_id != challenge_id:
        raise NotFound
    return found


def _added(challenge_id: int) -> Question:
    last = db.session.execute(
        select(func.coalesce(func.max(Question.position), 0)).where(Question.challenge_id == challenge_id)
    ).scalar_one()
    return Question(challenge_id=challenge_id, position=last + 1)
