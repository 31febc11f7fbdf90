"""Who is told what, as outbox rows. Bodies are made at delivery, from rows that never change."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import update

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import QuestionRow
from pitchfest.db import db
from pitchfest.mail.operations import chase, enqueue
from pitchfest.mail.rules import MailKind, Message
from pitchfest.pitches.models import PitchInvitation
from pitchfest.pitches.queries import clearing, reminding, sealed, team, versions
from pitchfest.pitches.queries.personal_extensions import personal_extension
from pitchfest.pitches.queries.sent_on import sent_on
from pitchfest.pitches.rules import PitchRight, PitchState
from pitchfest.pitches.rules.answers import differences
from pitchfest.pitches.rules.reading import in_words


def receipt(pitch: sealed.PitchRow, number: int, *, now: datetime) -> None:
    """A sending's receipt, to everyone who can write in the pitch, partners too."""
    _tell("pitch_receipt", pitch.id, now=now, about_sealed=True, writers=True, number=number)


def withdrawn(pitch: sealed.PitchRow, *, now: datetime) -> None:
    """The confirmation of a withdrawal, which takes the place of a letter, to the whole team."""
    _tell("pitch_withdrawn", pitch.id, now=now, about_sealed=pitch.opened_at is None)


def closed(pitch_id: int, *, now: datetime) -> None:
    """The challenge closed before everything written was sent: what counts, and a copy of the rest."""
    _tell("pitch_closed", pitch_id, now=now, about_sealed=True, writers=True)


def asked(pitch_id: int, person_ids: list[int], *, now: datetime) -> None:
    """Something was asked about an opened pitch: to whoever can write in it."""
    for person_id in person_ids:
        enqueue("clarification_wanted", now=now, person_id=person_id, pitch=pitch_id)


def clarified(pitch_id: int, *, now: datetime) -> None:
    """What was asked is answered: a copy to everyone who holds a right on the pitch."""
    _tell("clarification_sent", pitch_id, now=now, about_sealed=False)


def remind(person_id: int, pitch: sealed.PitchRow, *, now: datetime) -> bool:
    """Remind someone that a challenge closes and their pitch is not sent; False when done today."""
    return chase(
        reminding.REMINDER,
        now=now,
        person_id=person_id,
        about=f"pitch:{pitch.reference}",
        about_sealed=True,
        pitch=pitch.id,
    )


def remind_of_questions(person_id: int, pitch: sealed.PitchRow, *, now: datetime) -> bool:
    """Remind someone that what was asked about their pitch is not answered; False when done today."""
    return chase(
        reminding.ANSWER_REMINDER,
        now=now,
        person_id=person_id,
        about=f"pitch:{pitch.reference}",
        pitch=pitch.id,
    )


def missed(person_id: int, pitch: sealed.PitchRow, *, now: datetime) -> bool:
    """A copy of the answers that were saved and not sent before the round of questions ended."""
    return chase(
        reminding.ANSWER_COPY,
        now=now,
        person_id=person_id,
        about=f"pitch:{pitch.reference}",
        about_sealed=True,  # that somebody wrote and never sent is nobody's business
        pitch=pitch.id,
    )


def invited(invitation_id: int, address: str, *, now: datetime) -> None:
    """Someone is asked to work on a pitch. Who has no account is known by the address only, which goes
    as soon as the message has left.
    """
    known = accounts.person_by_email(address)
    enqueue(
        "pitch_invitation",
        now=now,
        person_id=known.id if known else None,
        address=None if known else address,
        about_sealed=True,
        invitation=invitation_id,
    )


def lengthened(extension_id: int, organisation_id: int, *, now: datetime) -> None:
    """One supplier was given more time, or no longer has it: to all its people, whether they pitch or not."""
    for member in accounts.members(organisation_id):
        enqueue("personal_extension", now=now, person_id=member.person_id, extension=extension_id)


def _tell(
    kind: str, pitch_id: int, *, now: datetime, about_sealed: bool, writers: bool = False, **ids: Any
) -> None:
    for person_id in team.to_tell(pitch_id, writers=writers):
        enqueue(kind, now=now, person_id=person_id, about_sealed=about_sealed, pitch=pitch_id, **ids)


def _pitch(message: Message, now: datetime) -> sealed.PitchRow | None:
    assert message.person_id is not None
    return sealed.for_person(message.person_id, message.ids["pitch"], now)


def _copy(
    questions: list[QuestionRow], answers: dict[int, str], *, kept: bool = False, hashes: bool = False
) -> list[tuple[int, str, str]]:
    """(position, question, answer in words) of every question; `kept` and `hashes` as in `in_words`."""
    return [
        (
            q.position,
            q.ask,
            in_words(q.kind, q.options, answers.get(q.id, ""), kept=kept, hashes=hashes) or "No answer",
        )
        for q in questions
    ]


def _load_receipt(message: Message, now: datetime) -> dict[str, Any] | None:
    pitch = _pitch(message, now)
    sending = sealed.sent(pitch.id, message.ids["number"]) if pitch else None
    if pitch is None or sending is None or pitch.removed_at:
        return None
    record = sent_on(pitch, sending)
    return {
        "pitch": pitch,
        "sending": sending,
        "record": record,
        "anchor": sealed.anchor(pitch, sending),
        "copy": [] if sending.link_only else _copy(record.questions, sending.answers, hashes=True),
    }


