"""Following a challenge, or every new one, by e-mail and without an account."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from pitchfest.accounts.rules import address_problem, tidy_address
from pitchfest.challenges import notices, queries
from pitchfest.challenges.models import Follower
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotFound, RuleViolation

#: Whoever asks again within this gets no second mail; and an address gets so many in that time at most,
#: whatever it is asked to follow, or anybody could flood it.
QUIET = timedelta(days=1)
MOST_ASKED = 3
#: What nobody confirms is forgotten after this.
UNCONFIRMED_FOR = timedelta(days=7)
MOST_AT_ONCE = 1_000


def follow(address: str, *, challenge_id: int | None, theme: str = "", now: datetime) -> None:
    """Write to an address to ask whether it wants news of the challenge, or (without one) of each new
    challenge, perhaps only of those with a theme.

    The same happens whether or not it follows already, so that nobody learns who does. Raises
    RuleViolation for what is no address.
    """
    address = tidy_address(address)
    if problem := address_problem(address):
        raise RuleViolation(problem, field="email")
    row = db.session.execute(
        select(Follower)
        .where(
            Follower.address == address,
            Follower.theme == theme,
            Follower.challenge_id.is_(None)
            if challenge_id is None
            else Follower.challenge_id == challenge_id,
        )
        .with_for_update()
    ).scalar_one_or_none()
    if queries.follow_asked_since(address, now - QUIET) >= MOST_ASKED:
        return
    if row is None:
        row = Follower(
            challenge_id=challenge_id,
            theme=theme,
            address=address,
            token=secrets.token_urlsafe(32),
            asked_at=now,
        )
        db.session.add(row)
        db.session.flush()
    elif now < row.asked_at + QUIET:
        return
    row.asked_at = now
    db.session.flush()
    notices.ask_follower(row.address, row.id, now=now)


def confirm_following(token: str, *, now: datetime) -> None:
    """Whoever reads the address's mail says yes; a second time changes nothing. Raises NotFound."""
    row = _held(token)
    if row.confirmed_at is None:
        row.confirmed_at = now
        db.session.flush()


def stop_following(token: str) -> None:
    """Tell this address no more: it is forgotten. Nothing happens when it was already."""
    db.session.execute(delete(Follower).where(Follower.token == token))


def sweep_followers(now: Callable[[], datetime]) -> int:
    """Forget addresses that nobody confirmed in time, and those of challenges long over; how many."""
    ids = queries.stale_followers(now() - UNCONFIRMED_FOR, MOST_AT_ONCE)
    if ids:
        with transaction():
            db.session.execute(delete(Follower).where(Follower.id.in_(ids)))
    return len(ids)


def _held(token: str) -> Follower:
    row = db.session.execute(
        select(Follower).where(Follower.token == token).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row
