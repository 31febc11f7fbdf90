"""Staff's side of questions: deciding on secrecy, drafting, signing and publishing, replacing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from pitchfest.audit import operations as audit
from pitchfest.challenges import notices, queries
from pitchfest.challenges.models import Challenge, Clarification, ClarificationEdit, PublishedAnswer
from pitchfest.challenges.operations.asking import held, move
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.operations.news import announce
from pitchfest.challenges.rules import (
    CLARIFICATION,
    PERMISSIONS,
    Answering,
    ChallengeState,
    ClarificationState,
    NewsKind,
    Permission,
    Secrecy,
    answer_problem,
    question_problem,
    reason_problem,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotFound, Problem, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import tidy


def decide_secrecy(
    actor: Actor,
    *,
    reference: str,
    clarification_id: int,
    agree: bool,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """The lead's word on a question that someone wants kept confidential: agree, so that the asker
    alone is answered, or offer to publish or to withdraw it. The asker reads the reason.

    Raises RuleViolation without a reason or where nobody asked for it, Conflict once it is drafted.
    """
    challenge, row = _held_for(
        actor, Permission.SIGN_ANSWER, reference, clarification_id, now, expected_version
    )
    words = tidy(reason)
    if problem := reason_problem(words):
        raise RuleViolation(problem, field="reason")
    action = "agree" if agree else "offer"
    target = _fire(actor, challenge, row, action, reason=words)
    secrecy = Secrecy.AGREED if agree else row.secrecy
    move(row, target, now, secrecy=secrecy, said=words, decided_by_id=actor.person_id)
    reason_hash = audit.fingerprint(f"{reference}:{row.id}", words)
    _record(actor, challenge, row, action, now, reason=reason_hash)
    if not agree:
        notices.tell_asker(row.id, reference, now=now)


def draft_answer(
    actor: Actor,
    *,
    reference: str,
    clarification_id: int,
    question: str,
    answer: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Save the wording of question and answer. Whoever saves is an author and cannot sign it.

    Raises RuleViolation for wordings that are empty or too long, and while secrecy is undecided.
    """
    challenge, row = _held_for(actor, Permission.ANSWER, reference, clarification_id, now, expected_version)
    question, answer = tidy(question), tidy(answer)
    problems = ((question_problem(question), "question"), (answer_problem(answer), "answer"))
    if wrong := [Problem(words, field) for words, field in problems if words]:
        raise RuleViolation(*wrong)
    target = _fire(actor, challenge, row, "draft")
    if (row.question, row.answer) == (question, answer):
        return
    move(row, target, now, question=question, answer=answer, drafted_by_id=actor.person_id)
    _add_authors(row, {actor.person_id}, now)
    _record(actor, challenge, row, "draft", now)


def sign_answer(
    actor: Actor,
    *,
    reference: str,
    clarification_id: int,
    now: datetime,
    expected_version: int | None = None,
) -> int | None:
    """Sign an answer that somebody else wrote: in the same write it is published to everyone under the
    next number, which is returned, and all who hold a pitch are told. One that was agreed to be
    confidential goes to its asker alone, without a number.

    Raises RuleViolation for an author's own signature, Conflict unless it is drafted.
    """
    challenge, row = _held_for(
        actor, Permission.SIGN_ANSWER, reference, clarification_id, now, expected_version
    )
    private = row.secrecy == Secrecy.AGREED
    action = "answer_privately" if private else "publish"
    target = _fire(actor, challenge, row, action)
    number = None if private else _publish(actor, challenge, row, now)
    move(row, target, now, signed_by_id=actor.person_id, signed_at=now)
    words = audit.fingerprint(f"{reference}:{row.id}", f"{row.question}\n{row.answer}")
    _record(actor, challenge, row, action, now, number=number, words=words)
    if number is not None:
        announce(challenge, NewsKind.ANSWERED, number, now=now)
    notices.tell_asker(row.id, reference, now=now)
    return number


def _publish(actor: Actor, challenge: Challenge, row: Clarification, now: datetime) -> int:
    """Write the next numbered answer; the challenge's row is held, so no number is given twice."""
    if row.supersedes is not None:
        _supersede(actor, challenge, row.supersedes, now)
    number = queries.last_number(challenge.id) + 1
    db.session.add(
        PublishedAnswer(
            challenge_id=challenge.id,
            clarification_id=row.id,
            number=number,
            question=row.question,
            answer=row.answer,
            supersedes=row.supersedes,
            drafted_by_id=row.drafted_by_id,
            signed_by_id=actor.person_id,
            at=now,
        )
    )
    db.session.flush()
    return number


def _supersede(actor: Actor, challenge: Challenge, number: int, now: datetime) -> None:
    earlier = held(challenge.id, _published_as(challenge.id, number), None)
    move(earlier, _fire(actor, challenge, earlier, "supersede"), now)
    _record(actor, challenge, earlier, "supersede", now, number=number)


