"""Publication by the clock: a person sets the time, the worker publishes when it comes."""

from __future__ import annotations

from datetime import datetime

from pitchfest.audit import operations as audit
from pitchfest.challenges import notices, queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.operations.door import by_clock, fire, locked, opened_for
from pitchfest.challenges.operations.freezing import record_of
from pitchfest.challenges.operations.review import UNSCHEDULED, became_public
from pitchfest.challenges.rules import (
    ChallengeRow,
    ChallengeState,
    Permission,
    Schedule,
    schedule_problems,
    short_problem,
)
from pitchfest.db import db
from pitchfest.kernel.actor import SYSTEM, Actor
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import Problem, RuleViolation


def schedule(
    actor: Actor, *, reference: str, at: datetime, now: datetime, expected_version: int | None = None
) -> None:
    """Have the clock publish an approved challenge at `at`, or at another time than was set before.

    Duties may still be undone: they hold it up only when the time comes. Raises RuleViolation for a
    time that has passed, is not before closing, or leaves suppliers too little of it.
    """
    challenge = opened_for(actor, Permission.PUBLISH, reference, expected_version=expected_version, now=now)
    row = queries.by_id(challenge.id, now)
    facts = Schedule(now=now, at=at, closes_at=row.closes_at, short=_short(row, at))
    if problems := schedule_problems(facts):
        raise RuleViolation(*(Problem(message, "at") for message in problems))
    fire(
        actor,
        challenge,
        "schedule",
        facts,
        now=now,
        detail={"at": iso(at)},
        scheduled_for=at,
        scheduled_by_id=actor.person_id,
        held_at=None,
    )


def _short(row: ChallengeRow, at: datetime) -> str:
    chosen = queries.route(row)
    return short_problem(row, chosen, at, queries.agreed_at(row)) if chosen else ""


def publish_on_time(challenge_id: int, now: datetime) -> None:
    """Publish a scheduled challenge whose time has come; where something stands in the way, it stays
    as it is and the procurement leads are told, once.

    In the log the clock publishes; the record names who set the time. It is dated when it happens,
    since until then nobody could read it.
    """
    challenge = locked(Challenge.id == challenge_id)
    due, by_id = challenge.scheduled_for, challenge.scheduled_by_id
    if challenge.state != ChallengeState.SCHEDULED or due is None or by_id is None or now < due:
        return
    content = queries.content(challenge_id, now)
    record = record_of(content, now=now)
    try:
        by_clock(
            challenge,
            "publish_on_time",
            queries.publish_facts(content.challenge, now),
            at=now,
            detail={"number": record.number, "sha256": record.sha256, "due": iso(due)},
            published_at=now,
            **UNSCHEDULED,
        )
    except RuleViolation:
        _hold(challenge, now)
        return
    became_public(by_id, challenge, record, now=now)


def _hold(challenge: Challenge, now: datetime) -> None:
    if challenge.held_at is not None:
        return
    challenge.held_at = now
    db.session.flush()
    audit.record(SYSTEM, "challenge.hold", f"challenge:{challenge.reference}", now=now)
    notices.tell_held(challenge.reference, now=now)
