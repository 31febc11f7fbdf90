"""Asking for approval, the second person's answer, and publishing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pitchfest.audit import operations as audit
from pitchfest.challenges import notices, queries
from pitchfest.challenges.models import Challenge, Review
from pitchfest.challenges.operations.door import fire, locked
from pitchfest.challenges.operations.freezing import Record, keep, record_of
from pitchfest.challenges.operations.news import announce
from pitchfest.challenges.operations.routing import settle_route
from pitchfest.challenges.rules import (
    Approve,
    AskForChanges,
    Lane,
    NewsKind,
    ReviewOutcome,
    SendForApproval,
    approval_problems,
    asks_much,
    effort_of,
    unpaid_work,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict

#: What higher features do in the write that publishes a challenge: (its id, its reference, now).
#: Filled by the table in `app.py`.
AT_PUBLICATION: dict[str, Callable[[int, str, datetime], None]] = {}
#: Columns of a challenge that the clock will not publish any more.
UNSCHEDULED: dict[str, Any] = {"scheduled_for": None, "scheduled_by_id": None, "held_at": None}


def send_for_approval(
    actor: Actor, *, reference: str, now: datetime, expected_version: int | None = None
) -> None:
    """Ask the approvers. Raises RuleViolation with everything that is missing."""
    challenge = locked(Challenge.reference == reference)
    fire(
        actor,
        challenge,
        "send_for_approval",
        SendForApproval(missing(challenge.id, now)),
        now=now,
        expected_version=expected_version,
    )
    notices.ask_approvers(challenge.id, reference, now=now)


def approve(
    actor: Actor,
    *,
    reference: str,
    now: datetime,
    accepted: bool = False,
    unpaid_because: str = "",
    expected_version: int | None = None,
) -> None:
    """Say yes to this version; to a form that asks much only when that is `accepted`, and to unpaid work
    of more than a day only with the reason, which suppliers read.

    Raises RuleViolation for anyone who ever changed the challenge.
    """
    challenge = locked(Challenge.reference == reference)
    version = challenge.version
    effort = effort_of(queries.questions(challenge.id))
    unpaid = unpaid_work(effort, challenge.payment_pence)
    much = asks_much(effort, challenge.budget_pence)
    unsaid = approval_problems(much, accepted=accepted, unpaid=unpaid, because=unpaid_because)
    facts = Approve(actor.person_id in queries.authors(challenge.id), (*missing(challenge.id, now), *unsaid))
    because = unpaid_because.strip() if unpaid else ""
    fire(
        actor,
        challenge,
        "approve",
        facts,
        now=now,
        expected_version=expected_version,
        detail={"asks_much": len(much), "unpaid": unpaid},
        unpaid_because=because,
    )
    _note(actor, challenge, version, ReviewOutcome.APPROVED, "", now)


def ask_for_changes(
    actor: Actor, *, reference: str, reason: str, now: datetime, expected_version: int | None = None
) -> None:
    """Send the challenge back with a reason, which its officer reads. What was read is kept beside it."""
    challenge = locked(Challenge.reference == reference)
    version, read = challenge.version, queries.as_record(queries.content(challenge.id, now), now)
    facts = AskForChanges(actor.person_id in queries.authors(challenge.id), reason)
    detail = {"reason": audit.fingerprint(f"{reference}:{version}", reason)}
    fire(
        actor, challenge, "ask_for_changes", facts, now=now, expected_version=expected_version, detail=detail
    )
    _note(actor, challenge, version, ReviewOutcome.CHANGES, reason, now, read)


def pull_back(actor: Actor, *, reference: str, now: datetime, expected_version: int | None = None) -> None:
    """Take a challenge that is not yet public back to a draft, to change it."""
    fire(
        actor,
        locked(Challenge.reference == reference),
        "pull_back",
        None,
        now=now,
        expected_version=expected_version,
        **UNSCHEDULED,
    )


def withdraw(actor: Actor, *, reference: str, now: datetime, expected_version: int | None = None) -> None:
    """Give a draft up for good; it stays in the record."""
    fire(
        actor,
        locked(Challenge.reference == reference),
        "withdraw",
        None,
        now=now,
        expected_version=expected_version,
    )


def publish(actor: Actor, *, reference: str, now: datetime, expected_version: int | None = None) -> int:
    """Open the challenge to suppliers and freeze it; the number of the published record.

    Brief, criteria, form and dates become canonical JSON, kept with its SHA-256, which the log
    names too.
    """
    challenge = locked(Challenge.reference == reference)
    content = queries.content(challenge.id, now)
    record = record_of(content, now=now)
    fire(
        actor,
        challenge,
        "publish",
        queries.publish_facts(content.challenge, now),
        now=now,
        expected_version=expected_version,
        detail={"number": record.number, "sha256": record.sha256},
        published_at=now,
        **UNSCHEDULED,
    )
    became_public(actor.person_id, challenge, record, now=now)
    return record.number


def became_public(by_id: int, challenge: Challenge, record: Record, *, now: datetime) -> None:
    """What follows from publication in the same write: the record is kept, and everyone is told."""
    settle_route(challenge, now)
    keep(by_id, record, now=now)
    announce(challenge, NewsKind.PUBLISHED, record.number, now=now)
    for follow in AT_PUBLICATION.values():
        follow(challenge.id, challenge.reference, now)


def approve_and_publish(
    actor: Actor,
    *,
    reference: str,
    now: datetime,
    accepted: bool = False,
    unpaid_because: str = "",
    expected_version: int | None = None,
) -> int:
    """The approver's one button in a small round: yes, and open to suppliers; the record's number.

    Raises Conflict for any other challenge, else as `approve` and `publish` do.
    """
    if locked(Challenge.reference == reference).lane != Lane.SMALL:
        raise Conflict("Only a small round is approved and published in one step.")
    approve(
        actor,
        reference=reference,
        accepted=accepted,
        unpaid_because=unpaid_because,
        now=now,
        expected_version=expected_version,
    )
    return publish(actor, reference=reference, now=now)


def missing(challenge_id: int, now: datetime) -> tuple[str, ...]:
    """What the draft lacks, in words."""
    return tuple(p.message for p in queries.missing(queries.by_id(challenge_id, now), now))


def _note(
    actor: Actor,
    challenge: Challenge,
    version: int,
    outcome: ReviewOutcome,
    reason: str,
    now: datetime,
    read: str | None = None,
) -> None:
    review = Review(
        challenge_id=challenge.id,
        version=version,
        reviewer_id=actor.person_id,
        outcome=outcome,
        reason=reason,
        at=now,
        body=read,
    )
    db.session.add(review)
    db.session.flush()
    notices.tell_officer(challenge.officer_id, challenge.reference, review.id, outcome, now=now)
