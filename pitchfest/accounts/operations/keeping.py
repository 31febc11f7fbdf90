"""Text of forms that arrived after their session had ended; and removing what is kept for a while."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from pitchfest.accounts import notices
from pitchfest.accounts.models import (
    HalfSignIn,
    OneTimeLink,
    ParkedForm,
    ProofCode,
    SignUp,
    Throttle,
    TwoStep,
    UserSession,
)
from pitchfest.accounts.rules import (
    ABOUT_LATE,
    ABSOLUTE,
    FORGOTTEN_AFTER,
    KEPT_AFTER_USE,
    PARKED_FOR,
    SIGN_UP_KEPT,
)
from pitchfest.accounts.rules.two_step import HALF_IN_LASTS, KEY_LASTS
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Actor

#: So that a stolen old cookie cannot fill the disk.
MOST_PARKED = 20
#: Copies by e-mail of late words from one page, while they are kept.
MOST_COPIES = 3


def park(person_id: int, *, path: str, fields: Sequence[tuple[str, str]], now: datetime) -> int:
    """Keep a form, sealed, for its person for 24 hours; of many the newest twenty. Returns its number.

    `path` is the page that it was filled in on.
    """
    parked: int = db.session.execute(
        insert(ParkedForm)
        .values(person_id=person_id, path=path[:300], body=json.dumps(fields, ensure_ascii=False), at=now)
        .returning(ParkedForm.id)
    ).scalar_one()
    newest = (
        select(ParkedForm.id)
        .where(ParkedForm.person_id == person_id)
        .order_by(ParkedForm.id.desc())
        .limit(MOST_PARKED)
    )
    keep = db.session.execute(newest).scalars().all()
    db.session.execute(
        delete(ParkedForm).where(ParkedForm.person_id == person_id, ParkedForm.id.not_in(keep))
    )
    return parked


def keep_late(
    actor: Actor, *, path: str, words: Sequence[tuple[str, str]], about: str, now: datetime
) -> bool:
    """Keep words that came too late, as `park` does, and send their author a copy, of the same page three
    times at most; whether it was sent. The same words once more are kept and sent already. `about` says in
    a line what they were for.
    """
    before = select(ParkedForm.body).where(ParkedForm.person_id == actor.person_id, ParkedForm.path == path)
    bodies = [json.loads(body) for body in db.session.execute(before.order_by(ParkedForm.id)).scalars()]
    late = [body[1:] for body in bodies if body[0][0] == ABOUT_LATE]
    if (same := [list(word) for word in words]) in late:
        return same in late[:MOST_COPIES]
    parked = park(actor.person_id, path=path, fields=[(ABOUT_LATE, about), *words], now=now)
    if told := len(late) < MOST_COPIES:
        notices.late_words(actor.person_id, parked, now=now)
    return told


def drop_kept(actor: Actor, *, kept_id: int) -> None:
    """The person needs a parked text no longer."""
    db.session.execute(
        delete(ParkedForm).where(ParkedForm.id == kept_id, ParkedForm.person_id == actor.person_id)
    )


def sweep(now: Callable[[], datetime]) -> int:
    """Remove counts of attempts, parked texts, links and sessions that no longer matter; how many.

    Looks before it asks for a write, since it is called every few seconds.
    """
    moment, removed = now(), 0
    for model, condition in _outlived(moment):
        if db.session.execute(select(*model.__table__.primary_key).where(condition).limit(1)).first() is None:
            continue
        with transaction():
            done = db.session.execute(delete(model).where(condition))
            removed += done.rowcount  # type: ignore[attr-defined]
    return removed


def _outlived(moment: datetime) -> list[tuple[Any, Any]]:
    """Table and condition of what goes, what refers to another before that other."""
    sessions_end = moment - ABSOLUTE - KEPT_AFTER_USE
    over = select(UserSession.id).where(UserSession.created_at <= sessions_end)
    in_use = select(OneTimeLink.sign_up_id).where(OneTimeLink.sign_up_id.is_not(None))
    return [
        (Throttle, Throttle.last_at <= moment - FORGOTTEN_AFTER),
        (ParkedForm, ParkedForm.at <= moment - PARKED_FOR),
        (OneTimeLink, OneTimeLink.expires_at <= moment - KEPT_AFTER_USE),
        (ProofCode, ProofCode.session_id.in_(over)),
        (HalfSignIn, HalfSignIn.created_at <= moment - HALF_IN_LASTS),
        (TwoStep, TwoStep.confirmed_at.is_(None) & (TwoStep.made_at <= moment - KEY_LASTS)),
        (UserSession, UserSession.created_at <= sessions_end),
        (SignUp, (SignUp.created_at <= moment - SIGN_UP_KEPT) & SignUp.id.not_in(in_use)),
    ]
