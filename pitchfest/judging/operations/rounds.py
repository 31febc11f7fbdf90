"""What every write of judging begins with: the challenge's row held, and the right to write."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, select

from pitchfest.audit.operations import fingerprint
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, lock
from pitchfest.judging import queries
from pitchfest.judging.models import Deputy, PanelMember
from pitchfest.judging.rules import PERMISSIONS, Permission, Round
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import count_words, tidy

SENT_OUT = "You are not cleared for this pitch, so you are not in the room for it. Someone else settles it."


def held(challenge_id: int) -> None:
    """Hold a challenge's row until the end of the transaction, so that its round stands still."""
    lock(select(Challenge.id).where(Challenge.id == challenge_id).with_for_update())


def opened(actor: Actor, permission: Permission, reference: str, *, now: datetime) -> Round:
    """The round, its challenge held, once `actor` is allowed. Raises NotFound or NotAllowed."""
    held(queries.round_of(actor=actor, now=now, reference=reference).id)
    round_ = queries.round_of(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, permission, actor, round_)
    return round_


def check_in_the_room(round_: Round, pitch_id: int, said: queries.Said | None = None) -> None:
    """Raise NotAllowed where whoever meets the round judges it too, and is not cleared for this pitch.
    `said`: what was declared, where it was read already.
    """
    if not queries.may_know(round_, pitch_id, said or queries.declaration_states(round_.id)):
        raise NotAllowed(SENT_OUT)


def member(round_: Round, member_id: int) -> PanelMember:
    """A judge of this round who still judges. Raises NotFound."""
    row = db.session.get(PanelMember, member_id)
    if row is None or row.challenge_id != round_.id or row.released_at is not None:
        raise NotFound
    return row


def end_deputy(member_id: int, pitch_id: int) -> None:
    """Whoever is recused from a pitch no longer writes what its supplier reads; the log has who was named."""
    db.session.execute(delete(Deputy).where(Deputy.pitch_id == pitch_id, Deputy.panel_member_id == member_id))


def reason_of(text: str, *, field: str = "reason") -> str:
    """A reason that stays in the record, tidied. Raises RuleViolation when it says too little."""
    reason = tidy(text)
    if count_words(reason) < 3:
        raise RuleViolation("Give the reason in a sentence: it stays in the record", field=field)
    return reason


def hashed(reason: str) -> dict[str, str]:
    """What the log holds of a reason, so that erasing the reason leaves the log valid."""
    salt = secrets.token_hex(16)
    return {"reason_salt": salt, "reason_hash": fingerprint(salt, reason)}
