"""The clock's part at closing, and the opening by two people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, true, update

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.audit.operations import record
from pitchfest.challenges import operations as challenges
from pitchfest.challenges import queries as challenge_queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import OPENING_PAUSE, ChallengeState, OpenPitches, QuestionKind, QuestionRow
from pitchfest.db import db
from pitchfest.kernel.actor import SYSTEM, Actor, Role
from pitchfest.kernel.clock import iso, say_moment
from pitchfest.kernel.errors import Conflict, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import canonical_json
from pitchfest.pitches import notices
from pitchfest.pitches.models import OpenedAnswer, Opening, Pitch, PitchMember
from pitchfest.pitches.operations.roots import end_assisting, enter_what_waited
from pitchfest.pitches.queries import another_way, sealed
from pitchfest.pitches.queries import personal_extensions as personal
from pitchfest.pitches.queries import revealed as queries
from pitchfest.pitches.rules.answers import asked_pence, is_file, parse_file
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import PitchState

NEEDS_LEAD = "One of the two people must be the procurement lead. Ask the lead to confirm."


def seal_at_closing(challenge_id: int, now: datetime) -> None:
    """Settle sent pitches as sealed and drafts as lapsed, two minutes after closing at the
    earliest, when every write that arrived in time has had its turn. Whoever has longer is left until
    their time is over.

    The entry in the log is dated at the closing time and counts only what was sent: that
    somebody wrote and never sent is nobody's business. There is none where no number may be told. Of a
    cancelled challenge nobody is told and nothing is counted here: the cancelling did both.
    """
    closes_at, state = db.session.execute(
        select(Challenge.closes_at, Challenge.state).where(Challenge.id == challenge_id).with_for_update()
    ).one()
    cancelled = state == ChallengeState.CANCELLED
    if not cancelled and (closes_at is None or now < closes_at + OPENING_PAUSE):
        return
    due = true() if cancelled else ~personal.has_time(now)
    unfinished = sealed.unfinished(challenge_id, due=due)
    end_assisting(unfinished, now)
    for pitch_id in [] if cancelled else unfinished:
        notices.closed(pitch_id, now=now)
    settled = _settle(challenge_id, PitchState.SUBMITTED, PitchState.SEALED, due)
    _settle(challenge_id, PitchState.DRAFT, PitchState.LAPSED, due)
    if settled and not cancelled and closes_at is not None and not personal.withheld(challenge_id, now):
        reference = challenge_queries.by_id(challenge_id, now).reference
        record(SYSTEM, "pitches.seal", f"challenge:{reference}", now=closes_at, pitches=settled)
    db.session.flush()


def unseal(actor: Actor, challenge_id: int, closed_at: datetime, now: datetime) -> None:
    """Undo what the clock did at `closed_at`, since the challenge takes pitches again: sealed pitches are
    sent ones, lapsed ones drafts, and whoever typed one for a supplier goes on.

    Where nothing was settled yet there is nothing to undo. What was mailed stays mailed.
    """
    lapsed = select(Pitch.id).where(Pitch.challenge_id == challenge_id, Pitch.state == PitchState.LAPSED)
    db.session.execute(
        update(PitchMember)
        .where(PitchMember.pitch_id.in_(lapsed), PitchMember.assists, PitchMember.until_at >= closed_at)
        .values(until_at=None)
        .execution_options(synchronize_session=False)
    )
    undone = _settle(challenge_id, PitchState.SEALED, PitchState.SUBMITTED, true())
    _settle(challenge_id, PitchState.LAPSED, PitchState.DRAFT, true())
    if undone and not personal.withheld(challenge_id, now):
        reference = challenge_queries.by_id(challenge_id, now).reference
        record(actor, "pitches.unseal", f"challenge:{reference}", now=now, pitches=undone)
    db.session.flush()


def _settle(challenge_id: int, source: PitchState, target: PitchState, due: ColumnElement[bool]) -> int:
    result = db.session.execute(
        update(Pitch)
        .where(Pitch.challenge_id == challenge_id, Pitch.state == source, due)
        .values(state=target, version=Pitch.version + 1)
        .execution_options(synchronize_session=False)
    )
    return result.rowcount  # type: ignore[attr-defined,no-any-return]


def propose_opening(actor: Actor, *, reference: str, now: datetime) -> None:
    """Put the opening forward for a second person.

    Raises RuleViolation before two minutes after closing, Conflict when the pitches are open or
    it was proposed already, ProofNeeded without a fresh proof.
    """
    challenge = _ready(actor, reference, now)
    accounts.propose(
        actor,
        kind=ActKind.OPEN_PITCHES,
        object=f"challenge:{reference}",
        object_version=challenge.version,
        payload={},
        now=now,
    )


def take_back_opening(actor: Actor, *, reference: str, now: datetime) -> None:
    """Take one's own proposal back."""
    challenge = challenge_queries.by_reference(reference, now)
    authorise(PERMISSIONS, Permission.OPENING_ACT, actor, challenge)
    accounts.take_back(actor, kind=ActKind.OPEN_PITCHES, object=f"challenge:{reference}", now=now)


