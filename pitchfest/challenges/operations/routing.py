"""The route of a challenge: the officer's answers, the procurement lead's yes, and the duties done."""

from __future__ import annotations

from datetime import datetime

from pitchfest.audit import operations as audit
from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge, ChallengeDuty, ChallengeRoute
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.operations.writing import touch
from pitchfest.challenges.rules import (
    LARGEST_BUDGET,
    Answers,
    Chosen,
    Evidence,
    Permission,
    answer_problems,
    closed_because,
    date_problems,
    record_problems,
    same_result,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import Conflict, Problem, RuleViolation
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.text import tidy


def answer_route(
    actor: Actor,
    *,
    reference: str,
    answers: Answers,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Answer the five questions; other answers than before void the procurement lead's yes, and where they
    lead to another route or other duties, what was recorded of duties no longer counts.

    Raises RuleViolation where the answers contradict themselves.
    """
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    problems = answer_problems(answers)
    if answers.value_pence > LARGEST_BUDGET:
        problems.append((f"It can be {say_pounds(LARGEST_BUDGET)} at most, VAT included", "value_pence"))
    if problems:
        raise RuleViolation(*(Problem(message, field) for message, field in problems))
    before = queries.route(queries.by_id(challenge.id, now))
    if before is not None and before.stored and before.answers == answers:
        return
    edition = 1
    if before is not None:
        edition = before.edition + (not same_result(before.answers, answers))
    chosen = Chosen(answers, edition=edition)
    _store(challenge, chosen)
    touch(
        actor, challenge, "answer_route", now=now, route=chosen.route.value, value_pence=answers.value_pence
    )


def confirm_route(
    actor: Actor, *, reference: str, now: datetime, expected_version: int | None = None
) -> None:
    """The procurement lead's one yes to answers and route. Raises Conflict where nobody answered."""
    challenge = opened_for(
        actor, Permission.CONFIRM_ROUTE, reference, expected_version=expected_version, now=now
    )
    chosen = queries.route(queries.by_id(challenge.id, now))
    if chosen is None:
        raise Conflict("Nobody has answered the five questions about the route yet.")
    if chosen.confirmed_at is not None:
        return
    row = _store(challenge, chosen)
    row.confirmed_by_id, row.confirmed_at = actor.person_id, now
    db.session.flush()
    audit.record(
        actor,
        "challenge.confirm_route",
        f"challenge:{reference}",
        now=now,
        route=chosen.route.value,
        value_pence=chosen.answers.value_pence,
    )


def record_duty(
    actor: Actor,
    *,
    reference: str,
    key: str,
    evidence: str,
    at: datetime | None,
    not_needed_because: str,
    now: datetime,
) -> None:
    """Record that a duty is done, with its evidence, or why it is not needed. What was recorded
    before stays in the record; the newest counts.

    `at`: when the notice was published; for a statement it is the moment of writing. Raises NotFound
    for a duty that the challenge does not have, RuleViolation without evidence or before its time.
    """
    challenge = opened_for(actor, Permission.RECORD_DUTY, reference, expected_version=None, now=now)
    settle_route(challenge, now)
    row = queries.by_id(challenge.id, now)
    facts = queries.duty_facts(row, key, now)
    duty, evidence, because = facts.duty, tidy(evidence), tidy(not_needed_because)
    if reason := closed_because(row, duty, facts.step):
        raise RuleViolation(reason)
    problems = record_problems(duty, evidence=evidence, at=at, not_needed_because=because, now=now)
    if is_notice := bool(evidence) and duty.evidence == Evidence.NOTICE:
        problems += date_problems(facts.step, at=at)
    if problems:
        raise RuleViolation(*(Problem(message, field) for message, field in problems))
    when = at if at is not None and is_notice else now
    record = ChallengeDuty(
        challenge_id=challenge.id,
        edition=facts.edition,
        key=key,
        evidence=evidence,
        at=when,
        not_needed_because=because,
        by_id=actor.person_id,
        recorded_at=now,
    )
    db.session.add(record)
    db.session.flush()
    audit.record(
        actor,
        "challenge.record_duty",
        f"challenge:{reference}",
        now=now,
        duty=key,
        needed=not because,
        at=iso(when),
        words=audit.fingerprint(f"{reference}:duty:{record.id}", evidence or because),
    )


def settle_route(challenge: Challenge, now: datetime) -> None:
    """Write down what a small round counted as until now, so that publishing freezes it."""
    chosen = queries.route(queries.by_id(challenge.id, now))
    if chosen is not None and not chosen.stored:
        _store(challenge, chosen)
        db.session.flush()


def _store(challenge: Challenge, chosen: Chosen) -> ChallengeRoute:
    """The challenge's row with these answers, not confirmed."""
    answers = chosen.answers
    return db.session.merge(
        ChallengeRoute(
            challenge_id=challenge.id,
            buying=answers.buying,
            value_pence=answers.value_pence,
            others=answers.others,
            instead=answers.instead,
            research=answers.research,
            route=chosen.route,
            edition=chosen.edition,
            confirmed_by_id=None,
            confirmed_at=None,
        )
    )
