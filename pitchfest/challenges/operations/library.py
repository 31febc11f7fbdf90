"""Taking criteria and questions from the library into a draft."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.operations.starting import add_parts, question_row
from pitchfest.challenges.operations.writing import touch
from pitchfest.challenges.rules import LIBRARY, LIBRARY_BY_KEY, CriterionKind, Permission
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation


def add_from_library(
    actor: Actor,
    *,
    reference: str,
    weights: Mapping[str, int | None],
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Add these criteria of the library, each with its weight and its question, in the library's order.

    Raises RuleViolation for a weight out of bounds (at `weight_<key>`), for a name that the draft
    has, and for no choice at all; NotFound for a key that the library does not have.
    """
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    if not weights.keys() <= LIBRARY_BY_KEY.keys():
        raise NotFound
    taken = {criterion.name.casefold() for criterion in queries.criteria(challenge.id)}
    problems = [] if weights else [Problem("Choose at least one criterion", "chosen")]
    for key, weight in weights.items():
        name = LIBRARY_BY_KEY[key].name
        if name.casefold() in taken:
            problems.append(Problem(f"The draft has a criterion called “{name}” already", "chosen"))
        if weight is None or not 1 <= weight <= 100:
            problems.append(Problem(f"Enter a weight from 1 to 100 for “{name}”", f"weight_{key}"))
    if problems:
        raise RuleViolation(*problems)
    chosen = [(entry, weights[entry.key] or 0) for entry in LIBRARY if entry.key in weights]
    add_parts(
        challenge.id,
        [entry.criterion(weight) for entry, weight in chosen],
        [entry.question(n) for n, (entry, _) in enumerate(chosen, start=1)],
        after=_last(challenge),
    )
    touch(actor, challenge, "add_from_library", now=now, entries=[entry.key for entry, _ in chosen])


def add_questions(
    actor: Actor,
    *,
    reference: str,
    keys: Collection[str],
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Add these questions of the library, each scored on the draft's criterion of the same name, if any.

    Raises RuleViolation for no choice at all, NotFound for a key that the library does not have.
    """
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    if not set(keys) <= LIBRARY_BY_KEY.keys():
        raise NotFound
    if not keys:
        raise RuleViolation("Choose at least one question", field="chosen")
    chosen = [entry for entry in LIBRARY if entry.key in keys]
    judged = [c for c in queries.criteria(challenge.id) if c.kind == CriterionKind.JUDGED]
    ids = {criterion.name.casefold(): criterion.id for criterion in judged}
    _, last = _last(challenge)
    db.session.add_all(
        question_row(challenge.id, last + n, entry.question(None), ids.get(entry.name.casefold()))
        for n, entry in enumerate(chosen, start=1)
    )
    touch(actor, challenge, "add_questions", now=now, entries=[entry.key for entry in chosen])


def _last(challenge: Challenge) -> tuple[int, int]:
    """The last position taken, of a criterion and of a question."""
    return len(queries.criteria(challenge.id)), len(queries.questions(challenge.id))
