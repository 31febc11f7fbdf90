"""Removing what is past its time: by hand, from the command line, or every night."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from pitchfest.accounts.operations import privacy as accounts
from pitchfest.accounts.operations import require_proof
from pitchfest.accounts.queries import privacy as account_queries
from pitchfest.audit.operations import fingerprint, record
from pitchfest.db import db, transaction
from pitchfest.db.engine import empty_journal
from pitchfest.kernel.actor import SYSTEM, Actor
from pitchfest.kernel.errors import RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.privacy import Privacy, Purge
from pitchfest.privacy import queries
from pitchfest.privacy.models import PurgeRun, PurgeSwitch, RetentionSetting
from pitchfest.privacy.notices import unused as tell_unused
from pitchfest.privacy.operations.erasing import erase_unused
from pitchfest.privacy.rules import (
    PERMISSIONS,
    WARNED_FOR,
    Category,
    Permission,
    night_has_come,
    period_problem,
)

#: How many go in one write, so that nobody else waits long for their turn.
BATCH = 50


def set_period(actor: Actor, *, category: Category, days: int | None, reason: str, now: datetime) -> None:
    """Keep a category for so many days from now on. Raises RuleViolation, NotFound for a built-in one."""
    authorise(PERMISSIONS, Permission.RETENTION, actor)
    before = queries.period(category=category)
    if problem := period_problem(days):
        raise RuleViolation(problem, field="days")
    if not reason:
        raise RuleViolation("Say why, and on whose advice", field="reason")
    db.session.merge(
        RetentionSetting(category=category, days=days, reason=reason, by_id=actor.person_id, at=now)
    )
    was = before.keeps.days if before.keeps else None
    record(
        actor,
        "retention.set",
        f"retention:{category}",
        now=now,
        was=was,
        days=days,
        reason=fingerprint(category, reason),
    )
    db.session.flush()


def set_nightly(actor: Actor, *, nightly: bool, now: datetime) -> None:
    """Let the worker purge every night, or stop it."""
    authorise(PERMISSIONS, Permission.RETENTION, actor)
    require_proof(actor, now)
    db.session.merge(PurgeSwitch(id=1, nightly=nightly, by_id=actor.person_id, at=now))
    record(actor, "retention.nightly", "retention", now=now, nightly=nightly)
    db.session.flush()


def purge(actor: Actor, *, parts: Privacy, now: datetime) -> dict[str, int]:
    """Remove all that is past its time, batch by batch, each in a write of its own; counts by category.

    Begins and ends its own writes. One entry in the log says what went, also when a batch failed after
    others: what failed is tried again at the next purge.
    """
    if actor is not SYSTEM:
        authorise(PERMISSIONS, Permission.RETENTION, actor)
        require_proof(actor, now)
    warn_unused(now)
    removed: dict[str, int] = {}
    try:
        for row in queries.periods():
            category, keeps = row.line.category, row.keeps
            if keeps is not None and category in parts.purges:
                removed[category] = 0
                while count := _batch(parts.purges[category], now - keeps, now):
                    removed[category] += count
    finally:
        with transaction():
            db.session.add(
                PurgeRun(at=now, by_id=actor.person_id or None, removed=json.dumps(removed, sort_keys=True))
            )
            record(actor, "retention.purge", "retention", now=now, removed=removed)
    empty_journal()
    return removed


def _batch(each: Purge, before: datetime, now: datetime) -> int:
    with transaction():
        return each.remove(before, now, BATCH)


def nightly(parts: Privacy, now: Callable[[], datetime]) -> int:
    """The worker's part: the purge, once each night, where an administrator has switched it on."""
    if not queries.nightly():
        return 0
    moment, last = now(), queries.last_run()
    if not night_has_come(last.at if last else None, moment):
        return 0
    return sum(purge(SYSTEM, parts=parts, now=moment).values())


def warn_unused(now: datetime) -> int:
    """Write to people whose account will be past its time in 30 days; how many."""
    keeps = queries.period(category=Category.ACCOUNTS).keeps
    assert keeps is not None
    warned = 0
    while ids := account_queries.to_warn(now - keeps + WARNED_FOR, BATCH):
        with transaction():
            for person_id in ids:
                accounts.warn(person_id, now)
                tell_unused(person_id, now=now)
        warned += len(ids)
    return warned


def close_unused(parts: Privacy, before: datetime, now: datetime, most: int) -> int:
    """Erase at most so many people who were warned 30 days ago and did not come back."""
    closed = 0
    for person_id in account_queries.to_close(before, now - WARNED_FOR):
        if closed == most:
            break
        closed += erase_unused(person_id, parts=parts, now=now)
    return closed


def remove_invitations(parts: Privacy, before: datetime, now: datetime, most: int) -> int:
    """Delete about so many invitations that nobody accepted, and erase those who are known by nothing
    else. Whom something still needs, such as the chair of a round under way, stays with the invitation.
    """
    removed = 0
    for person_id, never_came in account_queries.unanswering(before):
        if removed >= most:
            break
        if never_came and not erase_unused(person_id, parts=parts, now=now):
            continue
        removed += accounts.remove_invitations(person_id, before)
    return removed