def _load_withdrawn(message: Message, now: datetime) -> dict[str, Any] | None:
    pitch = _pitch(message, now)
    return {"pitch": pitch} if pitch else None


def _load_closed(message: Message, now: datetime) -> dict[str, Any] | None:
    pitch = _pitch(message, now)
    if pitch is None or pitch.removed_at:
        return None
    sending, latest = sealed.sent(pitch.id), versions.latest(pitch.id)
    written = {question_id: version.text for question_id, version in latest.items()}
    counting = {question_id: version.counting for question_id, version in latest.items()}
    beside = versions.beside(pitch.id, latest)
    wanted = set(differences(sending.answers, counting)) if sending else set(written)
    wanted |= {version.question_id for version in beside}
    with_words = sending is None or not sending.link_only
    questions = [q for q in challenges.questions(pitch.challenge_id) if q.id in wanted and with_words]
    return {
        "pitch": pitch,
        "sending": sending,
        "copy": _copy(questions, written, kept=True),
        "beside": {
            q.position: [
                (version.author_name, in_words(q.kind, q.options, version.text, kept=True) or "No answer")
                for version in beside
                if version.question_id == q.id
            ]
            for q in questions
        },
    }


def _load_unsent(message: Message, now: datetime) -> dict[str, Any] | None:
    pitch = _pitch(message, now)
    if pitch is None or not pitch.unsent or pitch.right != PitchRight.SUBMIT:
        return None
    return {"pitch": pitch, "is_copy": pitch.state == PitchState.SUBMITTED}


def _load_asked(message: Message, now: datetime) -> dict[str, Any] | None:
    """The round, while there is time to answer."""
    pitch = _pitch(message, now)
    asked = clearing.request_about(pitch.id) if pitch else None
    if pitch is None or asked is None or pitch.withdrawn_at or not asked.takes_answers(now):
        return None
    questions = [q for q in challenges.questions(pitch.challenge_id) if q.id in asked.question_ids]
    return {"pitch": pitch, "asked": asked, "questions": questions}


def _load_clarified(message: Message, now: datetime) -> dict[str, Any] | None:
    pitch = _pitch(message, now)
    asked = clearing.request_about(pitch.id) if pitch else None
    if pitch is None or asked is None or asked.answered_at is None or pitch.removed_at:
        return None
    answers = clearing.clarified([pitch.id])[pitch.id]
    questions = [q for q in challenges.questions(pitch.challenge_id) if q.id in answers]
    return {"pitch": pitch, "asked": asked, "copy": _copy(questions, answers)}


def _load_missed(message: Message, now: datetime) -> dict[str, Any] | None:
    pitch = _pitch(message, now)
    asked = clearing.request_about(pitch.id) if pitch else None
    if pitch is None or asked is None or pitch.withdrawn_at or pitch.removed_at or now < asked.until:
        return None
    questions = [q for q in challenges.questions(pitch.challenge_id) if q.id in asked.question_ids]
    written = clearing.missed(clearing.OwnRequest(pitch, asked, tuple(questions)))
    if not written:
        return None
    copy = _copy([q for q in questions if q.id in written], written, kept=True)
    return {"pitch": pitch, "asked": asked, "copy": copy}


def _load_invitation(message: Message, now: datetime) -> dict[str, Any] | None:
    found = team.invitation_to_send(message.ids["invitation"], now)
    return {"invitation": found} if found else None


def _mint_invitation(message: Message, _now: datetime) -> str:
    """A fresh link, which voids the one before; its path on this site."""
    token = secrets.token_urlsafe(32)
    db.session.execute(
        update(PitchInvitation)
        .where(PitchInvitation.id == message.ids["invitation"], team.is_waiting())
        .values(token_hash=accounts.digest(token))
    )
    return f"/pitches/invitations/{token}"


def _load_extension(message: Message, _now: datetime) -> dict[str, Any] | None:
    found = personal_extension(message.ids["extension"])
    if found is None or message.person_id not in {
        m.person_id for m in accounts.members(found.organisation_id)
    }:
        return None
    return {"extension": found}


KINDS: dict[str, MailKind] = {
    "clarification_wanted": MailKind("A question about an opened pitch", load=_load_asked),
    "clarification_sent": MailKind("A question about a pitch is answered", load=_load_clarified),
    reminding.ANSWER_REMINDER: MailKind("Reminder of a question about a pitch", load=_load_asked),
    reminding.ANSWER_COPY: MailKind("An answer that was not sent in time", load=_load_missed),
    "pitch_receipt": MailKind("Receipt for a pitch", load=_load_receipt),
    "pitch_withdrawn": MailKind("A pitch is withdrawn", load=_load_withdrawn),
    "pitch_closed": MailKind("A challenge closed, and what became of the pitch", load=_load_closed),
    "pitch_unsent": MailKind("Reminder of a pitch that is not sent", load=_load_unsent),
    "personal_extension": MailKind("More time for one supplier", load=_load_extension),
    "pitch_invitation": MailKind(
        "Invitation to work on a pitch", load=_load_invitation, mint=_mint_invitation, forgets_address=True
    ),
}
