"""Saying that a published date comes later: a new date and a sentence, for everyone at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pitchfest.audit import operations as audit
from pitchfest.challenges import queries
from pitchfest.challenges.models import Delay
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.operations.news import announce
from pitchfest.challenges.rules import DUE_COLUMNS, DueDate, NewsKind, Permission, awaited, delay_problems
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.kernel.text import tidy


def delay(
    actor: Actor,
    *,
    reference: str,
    later: Mapping[DueDate, datetime],
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Move the day of the decision, that on which the judges finish, or both, and tell all who hold a pitch
    or follow, once and in the same write.

    The published records keep the days that were promised. Raises RuleViolation for a date that is
    not later or without a reason, for judges who finish after the decision or have finished, NotAllowed
    while the challenge is open and once letters are out.
    """
    challenge = opened_for(actor, Permission.DELAY, reference, expected_version=expected_version, now=now)
    was_due: dict[DueDate, datetime | None] = {
        what: getattr(challenge, DUE_COLUMNS[what]) for what in awaited(challenge.state)
    }
    words = tidy(reason)
    if problems := delay_problems(was_due, later, reason=words, now=now):
        raise RuleViolation(*(Problem(message, field) for message, field in problems))
    earlier = queries.delays(challenge.id)
    number = earlier[0].number + 1 if earlier else 1
    for what, due in later.items():
        setattr(challenge, DUE_COLUMNS[what], due)
        row = {"what": what, "was_due": was_due[what], "due": due, "reason": words}
        db.session.add(Delay(challenge_id=challenge.id, number=number, by_id=actor.person_id, at=now, **row))
    challenge.version += 1
    db.session.flush()
    audit.record(
        actor,
        "challenge.delay",
        f"challenge:{reference}",
        now=now,
        version=challenge.version,
        later={what: [was and iso(was), iso(later[what])] for what, was in was_due.items() if what in later},
        reason=audit.fingerprint(f"{reference}:delay:{number}", words),
    )
    announce(challenge, NewsKind.DELAYED, number, now=now)
