"""Sessions: beginning by one step or two, ending, rotating, and proving once more that it is you."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import insert, select, update

from pitchfest.accounts import queries
from pitchfest.accounts.models import HalfSignIn, Person, ProofCode, UserSession
from pitchfest.accounts.rules import SEEN_EVERY, proved
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotAllowed, ProofNeeded
from pitchfest.mail.operations import enqueue

_SESSION, _HALF = UserSession.__table__.c, HalfSignIn.__table__.c


def start_session(
    person_id: int,
    *,
    now: datetime,
    browser: str = "",
    demo: bool = False,
    proved: bool = False,
    stepped: bool = False,
) -> str:
    """Sign a person in; the token that the browser's cookie is to hold.

    `proved` counts the sign-in itself as a proof; `stepped`: the second step is done. Raises NotAllowed
    when the account is disabled, or asks for a second step that is not; a demonstration's one click needs
    none.
    """
    if not (stepped or demo) and queries.two_step(person_id):
        raise NotAllowed("This account asks for a code as well. Sign in again.")
    token = _begin(person_id, now=now, browser=browser, demo=demo, proved=proved)
    db.session.execute(update(Person).where(Person.id == person_id).values(signed_in_at=now, warned_at=None))
    return token


def _begin(person_id: int, *, now: datetime, browser: str, demo: bool, proved: bool) -> str:
    disabled = db.session.execute(
        select(Person.id).where(Person.id == person_id, Person.disabled_at.is_(None))
    ).scalar_one_or_none()
    if disabled is None:
        raise NotAllowed("This account is not in use any more.")
    token = secrets.token_urlsafe(32)
    db.session.execute(
        insert(UserSession).values(
            person_id=person_id,
            token_hash=queries.digest(token),
            browser=browser[:80],
            created_at=now,
            last_seen_at=now,
            proved_at=now if proved else None,
            demo=demo,
        )
    )
    return token


def start_half(person_id: int, *, now: datetime) -> str:
    """The first step is done: the token by which the browser may do the second, for ten minutes."""
    token = secrets.token_urlsafe(32)
    db.session.execute(
        insert(HalfSignIn).values(person_id=person_id, token_hash=queries.digest(token), created_at=now)
    )
    return token


def end_half(token: str, *, now: datetime) -> bool:
    """A browser waits for its code no more. False when another request was first."""
    ended = db.session.execute(
        update(HalfSignIn)
        .where(_HALF.token_hash == queries.digest(token), _HALF.ended_at.is_(None))
        .values(ended_at=now)
    )
    return ended.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def end_session(token: str, *, now: datetime) -> None:
    """Sign out: the session of a token ends, if it has not yet."""
    _end(_SESSION.token_hash == queries.digest(token), now=now)


def end_session_of(actor: Actor, *, session_id: int, now: datetime) -> None:
    """End one of the person's own sessions, such as that of a lost phone."""
    _end(_SESSION.id == session_id, _SESSION.person_id == actor.person_id, now=now)


def end_all_sessions(person_id: int, *, now: datetime, but: int | None = None) -> None:
    """End every session of a person, but one where it is named, and those that wait for a code."""
    db.session.execute(
        update(HalfSignIn).where(_HALF.person_id == person_id, _HALF.ended_at.is_(None)).values(ended_at=now)
    )
    _end(_SESSION.person_id == person_id, _SESSION.id != (but or 0), now=now)


def rotate_session(actor: Actor, *, now: datetime) -> str | None:
    """Give the session a new id, since the person's rights changed; the new token.

    The 12 hours count on from the sign-in. None when the session has ended meanwhile.
    """
    old = db.session.execute(
        select(_SESSION.created_at, _SESSION.browser, _SESSION.demo)
        .where(_SESSION.id == actor.session_id, _SESSION.ended_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if old is None:
        return None
    token = _begin(actor.person_id, now=now, browser=old.browser, demo=old.demo, proved=False)
    new = _SESSION.token_hash == queries.digest(token)
    db.session.execute(update(UserSession).where(new).values(created_at=old.created_at))
    _end(_SESSION.id == actor.session_id, now=now)
    return token


def see_session(session_id: int, *, now: datetime) -> None:
    """Write down that a session is in use, at most every 15 minutes."""
    db.session.execute(
        update(UserSession)
        .where(
            _SESSION.id == session_id, _SESSION.ended_at.is_(None), _SESSION.last_seen_at <= now - SEEN_EVERY
        )
        .values(last_seen_at=now)
    )


def require_proof(actor: Actor, now: datetime) -> None:
    """Raise ProofNeeded unless the person proved within the last five minutes that it is them."""
    if not proved(actor, now):
        raise ProofNeeded


def prove(actor: Actor, *, now: datetime) -> None:
    """Record that the person has just proved that it is them. The caller has checked how."""
    db.session.execute(update(UserSession).where(_SESSION.id == actor.session_id).values(proved_at=now))


def send_code(actor: Actor, *, now: datetime) -> None:
    """Send a code by e-mail to a person, for the session they ask from. Codes sent before end."""
    db.session.execute(
        update(ProofCode)
        .where(ProofCode.session_id == actor.session_id, ProofCode.used_at.is_(None))
        .values(used_at=now)
    )
    code = ProofCode(session_id=actor.session_id, created_at=now, failures=0)
    db.session.add(code)
    db.session.flush()
    enqueue("proof_code", now=now, person_id=actor.person_id, code=code.id)


def code_is_right(actor: Actor, *, code: str, now: datetime) -> bool:
    """Whether the code is the one sent for this session. A right one is used up, a wrong one counted."""
    found = queries.proof_code(actor.session_id or 0, now)
    if found is None:
        return False
    code_id, code_hash = found
    right = secrets.compare_digest(code_hash, queries.digest(code.upper().replace(" ", "")))
    values = {"used_at": now} if right else {"failures": ProofCode.failures + 1}
    db.session.execute(update(ProofCode).where(ProofCode.id == code_id).values(values))
    return right


def _end(*which: object, now: datetime) -> None:
    db.session.execute(
        update(UserSession)
        .where(*which, _SESSION.ended_at.is_(None))  # type: ignore[arg-type]
        .values(ended_at=now)
    )