def confirm_opening(actor: Actor, *, reference: str, now: datetime) -> int:
    """Be the second person: the pitches are opened now, in this write; how many there are.

    Raises RuleViolation when the two may not open together or neither is the procurement lead,
    Conflict when nothing waits for a second person, ProofNeeded without a fresh proof.
    """
    challenge = _ready(actor, reference, now)
    closed_at = personal.last_closing(challenge)
    assert closed_at is not None
    act = accounts.confirm(
        actor,
        kind=ActKind.OPEN_PITCHES,
        object=f"challenge:{reference}",
        object_version=challenge.version,
        practice=challenge.practice,
        now=now,
    )
    leads = {person.id for person in people.staff(Role.LEAD, now=now)}
    if not leads & {act.proposer_id, actor.person_id}:
        raise RuleViolation(NEEDS_LEAD)
    seal_at_closing(challenge.id, now)
    facts = OpenPitches(now=now, closes_at=closed_at, first_id=act.proposer_id, second_id=actor.person_id)
    challenges.advance(actor, challenge.id, "open_pitches", facts, now=now)
    enter_what_waited(challenge.id, now)
    listed = _open(challenge.id, now)
    _write_record(actor, challenge, act.proposer_id, act.exceptions, listed, now)
    db.session.flush()
    return len(listed)


def _ready(actor: Actor, reference: str, now: datetime) -> challenge_queries.ChallengeRow:
    """The challenge with its closing settled, once the actor may open and the pause is over."""
    challenge = challenge_queries.by_reference(reference, now)
    authorise(PERMISSIONS, Permission.OPENING_ACT, actor, challenge)
    challenges.close(challenge.id, now)
    challenge = challenge_queries.by_reference(reference, now)
    closed_at = personal.last_closing(challenge)
    if closed_at is None or now < closed_at + OPENING_PAUSE:
        raise RuleViolation(_too_early(challenge, closed_at))
    if queries.is_opened(challenge.id):
        raise Conflict("The pitches of this challenge are open already.")
    if challenge.effective != ChallengeState.CLOSED:
        raise Conflict("The challenge was cancelled, so its pitches stay sealed.")
    return challenge


def _too_early(challenge: challenge_queries.ChallengeRow, closed_at: datetime | None) -> str:
    if closed_at is None or closed_at == challenge.closes_at:
        return "Pitches can be opened from two minutes after closing."
    until = say_moment(closed_at)
    return f"A supplier has longer, until {until}. Pitches can be opened from two minutes later."


