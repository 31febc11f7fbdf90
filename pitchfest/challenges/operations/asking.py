"""A supplier's questions: asking, letting one be published, and taking one back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select

from pitchfest.audit.operations import record_sealed
from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge, Clarification, ClarificationAsker
from pitchfest.challenges.operations.door import locked, settle_closing
from pitchfest.challenges.rules import (
    ASKED_WITHIN,
    CLARIFICATION,
    MOST_PENDING,
    PERMISSIONS,
    Asking,
    ChallengeState,
    ClarificationState,
    Permission,
    Secrecy,
    asked_until,
    question_problem,
    reason_problem,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, Problem, RuleViolation, StaleForm
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import tidy


def ask(
    actor: Actor, *, reference: str, text: str, wish: str | None = None, now: datetime
) -> timedelta | None:
    """Put a question about a published challenge; `wish` is why it should stay confidential, None
    where it need not. None, or by how much it came too late: then it is kept for its asker alone.

    The log's entry holds no person. Raises Conflict where the challenge ended before its time,
    RuleViolation for a text that is too short or long, for more than 20 questions that nothing has become
    of, or for more than 20 within 24 hours, withdrawn or not.
    """
    page = queries.asking_page(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.ASK, actor, page)
    challenge = locked(Challenge.id == page.challenge.id)
    settle_closing(challenge, now)
    text, wish = tidy(text), None if wish is None else tidy(wish)
    if problems := _problems(text, wish):
        raise RuleViolation(*problems)
    if challenge.closes_at is None:
        raise Conflict("This challenge takes no questions.")
    until = asked_until(challenge.questions_until, challenge.closes_at)
    late = now >= until
    if not late and challenge.state != ChallengeState.OPEN:
        raise Conflict("This challenge takes no questions any more.")
    _expect_few(actor.person_id, challenge.id, late=late, now=now)
    row = Clarification(
        challenge_id=challenge.id,
        state=ClarificationState.RECEIVED,
        state_since=now,
        received_at=now,
        asked=text,
        secrecy=Secrecy.NONE if wish is None else Secrecy.ASKED,
        wish=wish or "",
    )
    if late:
        row.state = CLARIFICATION.fire(row.state, "refuse_late", Asking(now, until)).target
    db.session.add(row)
    db.session.flush()
    salt = secrets.token_hex(16)
    db.session.add(ClarificationAsker(clarification_id=row.id, person_id=actor.person_id, salt=salt))
    db.session.flush()
    _log("refuse_late" if late else "ask", actor, challenge, row, now)
    return now - until if late else None


def _expect_few(person_id: int, challenge_id: int, *, late: bool, now: datetime) -> None:
    """Raise RuleViolation where the person has as many questions about the challenge as anyone may."""
    if queries.pending(person_id, challenge_id, late=late) >= MOST_PENDING:
        words = f"You have {MOST_PENDING} questions here that wait. Withdraw one, or wait for an answer"
        raise RuleViolation(words, field="question")
    if not late and queries.asked_since(person_id, challenge_id, now - ASKED_WITHIN) >= MOST_PENDING:
        words = f"You asked {MOST_PENDING} questions here in the last 24 hours. Ask again tomorrow"
        raise RuleViolation(words, field="question")


def _problems(text: str, wish: str | None) -> list[Problem]:
    problems = [(question_problem(text), "question")]
    if wish is not None:
        problems.append((reason_problem(wish), "wish"))
    return [Problem(words, field) for words, field in problems if words]


class OwnAct(Protocol):
    """What a person does with a question of their own."""

    def __call__(
        self,
        actor: Actor,
        *,
        reference: str,
        clarification_id: int,
        expected_version: int | None,
        now: datetime,
    ) -> None: ...


def let_publish(
    actor: Actor, *, reference: str, clarification_id: int, expected_version: int | None, now: datetime
) -> None:
    """Take up the lead's offer: the question may be published like any other. Raises NotFound for
    anyone else's question, Conflict where nothing was offered.
    """
    _own_step(
        actor,
        reference,
        clarification_id,
        "let_publish",
        expected_version,
        now,
        secrecy=Secrecy.LIFTED,
    )


def withdraw_question(
    actor: Actor, *, reference: str, clarification_id: int, expected_version: int | None, now: datetime
) -> None:
    """Take a question back before it is answered. Raises as `let_publish` does."""
    _own_step(actor, reference, clarification_id, "withdraw", expected_version, now)


def _own_step(
    actor: Actor,
    reference: str,
    clarification_id: int,
    action: str,
    expected_version: int | None,
    now: datetime,
    **columns: object,
) -> None:
    found = queries.public(reference, now, actor)
    queries.own_question(actor.person_id, found.id, clarification_id)
    challenge = locked(Challenge.id == found.id)
    row = held(challenge.id, clarification_id, expected_version)
    move(row, CLARIFICATION.fire(row.state, action, None).target, now, **columns)
    _log(action, actor, challenge, row, now)


def _log(action: str, actor: Actor, challenge: Challenge, row: Clarification, now: datetime) -> None:
    record_sealed(
        f"question.{action}",
        salt=queries.salt_of(row.id),
        values=(actor.person_id, challenge.reference, row.id),
        now=now,
        challenge=challenge.reference,
    )


def held(challenge_id: int, clarification_id: int, expected_version: int | None) -> Clarification:
    """The question's row, held until the end of the write; the challenge's is held by the caller.

    Raises StaleForm when it is not at the version that the person saw.
    """
    row = db.session.execute(
        select(Clarification)
        .where(Clarification.id == clarification_id, Clarification.challenge_id == challenge_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if expected_version is not None and row.version != expected_version:
        raise StaleForm(
            "Someone changed this question, or it was withdrawn, after you opened your page. "
            "Nothing was overwritten."
        )
    return row


def move(row: Clarification, target: ClarificationState, now: datetime, **columns: object) -> None:
    """Carry out a step of the table on a held row: a new version of it."""
    if row.state != target:
        row.state, row.state_since = target, now
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1
    db.session.flush()
