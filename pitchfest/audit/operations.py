"""Operations collect entries here; `transaction()` appends them last, under the head's lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pitchfest.audit.models import AuditEntry, AuditHead
from pitchfest.audit.rules import FORMAT, entry_hash, salted_hash
from pitchfest.db import Write, db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso
from pitchfest.kernel.text import canonical_json

_PENDING = "pitchfest.audit.pending"


def record(actor: Actor, action: str, object: str, *, now: datetime, **detail: Any) -> None:  # noqa: A002
    """Add an entry at the end of the running transaction.

    `action` is `feature.verb`, `object` a reference such as `challenge:CH-2026-004`. `detail`
    holds JSON values; names, addresses and free text do not belong there (see `fingerprint`).
    """
    _collect(
        actor=f"person:{actor.person_id}" if actor.person_id else "system",
        role=actor.role_text if actor.person_id else "system",
        action=action,
        object=object,
        at=now,
        detail=detail,
    )


def record_sealed(
    action: str, *, salt: str, values: tuple[object, ...], now: datetime, **detail: Any
) -> None:
    """Add an entry on an unopened pitch: actor, organisation and object are one salted hash.

    The salt is sealed with the pitch; the opening's entry reveals it, so that anyone can then
    check that `salted_hash(salt, *values)` is what stands here.
    """
    _collect(
        actor="sealed",
        role="sealed",
        action=action,
        object=f"sealed:{salted_hash(salt, *values)}",
        at=now,
        detail=detail,
    )


def fingerprint(salt: str, text: str) -> str:
    """What the log holds of a name, an address or a reason, so that erasure leaves it valid."""
    return salted_hash(salt, text)


def _collect(*, at: datetime, detail: dict[str, Any], **columns: str) -> None:
    pending = db.session().info.setdefault(_PENDING, [])
    pending.append({**columns, "at": iso(at), "detail": canonical_json(detail), "format": FORMAT})


def forget_pending(write: Write) -> None:
    """First step of a transaction: nothing that an earlier, rolled-back one collected survives."""
    write.session.info.pop(_PENDING, None)


def append_pending(write: Write) -> None:
    """Last step of a transaction: number the collected entries and chain them.

    Leaves `seq:hash` of the newest entry in `write.notes["anchor"]`.
    """
    pending = write.session.info.pop(_PENDING, [])
    if not pending:
        return
    seq, previous = _lock_head(write.session)
    rows = []
    for entry in pending:
        seq += 1
        row = {**entry, "seq": seq, "prev_hash": previous}
        row["hash"] = previous = entry_hash(row)
        rows.append(row)
    write.session.execute(insert(AuditEntry), rows)
    write.session.execute(update(AuditHead).where(AuditHead.id == 1).values(seq=seq, hash=previous))
    write.notes["anchor"] = f"{seq}:{previous}"


def _lock_head(session: Session) -> tuple[int, str]:
    head = session.execute(
        select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    ).one()
    return head.seq, head.hash
