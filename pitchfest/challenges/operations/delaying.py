"""Saying that the decision comes later: a new date and a sentence, for everyone at once."""

from __future__ import annotations

from datetime import datetime

from pitchfest.audit import operations as audit
from pitchfest.challenges import queries
from pitchfest.challenges.models import Delay
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.operations.news import announce
from pitchfest.challenges.rules import NewsKind, Permission, delay_problems
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.kernel.text import tidy


def delay(
    actor: Actor,
    *,
    reference: str,
    due: datetime,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Move the day of the decision and tell all who hold a pitch or follow, in the same write.

    The published records keep the day that was promised. Raises RuleViolation for a date that is
    not later or without a reason, NotAllowed while the challenge is open and once letters are out.
    """
    challenge = opened_for(actor, Permission.DELAY, reference, expected_version=expected_version, now=now)
    was_due, words = challenge.decision_due, tidy(reason)
    if problems := delay_problems(was_due=was_due, due=due, reason=words, now=now):
        raise RuleViolation(*(Problem(message, field) for message, field in problems))
    number = len(queries.delays(challenge.id)) + 1
    challenge.decision_due = due
    challenge.version += 1
    row = Delay(
        challenge_id=challenge.id,
        number=number,
        was_due=was_due,
        due=due,
        reason=words,
        by_id=actor.person_id,
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor,
        "challenge.delay",
        f"challenge:{reference}",
        now=now,
        version=challenge.version,
        was_due=iso(was_due) if was_due else None,
        due=iso(due),
        reason=audit.fingerprint(f"{reference}:delay:{number}", words),
    )
    announce(challenge, NewsKind.DELAYED, number, now=now)
