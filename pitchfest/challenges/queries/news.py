"""News of published challenges, in the order in which it came, and who follows them by e-mail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, or_, select

from pitchfest.accounts.models import Invitation
from pitchfest.challenges.models import (
    Cancellation,
    Challenge,
    Correction,
    Delay,
    Extension,
    Follower,
    News,
    PublishedAnswer,
)
from pitchfest.challenges.queries.scope import visible_to
from pitchfest.challenges.rules import DATE_LABELS, PUBLISHED, RELEASED, ChallengeState, DueDate, NewsKind
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.mail.rules import Message

_NEWS = News.__table__.c
_FOLLOWER = Follower.__table__.c
_CHALLENGE = Challenge.__table__.c
#: A challenge's followers are kept for so long after it is over.
KEPT_AFTER = timedelta(days=90)
#: What was said to come later; both dates may have moved at once.
_JUDGED, _DECIDED = (Delay.__table__.alias(what.value) for what in DueDate)
#: How what an invitation to judge is about begins.
_OBJECT = "challenge:"
_OVER = sorted(RELEASED | {ChallengeState.CANCELLED})


@dataclass(frozen=True, slots=True)
class NewsRow:
    """Something that everyone may know of a challenge; `reason` is why, or the question
    that was answered; "" where there is nothing to say. `judged_by` and `decided_by` are the new dates
    of what comes later.
    """

    id: int
    kind: NewsKind
    item: int
    at: datetime
    reason: str
    reference: str
    title: str
    question: str
    closes_at: datetime
    judged_by: datetime | None
    decided_by: datetime | None


_MORE_TIME = (NewsKind.EXTENDED, NewsKind.REOPENED)


def news(*, challenge_id: int | None = None, theme: str = "", most: int = 50) -> list[NewsRow]:
    """The newest news first, of one challenge, or of all, or of a theme, published and not for practice."""
    mine = [_NEWS.challenge_id == challenge_id] if challenge_id is not None else []
    mine += [_CHALLENGE.theme == theme] if theme else []
    rows = db.session.execute(_news(*mine).limit(most))
    return [NewsRow(**row._mapping) for row in rows]


def _news(*which: ColumnElement[bool]) -> Select[Any]:
    """All that `NewsRow` holds of such news, published and not for practice, the newest first."""
    return (
        select(
            _NEWS.id,
            _NEWS.kind,
            _NEWS.item,
            _NEWS.at,
            func.coalesce(
                Extension.reason,
                Correction.reason,
                Cancellation.reason,
                PublishedAnswer.question,
                _JUDGED.c.reason,
                _DECIDED.c.reason,
                "",
            ).label("reason"),
            _CHALLENGE.reference,
            _CHALLENGE.title,
            _CHALLENGE.question,
            _CHALLENGE.closes_at,
            _JUDGED.c.due.label("judged_by"),
            _DECIDED.c.due.label("decided_by"),
        )
        .select_from(News)
        .join(Challenge, _CHALLENGE.id == _NEWS.challenge_id)
        .outerjoin(Extension, and_(_NEWS.kind.in_(_MORE_TIME), Extension.id == _NEWS.item))
        .outerjoin(
            Correction,
            and_(
                _NEWS.kind == NewsKind.CORRECTED,
                Correction.challenge_id == _NEWS.challenge_id,
                Correction.number == _NEWS.item,
            ),
        )
        .outerjoin(
            Cancellation,
            and_(_NEWS.kind == NewsKind.CANCELLED, Cancellation.challenge_id == _NEWS.challenge_id),
        )
        .outerjoin(_JUDGED, _delayed(_JUDGED, DueDate.JUDGING))
        .outerjoin(_DECIDED, _delayed(_DECIDED, DueDate.DECISION))
        .outerjoin(
            PublishedAnswer,
            and_(
                _NEWS.kind == NewsKind.ANSWERED,
                PublishedAnswer.challenge_id == _NEWS.challenge_id,
                PublishedAnswer.number == _NEWS.item,
            ),
        )
        .where(*which, _CHALLENGE.state.in_(sorted(PUBLISHED)), _CHALLENGE.practice.is_(False))
        .order_by(_NEWS.at.desc(), _NEWS.id.desc())
    )


def _delayed(delay: FromClause, what: DueDate) -> ColumnElement[bool]:
    return and_(
        _NEWS.kind == NewsKind.DELAYED,
        delay.c.challenge_id == _NEWS.challenge_id,
        delay.c.number == _NEWS.item,
        delay.c.what == what,
    )


@dataclass(frozen=True, slots=True)
class DatedChallenge:
    """A challenge as a calendar shows it."""

    id: int
    reference: str
    title: str
    question: str
    state: ChallengeState
    questions_until: datetime | None
    closes_at: datetime | None
    judging_deadline: datetime | None
    decision_due: datetime | None


def dated(now: datetime, *, theme: str = "", most: int) -> list[DatedChallenge]:
    """The published challenges, also cancelled ones, that have a date to come, those that close first in
    front; with a `theme` only those about it.
    """
    of_theme = [_CHALLENGE.theme == theme] if theme else []
    rows = db.session.execute(
        select(*(_CHALLENGE[name] for name in DatedChallenge.__dataclass_fields__))
        .where(
            *of_theme,
            _CHALLENGE.state.in_(sorted(PUBLISHED)),
            _CHALLENGE.practice.is_(False),
            or_(*(_CHALLENGE[name] > now for name in DATE_LABELS)),
        )
        .order_by(_CHALLENGE.closes_at, _CHALLENGE.id)
        .limit(most)
    )
    return [DatedChallenge(**row._mapping) for row in rows]


def news_of(challenge_ids: Collection[int]) -> dict[str, list[NewsRow]]:
    """Reference → all news of these challenges, the newest first; those without any are left out. How many
    there are is a number that a challenge's calendar counts up.
    """
    found: dict[str, list[NewsRow]] = {}
    for row in db.session.execute(_news(_NEWS.challenge_id.in_(sorted(challenge_ids)))):
        found.setdefault(row.reference, []).append(NewsRow(**row._mapping))
    return found


@dataclass(frozen=True, slots=True)
class FollowerRow:
    """An address that follows a challenge, or all of them or of a theme: then `challenge_id` is None."""

    id: int
    challenge_id: int | None
    theme: str
    address: str
    token: str
    confirmed_at: datetime | None


_FOLLOWERS = select(*(_FOLLOWER[name] for name in FollowerRow.__dataclass_fields__))


def follower(*, token: str = "", follower_id: int = 0) -> FollowerRow | None:
    """The follower with this token or id."""
    which = _FOLLOWER.token == token if token else _FOLLOWER.id == follower_id
    row = db.session.execute(_FOLLOWERS.where(which)).one_or_none()
    return FollowerRow(**row._mapping) if row else None


def followers(challenge_id: int) -> list[FollowerRow]:
    """Who is told of a challenge's news: those who follow it, its theme, or everything. Each address once,
    by what it follows most closely.
    """
    theme = select(_CHALLENGE.theme).where(_CHALLENGE.id == challenge_id).scalar_subquery()
    every = _FOLLOWER.challenge_id.is_(None) & or_(_FOLLOWER.theme == "", _FOLLOWER.theme == theme)
    rows = db.session.execute(
        _FOLLOWERS.where(
            or_(_FOLLOWER.challenge_id == challenge_id, every), _FOLLOWER.confirmed_at.is_not(None)
        ).order_by(_FOLLOWER.challenge_id.is_(None), _FOLLOWER.theme == "", _FOLLOWER.id)
    )
    closest: dict[str, FollowerRow] = {}
    for row in rows:
        closest.setdefault(row.address, FollowerRow(**row._mapping))
    return sorted(closest.values(), key=lambda row: row.id)


def follow_asked_since(address: str, since: datetime) -> int:
    """How many questions whether to follow an address was sent since then, and did not answer."""
    count: int = db.session.execute(
        select(func.count())
        .select_from(Follower)
        .where(_FOLLOWER.address == address, _FOLLOWER.confirmed_at.is_(None), _FOLLOWER.asked_at > since)
    ).scalar_one()
    return count


def stale_followers(asked_before: datetime, most: int) -> list[int]:
    """Ids of followers who never confirmed, or whose challenge was over long before that."""
    rows = db.session.execute(
        select(_FOLLOWER.id)
        .outerjoin(Challenge, _CHALLENGE.id == _FOLLOWER.challenge_id)
        .where(
            or_(
                and_(_FOLLOWER.confirmed_at.is_(None), _FOLLOWER.asked_at < asked_before),
                and_(_CHALLENGE.state.in_(_OVER), _CHALLENGE.state_since < asked_before - KEPT_AFTER),
            )
        )
        .order_by(_FOLLOWER.id)
        .limit(most)
    )
    return list(rows.scalars())


def _readable(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """That a challenge is public, or that the person may see its staff side."""
    public = and_(_CHALLENGE.state.in_(sorted(PUBLISHED)), _CHALLENGE.practice.is_(False))
    return or_(public, visible_to(actor, now))


def of_messages(messages: Sequence[Message], actor: Actor, now: datetime) -> dict[int, str]:
    """The titles of the challenges that messages are about, by the message's id, where the person may read
    them.
    """
    named = {m.id: m.ids.get("reference") or m.ids.get("challenge") for m in messages}
    rows = db.session.execute(
        select(_CHALLENGE.id, _CHALLENGE.reference, _CHALLENGE.title).where(
            or_(
                _CHALLENGE.reference.in_({key for key in named.values() if isinstance(key, str)}),
                _CHALLENGE.id.in_({key for key in named.values() if isinstance(key, int)}),
            ),
            _readable(actor, now),
        )
    )
    titles = {key: title for id_, reference, title in rows for key in (id_, reference)}
    return {message_id: titles[key] for message_id, key in named.items() if key in titles}


def of_invitations(messages: Sequence[Message], actor: Actor, now: datetime) -> dict[int, str]:
    """The titles of the challenges that messages ask to judge, by the message's id, where the person may read
    them.
    """
    invited = {m.id: m.ids["invitation"] for m in messages if m.kind == "invitation"}
    challenge = func.substr(Invitation.about, len(_OBJECT) + 1)
    rows = db.session.execute(
        select(Invitation.id, _CHALLENGE.title)
        .join(Challenge, _CHALLENGE.reference == challenge)
        .where(
            Invitation.id.in_(invited.values()), Invitation.about.startswith(_OBJECT), _readable(actor, now)
        )
    )
    titles = {row.id: row.title for row in rows}
    return {message_id: titles[key] for message_id, key in invited.items() if key in titles}