def _open(challenge_id: int, now: datetime) -> list[dict[str, Any]]:
    """Write the opened copy of every sealed pitch; what the record and the log say of each."""
    pitches = list(
        db.session.execute(
            select(Pitch)
            .where(Pitch.challenge_id == challenge_id, Pitch.state == PitchState.SEALED)
            .order_by(Pitch.reference)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).scalars()
    )
    sent = sealed.last_sent([pitch.id for pitch in pitches])
    questions = challenge_queries.questions(challenge_id)
    received = another_way.received_files([pitch.id for pitch in pitches])
    answers, listed = [], []
    for pitch in pitches:
        sending = sent[pitch.id]
        answers += [{"pitch_id": pitch.id, "question_id": q, "text": t} for q, t in sending.answers.items()]
        price = asked_pence(questions, sending.answers)
        pitch.state, pitch.opened_at, pitch.price_pence = PitchState.OPENED, now, price or None
        pitch.version += 1
        listed.append(
            {
                "reference": pitch.reference,
                "organisation_id": pitch.organisation_id,
                "salt": pitch.salt,
                "received": iso(sending.at),
                "number": sending.number,
                "sha256": sending.sha256,
                "files": _files(questions, sending.answers, received.get(pitch.id)),
            }
        )
    db.session.flush()
    if answers:
        db.session.execute(insert(OpenedAnswer), answers)
    return listed


def _files(
    questions: Sequence[QuestionRow], answers: Mapping[int, str], received: tuple[int, str] | None
) -> list[dict[str, Any]]:
    """Size and SHA-256 of each file of a pitch, by the position of its question; None is the file in which
    the pitch came. Names are a supplier's words, and go with them when their time is over.
    """
    asked = [q for q in questions if q.kind == QuestionKind.FILE]
    held = [(q.position, parse_file(answers[q.id])) for q in asked if is_file(answers.get(q.id, ""))]
    listed = [{"question": at, "size": file.size, "sha256": file.sha256} for at, file in held]
    came = [{"question": None, "size": received[0], "sha256": received[1]}] if received else []
    return [*came, *listed]


def _in_longer_time(
    challenge_id: int, closed: str, listed: list[dict[str, Any]], opened: dict[str, queries.OpenedPitch]
) -> dict[str, dict[str, str]]:
    """reference → until when its supplier had longer, of pitches that came since it closed for everyone."""
    until = {key: at for key, (_, at) in personal.longer_by_name(challenge_id).items()}
    late = [entry["reference"] for entry in listed if entry["received"] >= closed]
    names = {reference: opened[reference].organisation_name.casefold() for reference in late}
    return {ref: {"longer_until": iso(until[name])} for ref, name in names.items() if name in until}


def _write_record(
    actor: Actor,
    challenge: challenge_queries.ChallengeRow,
    first_id: int,
    exceptions: Sequence[str],
    listed: list[dict[str, Any]],
    now: datetime,
) -> None:
    """The opening's own record for people, and its entry in the log, which reveals the salts."""
    opened = {p.reference: p for p in queries.opened(challenge.id)}
    ways = another_way.ways([p.id for p in opened.values()])
    how = {reference: ways[pitch.id].code for reference, pitch in opened.items()}
    closed = iso(challenge.closes_at) if challenge.closes_at else ""
    longer = _in_longer_time(challenge.id, closed, listed, opened)
    body = {
        "challenge": challenge.reference,
        "closed": iso(challenge.closes_at) if challenge.closes_at else None,
        "pitches": [
            {
                "reference": entry["reference"],
                "organisation": opened[entry["reference"]].organisation_name,
                "received": entry["received"],
                "sha256": entry["sha256"],
                "files": entry["files"],
                "how": how[entry["reference"]],
                **longer.get(entry["reference"], {}),
            }
            for entry in listed
        ],
        "withdrawn_before": queries.withdrawn_before_opening(challenge.id),
        "exceptions": list(exceptions),
    }
    text = canonical_json(body)
    db.session.execute(
        insert(Opening).values(
            challenge_id=challenge.id, at=now, first_id=first_id, second_id=actor.person_id, record=text
        )
    )
    record(
        actor,
        "pitches.open",
        f"challenge:{challenge.reference}",
        now=now,
        first=f"person:{first_id}",
        second=f"person:{actor.person_id}",
        exceptions=list(exceptions),
        withdrawn_before=body["withdrawn_before"],
        pitches=[
            {
                **{key: entry[key] for key in ("reference", "organisation_id", "salt", "received", "sha256")},
                "how": how[entry["reference"]],
                **({"files": [file["sha256"] for file in entry["files"]]} if entry["files"] else {}),
                **longer.get(entry["reference"], {}),
            }
            for entry in listed
        ],
    )
