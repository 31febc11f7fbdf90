"""Sending a pitch and withdrawing it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, update

from pitchfest.accounts import queries as accounts
from pitchfest.audit.operations import record
from pitchfest.audit.rules import salted_hash
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import QuestionRow
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso, london_day, say_moment
from pitchfest.kernel.errors import Conflict, Problem, RuleViolation, StaleForm
from pitchfest.kernel.text import canonical_json
from pitchfest.pitches import notices
from pitchfest.pitches.models import AssistedPitch, Pitch, Submission, SubmittedAnswer, SubmittedOrganisation
from pitchfest.pitches.operations.findings import keep_lowest_price
from pitchfest.pitches.operations.roots import (
    end_assisting,
    in_time,
    lock_challenge,
    locked,
    move,
    note,
    touch_challenge,
)
from pitchfest.pitches.operations.writing import finish_all
from pitchfest.pitches.queries import sealed as queries
from pitchfest.pitches.queries import versions
from pitchfest.pitches.rules.answers import differences, problems
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.receipts import organisation_details, receipt_body, receipt_sha256
from pitchfest.pitches.rules.states import PITCH, PitchState, Send, Withdraw

DECLARE = Problem("Tick the box to say that you may send this pitch", "declared")
READ_BACK = Problem("Read the pitch back to the supplier, then tick the box to say so", "read_back")
CORRECTED = Problem(
    "The challenge was corrected after you began. Nothing was sent. Read what changed, check your answers, "
    "and say so; then send it"
)
AGREED = Problem("Tick the box to say that the supplier wants it sent", "declared")


def submit(
    actor: Actor,
    *,
    reference: str,
    declared: bool,
    read_back: bool = False,
    link_only: bool = False,
    expected_version: int | None,
    now: datetime,
) -> int:
    """Send the pitch as it stands; the number of this sending, from 1. With `link_only` its messages
    lead to the words and do not hold them.

    From now on it counts, in place of what was sent before. Raises RuleViolation with all that
    is missing or too long, where the challenge was corrected and nobody looked again, or where it was
    sent since the page was opened and is as it was sent; StaleForm
    when someone wrote in it after `expected_version` was shown, TooLate after closing, Conflict when
    the pitch was withdrawn. Whoever types it for a supplier has `read_back` it to them, and cannot
    open it any more from now on.
    """
    pitch, row = locked(actor, reference, Permission.SUBMIT, now)
    if row.withdrawn_at is None:
        in_time(row, now)
    if expected_version is not None and expected_version != row.version:
        _refuse_if_sent(row)
        raise StaleForm(_who_wrote(row))
    if row.to_check_again:  # also stops a form that was opened before the correction
        raise RuleViolation(CORRECTED)
    questions, last = challenges.questions(row.challenge_id), queries.sent(row.id)
    latest = versions.latest(row.id)
    counting = {q.id: latest[q.id] for q in questions if q.id in latest}
    target = PITCH.fire(row.state, "submit", Send(_in_the_way(row, questions, counting, last, now))).target
    _declare(row, declared=declared, read_back=read_back)
    number = last.number + 1 if last else 1
    sha256 = freeze(
        actor,
        pitch,
        row.challenge_reference,
        number=number,
        questions=questions,
        latest=counting,
        at=now,
        link_only=link_only,
    )
    history = _history_digest(pitch)
    note(actor, pitch, "pitch.submit", waits=row.log_waits, now=now, sha256=sha256, history=history)
    if row.assists:
        _seal_from_assistant(pitch.id, now)
    notices.receipt(row, number, now=now)
    finish_all(pitch.id)
    move(pitch, target, changing_since=None)
    db.session.flush()
    return number


def _in_the_way(
    row: queries.PitchRow,
    questions: list[QuestionRow],
    counting: Mapping[int, versions.Version],
    last: queries.Sent | None,
    now: datetime,
) -> tuple[str, ...]:
    """What stops these answers from being sent, in words."""
    answers = {question_id: version.counting for question_id, version in counting.items()}
    two_texts = {v.question_id for v in versions.beside(row.id, counting)}
    missing = tuple(p.message for p in problems(questions, answers, two_texts, today=london_day(now)))
    if last is not None and not missing and not differences(last.answers, answers):
        return ("Nothing differs from what you sent last, so there is nothing to send.",)
    return missing


def _declare(row: queries.PitchRow, *, declared: bool, read_back: bool) -> None:
    """Raises RuleViolation with what the sender has yet to say."""
    if row.assists and not (declared and read_back):
        raise RuleViolation(*([] if read_back else [READ_BACK]), *([] if declared else [AGREED]))
    if not declared:
        raise RuleViolation(DECLARE)


def _seal_from_assistant(pitch_id: int, now: datetime) -> None:
    """From its sending on the pitch is sealed for whoever typed it, as for everybody else."""
    end_assisting([pitch_id], now)
    db.session.execute(
        update(AssistedPitch).where(AssistedPitch.pitch_id == pitch_id).values(read_back_at=now)
    )


def freeze(
    actor: Actor,
    pitch: Pitch,
    challenge: str,
    *,
    number: int,
    questions: list[QuestionRow],
    latest: Mapping[int, versions.Version],
    at: datetime,
    as_received: str = "",
    link_only: bool = False,
) -> str:
    """Write a sending down, received at `at`; the SHA-256 that its receipt shows.

    `as_received` is the hash of what was received elsewhere, "" for a pitch sent through the form.
    """
    snapshot, random = challenges.newest_snapshot(pitch.challenge_id), secrets.token_hex(16)
    organisation = _details(accounts.organisation(pitch.organisation_id))
    body = receipt_body(
        reference=pitch.reference,
        challenge=challenge,
        snapshot_sha256=snapshot.sha256 if snapshot else "",
        number=number,
        at=at,
        answers={q.position: latest[q.id].counting for q in questions if q.id in latest},
        random=random,
        as_received=as_received,
        organisation=organisation,
    )
    sending = Submission(
        pitch_id=pitch.id,
        number=number,
        at=at,
        by_id=actor.person_id,
        random=random,
        sha256=receipt_sha256(body),
        link_only=link_only,
    )
    db.session.add(sending)
    db.session.flush()
    if organisation:
        db.session.add(SubmittedOrganisation(submission_id=sending.id, details=canonical_json(organisation)))
    if latest:
        db.session.execute(
            insert(SubmittedAnswer),
            [
                {"submission_id": sending.id, "question_id": question_id, "answer_version_id": version.id}
                for question_id, version in sorted(latest.items())
            ],
        )
    return sending.sha256


def _details(of: accounts.OrganisationRow) -> dict[str, str]:
    """What is kept of who sends it; nothing in practice, where an organisation is called after a person."""
    if of.practice:
        return {}
    return organisation_details(name=of.name, place=of.place, size=of.size, number=of.number)


def _history_digest(pitch: Pitch) -> str:
    """One salted digest of every version written so far: how drafts enter the log."""
    written = [
        [v.id, v.question_id, v.author_id, iso(v.at), hashlib.sha256(v.text.encode()).hexdigest()]
        for v in versions.every_version(pitch.id)
    ]
    return salted_hash(pitch.salt, canonical_json(written))


def _refuse_if_sent(row: queries.PitchRow) -> None:
    """Raises RuleViolation where what changed since the page was opened is that the pitch was sent."""
    last = queries.sent(row.id) if row.state == PitchState.SUBMITTED and not row.changing_since else None
    if last is not None:
        raise RuleViolation(f"{last.by_name} sent this pitch already, at {say_moment(last.at)}. It is in.")


def _who_wrote(row: queries.PitchRow) -> str:
    newest = max(versions.latest(row.id).values(), key=lambda v: v.id, default=None)
    if newest is None:
        return "Someone changed this pitch after you opened the page. Check the answers, then send it."
    return (
        f"{newest.author_name} changed this pitch after you opened the page. "
        "Nothing was sent. Check the answers again, then send it."
    )


def withdraw(actor: Actor, *, reference: str, now: datetime) -> None:
    """Take the pitch out, for good: possible until the letters are released.

    Before the opening nothing but a count remains for the region; after it the pitch stays in
    the record and leaves ranking and price comparison. Raises RuleViolation after release,
    Conflict when it was withdrawn already or never sent in time.
    """
    challenge_id = queries.own(actor=actor, now=now, reference=reference).challenge_id
    lock_challenge(challenge_id)
    pitch, row = locked(actor, reference, Permission.WITHDRAW, now)
    if row.withdrawn_at is not None:
        raise Conflict("This pitch was withdrawn already.")
    step = PITCH.fire(row.state, "withdraw", Withdraw(row.challenge_state))
    was_opened = row.opened_at is not None
    if was_opened:
        record(actor, "pitch.withdraw", f"pitch:{reference}", now=now)
    else:
        note(actor, pitch, "pitch.withdraw", waits=row.log_waits, now=now)
    if row.assists:
        end_assisting([pitch.id], now)
    notices.withdrawn(row, now=now)
    move(pitch, step.target, withdrawn_at=now, changing_since=None)
    if was_opened:
        keep_lowest_price(challenge_id)
        touch_challenge(challenge_id)
    db.session.flush()
