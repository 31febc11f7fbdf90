"""Handing over: another officer looks after a challenge, or another person decides."""

from __future__ import annotations

import secrets
from datetime import datetime

from pitchfest.accounts import queries as accounts
from pitchfest.audit import operations as audit
from pitchfest.challenges import notices
from pitchfest.challenges.models import Challenge, HandOver
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.rules import Part, Permission
from pitchfest.db import db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.kernel.text import count_words, tidy


def hand_over(
    actor: Actor,
    *,
    reference: str,
    person_id: int,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Make another officer the one who looks after a challenge; both are told.

    Nobody becomes an author by this. Raises RuleViolation for somebody who is no officer or has it
    already, and without a reason.
    """
    challenge = opened_for(actor, Permission.HAND_OVER, reference, expected_version=expected_version, now=now)
    officers = {person.id for person in accounts.staff(Role.OFFICER, now=now)}
    if person_id not in officers - {challenge.officer_id}:
        raise RuleViolation("Choose another innovation officer", field="person")
    _pass_on(actor, challenge, Part.OFFICER, challenge.officer_id, person_id, reason, now=now)
    challenge.officer_id = person_id
    db.session.flush()


def name_decision_maker(
    actor: Actor,
    *,
    reference: str,
    person_id: int,
    reason: str,
    was_on_panel: bool,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Name another decision-maker than the brief as published does; both and the approvers are told.

    Judging, which alone knows the panel, says in the same transaction whether the person is or was
    on it. Raises RuleViolation for a judge, for oneself, for who does not work here, and without a
    reason.
    """
    challenge = opened_for(
        actor, Permission.NAME_DECIDER, reference, expected_version=expected_version, now=now
    )
    before = challenge.decision_maker_id
    assert before is not None  # a challenge is not published without
    here = {person.id for person in accounts.staff(now=now)}
    checks = (
        (person_id not in here - {before}, "Choose someone else who works here"),
        (person_id == actor.person_id, "You cannot name yourself. Choose someone else"),
        (was_on_panel, "This person is or was on the panel. Someone who did not judge must decide"),
    )
    problems = [Problem(message, "person") for wrong, message in checks if wrong]
    if problems:
        raise RuleViolation(*problems)
    _pass_on(actor, challenge, Part.DECISION_MAKER, before, person_id, reason, now=now)
    challenge.decision_maker_id = person_id
    db.session.flush()


def _pass_on(
    actor: Actor, challenge: Challenge, part: Part, from_id: int, to_id: int, reason: str, *, now: datetime
) -> None:
    why = tidy(reason)
    if count_words(why) < 3:
        raise RuleViolation("Give the reason in a sentence: it stays in the record", field="reason")
    row = HandOver(
        challenge_id=challenge.id,
        part=part,
        from_id=from_id,
        to_id=to_id,
        by_id=actor.person_id,
        at=now,
        reason=why,
    )
    db.session.add(row)
    challenge.version += 1
    db.session.flush()
    salt = secrets.token_hex(16)
    audit.record(
        actor,
        "challenge.hand_over",
        f"challenge:{challenge.reference}",
        now=now,
        version=challenge.version,
        part=part,
        before=f"person:{from_id}",
        after=f"person:{to_id}",
        reason_salt=salt,
        reason_hash=audit.fingerprint(salt, why),
    )
    notices.handed_over(row.id, challenge.reference, part, [from_id, to_id], now=now)
