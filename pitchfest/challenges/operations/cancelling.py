"""Cancelling a published challenge: two people, a public reason, and everyone is told."""

from __future__ import annotations

from datetime import datetime

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.audit import operations as audit
from pitchfest.challenges.models import Cancellation
from pitchfest.challenges.operations.door import fire, opened_for
from pitchfest.challenges.operations.news import announce
from pitchfest.challenges.rules import Cancel, NewsKind, Permission, cancel_problems
from pitchfest.db import db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.errors import RuleViolation
from pitchfest.kernel.text import tidy


def propose_cancelling(
    actor: Actor, *, reference: str, reason: str, now: datetime, expected_version: int | None = None
) -> None:
    """Put cancelling forward, with the reason that everyone would read, for a second person.

    Raises RuleViolation without a reason, ProofNeeded, Conflict when it is proposed already.
    """
    challenge = opened_for(actor, Permission.CANCEL, reference, expected_version=expected_version, now=now)
    words = tidy(reason)
    if problems := cancel_problems(words):
        raise RuleViolation(*problems, field="reason")
    accounts.propose(
        actor,
        kind=ActKind.CANCEL,
        object=_object(reference),
        object_version=challenge.version,
        payload={"reason": words},
        now=now,
    )


def take_back_cancelling(actor: Actor, *, reference: str, now: datetime) -> None:
    """Take one's own proposal back."""
    opened_for(actor, Permission.CANCEL, reference, expected_version=None, now=now)
    accounts.take_back(actor, kind=ActKind.CANCEL, object=_object(reference), now=now)


def confirm_cancelling(
    actor: Actor, *, reference: str, now: datetime, expected_act: int | None = None
) -> None:
    """Be the second person: the challenge is cancelled, and all who hold a pitch are told at once.

    What was sent stays sealed for good. Raises RuleViolation unless one of the two is the
    procurement lead and the other an approver, Conflict when nothing waits or the challenge changed
    since, StaleForm when another proposal than `expected_act` stands there, ProofNeeded.
    """
    challenge = opened_for(actor, Permission.CANCEL, reference, expected_version=None, now=now)
    act = accounts.confirm(
        actor,
        kind=ActKind.CANCEL,
        object=_object(reference),
        object_version=challenge.version,
        practice=challenge.practice,
        expected_act=expected_act,
        now=now,
    )
    reason = str(act.payload["reason"])
    facts = Cancel(reason, lead_and_approver(act.proposer_id, actor.person_id, now))
    fire(
        actor,
        challenge,
        "cancel",
        facts,
        now=now,
        detail={
            "first": f"person:{act.proposer_id}",
            "reason": audit.fingerprint(f"{reference}:cancel", reason),
        },
    )
    db.session.add(
        Cancellation(
            challenge_id=challenge.id,
            reason=reason,
            proposer_id=act.proposer_id,
            confirmer_id=actor.person_id,
            at=now,
        )
    )
    db.session.flush()
    announce(challenge, NewsKind.CANCELLED, 1, now=now)


def lead_and_approver(one: int, other: int, now: datetime) -> bool:
    """Whether one of two people is a procurement lead and the other an approver."""
    leads, approvers = (
        {person.id for person in people.staff(role, now=now)} for role in (Role.LEAD, Role.APPROVER)
    )
    return (one in leads and other in approvers) or (one in approvers and other in leads)


def _object(reference: str) -> str:
    return f"challenge:{reference}"