def link_duplicate(
    actor: Actor,
    *,
    reference: str,
    clarification_id: int,
    number: int | None,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Answer a question by the published answer that it asks for again. Raises RuleViolation where
    there is no such number, and while secrecy is undecided.
    """
    challenge, row = _held_for(actor, Permission.ANSWER, reference, clarification_id, now, expected_version)
    if row.supersedes is not None or number not in {a.number for a in queries.answers(challenge.id)}:
        raise RuleViolation("Choose an answer that is published", field="number")
    move(row, _fire(actor, challenge, row, "link"), now, duplicate_of=number)
    _record(actor, challenge, row, "link", now, number=number)
    notices.tell_asker(row.id, reference, now=now)


def start_correction(actor: Actor, *, reference: str, number: int, now: datetime) -> int:
    """Begin a new entry that will replace a published answer; its id, or that of the one begun before.

    What is published stays as it is. It begins with the published words, so whoever wrote in those is an
    author of the new entry too. Raises NotFound without such an answer, Conflict where it is replaced
    already or the challenge has closed.
    """
    challenge = _opened(actor, Permission.ANSWER, reference, now)
    earlier = held(challenge.id, _published_as(challenge.id, number), None)
    begun = db.session.execute(
        select(Clarification.id).where(
            Clarification.challenge_id == challenge.id,
            Clarification.supersedes == number,
            Clarification.state == ClarificationState.DRAFTED,
        )
    ).scalar_one_or_none()
    if begun is not None:
        return begun
    if earlier.state != ClarificationState.PUBLISHED or challenge.state != ChallengeState.OPEN:
        raise Conflict("This answer is replaced already, or the challenge has closed.")
    row = Clarification(
        challenge_id=challenge.id,
        state=ClarificationState.DRAFTED,
        state_since=now,
        received_at=now,
        question=earlier.question,
        answer=earlier.answer,
        drafted_by_id=actor.person_id,
        supersedes=number,
    )
    db.session.add(row)
    db.session.flush()
    _add_authors(row, {actor.person_id, *queries.answer_authors(earlier.id)}, now)
    _record(actor, challenge, row, "begin_correction", now, number=number)
    return row.id


def drop_correction(
    actor: Actor,
    *,
    reference: str,
    clarification_id: int,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Give up a correction that is not published. Raises RuleViolation for a supplier's question."""
    challenge, row = _held_for(actor, Permission.ANSWER, reference, clarification_id, now, expected_version)
    move(row, _fire(actor, challenge, row, "drop"), now, supersedes=None)
    _record(actor, challenge, row, "drop", now)


def _held_for(
    actor: Actor,
    permission: Permission,
    reference: str,
    clarification_id: int,
    now: datetime,
    expected_version: int | None,
) -> tuple[Challenge, Clarification]:
    """Challenge and question, both held, once the actor is allowed. Late ones are not there for staff."""
    challenge = _opened(actor, permission, reference, now)
    queries.clarification_page(actor=actor, now=now, reference=reference, clarification_id=clarification_id)
    return challenge, held(challenge.id, clarification_id, expected_version)


def _opened(actor: Actor, permission: Permission, reference: str, now: datetime) -> Challenge:
    """The challenge, held, once the actor is allowed: by their roles, and as no supplier's person."""
    challenge = opened_for(actor, Permission.VIEW_STAFF, reference, expected_version=None, now=now)
    page = queries.answering_page(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, permission, actor, page)
    return challenge


def _fire(
    actor: Actor, challenge: Challenge, row: Clarification, action: str, reason: str = ""
) -> ClarificationState:
    facts = Answering(
        is_open=challenge.state == ChallengeState.OPEN,
        secrecy=row.secrecy,
        is_author=actor.person_id in queries.answer_authors(row.id),
        reason=reason,
        is_correction=row.supersedes is not None,
    )
    return CLARIFICATION.fire(row.state, action, facts).target


def _published_as(challenge_id: int, number: int) -> int:
    found = db.session.execute(
        select(PublishedAnswer.clarification_id).where(
            PublishedAnswer.challenge_id == challenge_id, PublishedAnswer.number == number
        )
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _add_authors(row: Clarification, people: set[int], now: datetime) -> None:
    db.session.add_all(
        ClarificationEdit(clarification_id=row.id, person_id=person, at=now) for person in sorted(people)
    )
    db.session.flush()


def _record(
    actor: Actor, challenge: Challenge, row: Clarification, action: str, now: datetime, **detail: Any
) -> None:
    audit.record(
        actor,
        f"question.{action}",
        f"question:{challenge.reference}/{row.id}",
        now=now,
        version=row.version,
        **detail,
    )
