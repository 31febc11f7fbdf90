"""The rows that every write decides on: locked, authorised, and moved on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select, update

from pitchfest.audit.operations import record_sealed
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, lock
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso, say_moment, say_span
from pitchfest.kernel.errors import Conflict, NotFound, TooLate
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import canonical_json, speakable_code
from pitchfest.pitches.models import Pitch, PitchMember, WaitingEntry
from pitchfest.pitches.queries.sealed import PitchRow, newest_correction, own
from pitchfest.pitches.rules.permissions import PERMISSIONS
from pitchfest.pitches.rules.states import PitchState, takes_pitches


def locked(actor: Actor, reference: str, permission: StrEnum, now: datetime) -> tuple[Pitch, PitchRow]:
    """The pitch, locked until the end of the write, and as the actor sees it.

    Raises NotFound or NotAllowed when the actor may not do this (any more).
    """
    pitch = lock_pitch(reference)
    row = own(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, permission, actor, row)
    return pitch, row


#: Putting a statement together costs as much as running it, and this one runs at every save.
_HELD = select(Pitch.id).where(Pitch.reference == bindparam("reference")).with_for_update()


def held(actor: Actor, reference: str, permission: StrEnum, now: datetime) -> PitchRow:
    """As `locked`, without the pitch itself: for saving an answer, which happens most often."""
    lock(_HELD, {"reference": reference})
    row = own(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, permission, actor, row)
    return row


def lock_pitch(reference: str) -> Pitch:
    """The pitch's row, held until the end of the write. Raises NotFound."""
    pitch = db.session.execute(
        select(Pitch)
        .where(Pitch.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if pitch is None:
        raise NotFound
    return pitch


def new_pitch(
    challenge_id: int, organisation_id: int, state: PitchState, now: datetime, reference: str | None = None
) -> Pitch:
    """A pitch to be added, with a salt of its own and, unless it is preset, a free reference."""
    return Pitch(
        reference=reference or _free_reference(),
        challenge_id=challenge_id,
        organisation_id=organisation_id,
        state=state,
        salt=secrets.token_hex(16),
        created_at=now,
        correction_seen=newest_correction(challenge_id),
    )


def _free_reference() -> str:
    while True:
        reference = f"PF-{speakable_code(4)}"
        taken = db.session.execute(select(Pitch.id).where(Pitch.reference == reference)).scalar_one_or_none()
        if taken is None:
            return reference


def end_assisting(pitch_ids: Collection[int], now: datetime) -> None:
    """End the right of whoever types these pitches for suppliers: they are sealed for them too."""
    db.session.execute(
        update(PitchMember)
        .where(
            PitchMember.pitch_id.in_(sorted(pitch_ids)), PitchMember.assists, PitchMember.until_at.is_(None)
        )
        .values(until_at=now)
        .execution_options(synchronize_session=False)
    )


def hold(pitch_id: int) -> None:
    """Hold a pitch's row until the end of the write, for what the worker does about it."""
    lock(select(Pitch.id).where(Pitch.id == pitch_id).with_for_update())


def lock_challenge(challenge_id: int) -> None:
    """Hold the challenge's row; always before any of its pitches."""
    lock(select(Challenge.id).where(Challenge.id == challenge_id).with_for_update())


def touch_challenge(challenge_id: int) -> None:
    """Count a change in who takes part as a change of the challenge, so that what one person
    proposed before it, another can no longer confirm unseen.
    """
    db.session.execute(
        update(Challenge).where(Challenge.id == challenge_id).values(version=Challenge.version + 1)
    )


def move(pitch: Pitch, target: PitchState, **values: Any) -> None:
    """Write a pitch's next state, if nobody else moved it meanwhile. Raises Conflict."""
    hit = db.session.execute(
        update(Pitch)
        .where(Pitch.id == pitch.id, Pitch.state == pitch.state, Pitch.version == pitch.version)
        .values(state=target, version=Pitch.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if hit.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Someone else changed this pitch at the same moment.")
    db.session.expire(pitch)


def note(actor: Actor, pitch: Pitch, action: str, *, waits: bool, now: datetime, **detail: Any) -> None:
    """Note an act on an unopened pitch in the log, sealed. Where it `waits`, since a supplier has longer, its
    entry is made with the opening: until then the time alone would tell whose it is.
    """
    values = (actor.person_id, pitch.organisation_id, pitch.reference)
    if not waits:
        record_sealed(action, salt=pitch.salt, values=values, now=now, **detail)
        return
    entry = {"action": action, "values": values, "at": iso(now), "detail": detail}
    db.session.add(WaitingEntry(pitch_id=pitch.id, entry=canonical_json(entry)))


def enter_what_waited(challenge_id: int, now: datetime) -> None:
    """Make the entries that waited, oldest first; each says when its act was. Nobody adds one meanwhile."""
    db.session.execute(
        select(Pitch.id).where(Pitch.challenge_id == challenge_id).order_by(Pitch.id).with_for_update()
    )
    rows = db.session.execute(
        select(WaitingEntry, Pitch.salt)
        .join(Pitch, Pitch.id == WaitingEntry.pitch_id)
        .where(Pitch.challenge_id == challenge_id)
        .order_by(WaitingEntry.id)
    ).all()
    for waiting, salt in rows:
        entry = json.loads(waiting.entry)
        values, detail = tuple(entry["values"]), {**entry["detail"], "acted": entry["at"]}
        record_sealed(entry["action"], salt=salt, values=values, now=now, **detail)
        db.session.delete(waiting)
    db.session.flush()


def in_time(row: PitchRow, now: datetime) -> None:
    """Return if the challenge takes pitches at `now`.

    Raises TooLate with the closing time and by how much it was missed, Conflict where the
    challenge takes none for another reason.
    """
    if takes_pitches(row.challenge_state, row.published_at, row.closes_at, now):
        return
    raise too_late(row.closes_at, now)


def too_late(closes_at: datetime | None, now: datetime) -> TooLate | Conflict:
    """The refusal of a write to a challenge that takes no pitches."""
    if closes_at is None or now < closes_at:
        return Conflict("This challenge does not take pitches at the moment.")
    return TooLate(
        f"The challenge closed at {say_moment(closes_at)}. You missed it by {say_span(now - closes_at)}."
    )
