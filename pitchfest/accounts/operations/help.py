"""The help desk: a code to read out, who looked by it, and the error pages people got."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from pitchfest.accounts import queries
from pitchfest.accounts.models import SupportCode, SupportLook, Trouble
from pitchfest.accounts.rules import (
    HELP_CODE_LASTS,
    HELP_CODE_LENGTH,
    PERMISSIONS,
    TROUBLES_KEPT,
    Permission,
    plain_code,
)
from pitchfest.audit import operations as audit
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import speakable_code

_CODE, _TROUBLE = SupportCode.__table__.c, Trouble.__table__.c
WRONG_CODE = "That code is not in use. Ask for it once more, or ask them to make a new one"


def make_help_code(actor: Actor, *, now: datetime) -> str:
    """A new code for half an hour, in place of the person's earlier one. Only its hash is kept."""
    end_help_code(actor, now=now)
    code = speakable_code(HELP_CODE_LENGTH)
    db.session.execute(
        insert(SupportCode).values(
            person_id=actor.person_id,
            code_hash=queries.digest(code),
            created_at=now,
            expires_at=now + HELP_CODE_LASTS,
        )
    )
    return code


def end_help_code(actor: Actor, *, now: datetime) -> None:
    """The person's code, if there is one, stops working at once, also for those who look now."""
    db.session.execute(
        update(SupportCode)
        .where(_CODE.person_id == actor.person_id, _CODE.ended_at.is_(None))
        .values(ended_at=now)
    )


def look(actor: Actor, *, code: str, now: datetime) -> int:
    """Look at the technical facts of whoever read this code out; the look's id.

    Its person sees who looked, and when. The caller has counted the attempt. The log does not name
    the person: asking for help may be because of a pitch. Raises RuleViolation for a code that
    does not work.
    """
    authorise(PERMISSIONS, Permission.HELP_DESK, actor)
    found = db.session.execute(
        select(_CODE.id).where(
            _CODE.code_hash == queries.digest(plain_code(code)),
            _CODE.ended_at.is_(None),
            _CODE.expires_at > now,
        )
    ).scalar_one_or_none()
    if found is None:
        raise RuleViolation(WRONG_CODE, field="code")
    look_id: int = db.session.execute(
        insert(SupportLook).values(code_id=found, by_id=actor.person_id, at=now).returning(SupportLook.id)
    ).scalar_one()
    audit.record(actor, "support.look", f"look:{look_id}", now=now)
    return look_id


def note_trouble(person_id: int, *, request_id: str, status: int, endpoint: str, now: datetime) -> None:
    """Note an error page that a person got; the newest twenty of each person are kept."""
    db.session.execute(
        insert(Trouble).values(
            person_id=person_id, at=now, request_id=request_id[:20], status=status, endpoint=endpoint[:80]
        )
    )
    kept = (
        select(_TROUBLE.id)
        .where(_TROUBLE.person_id == person_id)
        .order_by(_TROUBLE.id.desc())
        .limit(TROUBLES_KEPT)
    )
    db.session.execute(delete(Trouble).where(_TROUBLE.person_id == person_id, _TROUBLE.id.not_in(kept)))
