"""More time for everyone, before the challenge closes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pitchfest.audit import operations as audit
from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge, Extension
from pitchfest.challenges.operations.door import fire, locked
from pitchfest.challenges.operations.freezing import keep, record_of
from pitchfest.challenges.operations.news import announce
from pitchfest.challenges.rules import Extend, NewsKind, later_dates
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import Conflict
from pitchfest.kernel.text import tidy


def extend(
    actor: Actor,
    *,
    reference: str,
    closes_at: datetime,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Give everyone until `closes_at`, for a reason that everyone reads, and tell all who hold a pitch or
    follow it.

    What was sent stays in. Judges' deadline and decision move by as many working days where they could
    not hold. The challenge is published anew as its next numbered record; the earlier ones stay.
    Raises RuleViolation for less than a working day, more than 60 days or no reason, Conflict
    once it has closed.
    """
    challenge = locked(Challenge.reference == reference)
    before, words = challenge.closes_at, tidy(reason)
    content = queries.content(challenge.id, now)
    row = content.challenge
    if before is None:
        raise Conflict("This challenge has no closing time yet.")
    dates = later_dates(
        before,
        closes_at,
        judging_deadline=row.judging_deadline,
        decision_due=row.decision_due,
        questions_until=row.questions_until,
        now=now,
    )
    columns: dict[str, Any] = {"closes_at": closes_at, **dates}
    record = record_of(replace(content, challenge=replace(row, **columns)), now=now)
    fire(
        actor,
        challenge,
        "extend",
        Extend(closes_at=before, later=closes_at, reason=words),
        now=now,
        expected_version=expected_version,
        detail={
            "number": record.number,
            "sha256": record.sha256,
            "closed_before": iso(before),
            "closes_at": iso(closes_at),
            "reason": audit.fingerprint(f"{reference}:{record.number}", words),
        },
        **columns,
    )
    keep(actor.person_id, record, now=now)
    moved = {"closed_before": before, "closes_at": closes_at, "at": now}
    extension = Extension(
        challenge_id=challenge.id, number=record.number, reason=words, by_id=actor.person_id, **moved
    )
    db.session.add(extension)
    db.session.flush()
    announce(challenge, NewsKind.EXTENDED, extension.id, now=now)
