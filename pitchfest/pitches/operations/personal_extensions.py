"""Giving one supplier more time, as an adjustment, and taking it back before the challenge closes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pitchfest.audit.operations import fingerprint, record
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import Conflict, Problem, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import tidy
from pitchfest.pitches import notices
from pitchfest.pitches.models import PersonalExtension
from pitchfest.pitches.operations.roots import lock_challenge
from pitchfest.pitches.queries import another_way
from pitchfest.pitches.queries import personal_extensions as queries
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.personal_extensions import Lengthen, personal_extension_problems

UNKNOWN = Problem("Choose a supplier", "organisation")
TOO_LATE = "The challenge closes within a minute, so this can no longer be taken back."
#: A write may wait for its turn; whatever the supplier sends after closing then waits behind it.
SURE = timedelta(minutes=1)
HAS_ONE = Problem("This supplier has longer already. Take that back first", "organisation")


def lengthen(
    actor: Actor, *, reference: str, organisation_id: int, closes_at: datetime, reason: str, now: datetime
) -> None:
    """Give one supplier until `closes_at`, and tell its people. The log names it, and holds no reason.

    Whether it pitches is not known. Raises RuleViolation with what is wrong, NotAllowed for who may not,
    or once the challenge has closed.
    """
    found = another_way.entry(actor=actor, now=now, reference=reference)
    lock_challenge(found.challenge.id)
    found = another_way.entry(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.LENGTHEN, actor, found)
    challenge, words = found.challenge, tidy(reason)
    assert challenge.closes_at is not None
    facts = Lengthen(challenge.closes_at, closes_at, words, challenge.judging_deadline)
    problems = [Problem(text, field) for text, field in personal_extension_problems(facts)]
    if organisation_id not in dict(queries.suppliers()):
        problems.append(UNKNOWN)
    if problems:
        raise RuleViolation(*problems)
    row = PersonalExtension(
        challenge_id=challenge.id,
        organisation_id=organisation_id,
        closes_at=closes_at,
        withheld_from=challenge.closes_at,
        reason=words,
        salt=secrets.token_hex(16),
        by_id=actor.person_id,
        at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise RuleViolation(HAS_ONE) from error
    record(
        actor,
        "pitches.lengthen",
        f"challenge:{reference}",
        now=now,
        organisation=organisation_id,
        closes_at=iso(closes_at),
        reason=fingerprint(row.salt, words),
    )
    notices.lengthened(row.id, organisation_id, now=now)


def take_back_extension(actor: Actor, *, reference: str, extension_id: int, now: datetime) -> None:
    """End it while the challenge is open, so that the supplier has as long as everyone, and tell its people.

    Raises NotFound where there is none, NotAllowed for who may not, or once the challenge has closed.
    """
    page = queries.granted(actor=actor, now=now, reference=reference, extension_id=extension_id)
    lock_challenge(page.challenge.id)
    page = queries.granted(actor=actor, now=now, reference=reference, extension_id=extension_id)
    authorise(PERMISSIONS, Permission.LENGTHEN, actor, page)
    if page.challenge.closes_at is not None and now > page.challenge.closes_at - SURE:
        raise RuleViolation(TOO_LATE)
    row = db.session.execute(
        select(PersonalExtension)
        .where(PersonalExtension.id == extension_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if row.ended_at is not None:
        raise Conflict("This was taken back already.")
    row.ended_at, row.ended_by_id = now, actor.person_id
    db.session.flush()
    organisation_id = row.organisation_id
    record(actor, "pitches.take_back_longer", f"challenge:{reference}", now=now, organisation=organisation_id)
    notices.lengthened(row.id, organisation_id, now=now)
