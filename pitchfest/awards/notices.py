"""Who is told what, as outbox rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pitchfest.awards import queries
from pitchfest.mail.operations import enqueue
from pitchfest.mail.rules import Context, MailKind, Message


def letters_released(letters: Iterable[queries.PreviewLetter], *, now: datetime) -> None:
    """Everyone with a right on a pitch is sent its letter."""
    for letter in letters:
        for person_id in letter.member_ids:
            enqueue("letter", now=now, person_id=person_id, pitch_id=letter.pitch_id)


def _letter(message: Message, _now: datetime) -> Context | None:
    if message.person_id is None:
        return None
    body = queries.letter_for(message.ids["pitch_id"], message.person_id)
    return {"letter": body} if body else None


KINDS: dict[str, MailKind] = {"letter": MailKind("Letter about the decision", load=_letter)}
