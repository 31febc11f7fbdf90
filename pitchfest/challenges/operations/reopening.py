"""Opening a closed challenge again after an outage: two people, one new closing time for everyone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.rules import ActKind
from pitchfest.audit import operations as audit
from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge, Extension
from pitchfest.challenges.operations.cancelling import lead_and_approver
from pitchfest.challenges.operations.door import fire, opened_for
from pitchfest.challenges.operations.freezing import Record, keep, record_of
from pitchfest.challenges.operations.news import announce
from pitchfest.challenges.rules import NewsKind, Permission, Reopen, later_dates, reopening_problems
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import Conflict, Problem, RuleViolation
from pitchfest.kernel.text import tidy, tidy_line

#: What else is undone of the closing, told by the feature that keeps pitches: callables(actor, challenge
#: id, when it had closed, now).
AT_REOPENING: dict[str, Callable[[Actor, int, datetime, datetime], None]] = {}


def propose_reopening(
    actor: Actor,
    *,
    reference: str,
    closes_at: datetime,
    incident: str,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Put opening it again forward for a second person, with the reason that everyone would read.

    Raises RuleViolation with what is wrong, ProofNeeded, Conflict when it is proposed already.
    """
    challenge = opened_for(actor, Permission.REOPEN, reference, expected_version=expected_version, now=now)
    facts = Reopen(_closed_at(challenge), closes_at, tidy(reason), tidy_line(incident), now)
    if problems := reopening_problems(facts):
        raise RuleViolation(*(Problem(message, field) for message, field in problems))
    accounts.propose(
        actor,
        kind=ActKind.REOPEN,
        object=f"challenge:{reference}",
        object_version=challenge.version,
        payload={"closes_at": iso(closes_at), "reason": facts.reason, "incident": facts.incident},
        now=now,
    )


def take_back_reopening(actor: Actor, *, reference: str, now: datetime) -> None:
    """Take one's own proposal back."""
    opened_for(actor, Permission.REOPEN, reference, expected_version=None, now=now)
    accounts.take_back(actor, kind=ActKind.REOPEN, object=f"challenge:{reference}", now=now)


def reopen(actor: Actor, *, reference: str, now: datetime, expected_act: int | None = None) -> None:
    """Be the second person: it takes pitches again, and what was sent or written is as it was before the
    closing. All who hold a pitch or follow are told at once.

    Messages that went out at the closing stay sent. The challenge is published anew as its next
    numbered record. Raises RuleViolation more than 24 hours after closing, or unless one of the two is
    the procurement lead and the other an approver; NotAllowed once pitches were opened; Conflict when
    nothing waits or the challenge changed since; StaleForm when another proposal than `expected_act`
    stands there; ProofNeeded.
    """
    challenge = opened_for(actor, Permission.REOPEN, reference, expected_version=None, now=now)
    act = accounts.confirm(
        actor,
        kind=ActKind.REOPEN,
        object=f"challenge:{reference}",
        object_version=challenge.version,
        practice=challenge.practice,
        expected_act=expected_act,
        now=now,
    )
    closed_at, closes_at = _closed_at(challenge), datetime.fromisoformat(act.payload["closes_at"])
    reason, incident = str(act.payload["reason"]), str(act.payload["incident"])
    pair = lead_and_approver(act.proposer_id, actor.person_id, now)
    columns, record = _published_anew(challenge.id, closed_at, closes_at, now)
    fire(
        actor,
        challenge,
        "reopen",
        Reopen(closed_at, closes_at, reason, incident, now, pair),
        now=now,
        detail={
            "number": record.number,
            "sha256": record.sha256,
            "first": f"person:{act.proposer_id}",
            "closed_before": iso(closed_at),
            "closes_at": iso(closes_at),
            "reason": audit.fingerprint(f"{reference}:{record.number}", reason),
            "incident": audit.fingerprint(f"{reference}:{record.number}", incident),
        },
        **columns,
    )
    keep(actor.person_id, record, now=now)
    extension = Extension(
        challenge_id=challenge.id,
        number=record.number,
        closed_before=closed_at,
        closes_at=closes_at,
        reason=reason,
        by_id=act.proposer_id,
        at=now,
        incident=incident,
        second_id=actor.person_id,
    )
    db.session.add(extension)
    db.session.flush()
    for undo in AT_REOPENING.values():
        undo(actor, challenge.id, closed_at, now)
    announce(challenge, NewsKind.REOPENED, extension.id, now=now)


def _published_anew(
    challenge_id: int, closed_at: datetime, closes_at: datetime, now: datetime
) -> tuple[dict[str, Any], Record]:
    """The dates that change, and the next record that says so."""
    content = queries.content(challenge_id, now)
    row = content.challenge
    dates = later_dates(
        closed_at, closes_at, judging_deadline=row.judging_deadline, decision_due=row.decision_due
    )
    columns: dict[str, Any] = {"closes_at": closes_at, **dates}
    return columns, record_of(replace(content, challenge=replace(row, **columns)), now=now)


def _closed_at(challenge: Challenge) -> datetime:
    if challenge.closes_at is None:
        raise Conflict("This challenge has no closing time yet.")
    return challenge.closes_at
