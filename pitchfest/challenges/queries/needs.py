"""Reading what people of suppliers need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, func, select
from sqlalchemy.orm import aliased

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Challenge, Clarification, Need
from pitchfest.challenges.queries.clarifications import AnsweringPage, answering_page
from pitchfest.challenges.rules import ChallengeRow, ClarificationState
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound

_NEED = Need.__table__.c


@dataclass(frozen=True, slots=True)
class NeedRow:
    """What a person needs, how to reach them, and what staff said to it."""

    id: int
    person_id: int
    name: str
    text: str
    contact: str
    at: datetime
    reply: str | None
    replied_by: str | None
    replied_at: datetime | None


def _rows(*conditions: ColumnElement[bool]) -> list[NeedRow]:
    staff = aliased(Person)
    rows = db.session.execute(
        select(
            _NEED.id,
            _NEED.person_id,
            Person.name,
            _NEED.text,
            _NEED.contact,
            _NEED.at,
            _NEED.reply,
            staff.name.label("replied_by"),
            _NEED.replied_at,
        )
        .join(Person, Person.id == _NEED.person_id)
        .outerjoin(staff, staff.id == _NEED.replied_by_id)
        .where(*conditions)
        .order_by(_NEED.reply.is_not(None), _NEED.id)
    )
    return [NeedRow(**row._mapping) for row in rows]


def needs(challenge_id: int) -> list[NeedRow]:
    """What was told about a challenge, first what nobody replied to yet, oldest first."""
    return _rows(_NEED.challenge_id == challenge_id)


def own_needs(person_id: int, challenge_id: int) -> list[NeedRow]:
    """What the person told about a challenge."""
    return _rows(_NEED.challenge_id == challenge_id, _NEED.person_id == person_id)


def need(need_id: int) -> NeedRow | None:
    """One of them, None when it is gone."""
    return next(iter(_rows(_NEED.id == need_id)), None)


@dataclass(frozen=True, slots=True)
class Correspondence(AnsweringPage):
    """What suppliers wrote about a challenge and waits for staff: questions to answer, answers to sign,
    needs that nobody replied to.
    """

    to_answer: int
    to_sign: int
    needs: int


def correspondence(actor: Actor, challenge: ChallengeRow, now: datetime) -> Correspondence:
    """What waits, and what keeps `actor` from it, for a challenge that they may see; one statement."""
    asked = Clarification.__table__.c

    def count(table: FromClause, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
        of_it = table.c.challenge_id == challenge.id
        return select(func.count()).select_from(table).where(of_it, *conditions).scalar_subquery()

    row = db.session.execute(
        select(
            accounts.supplier_ties(actor.person_id, now),
            count(Clarification.__table__, asked.state == ClarificationState.RECEIVED),
            count(Clarification.__table__, asked.state == ClarificationState.DRAFTED),
            count(Need.__table__, _NEED.reply.is_(None)),
        )
    ).one()
    return Correspondence(challenge, bool(row[0]), *row[1:])


@dataclass(frozen=True, slots=True)
class NeedPage(AnsweringPage):
    """One of them, and the challenge that it is about."""

    row: NeedRow


def need_page(*, actor: Actor, now: datetime, reference: str, need_id: int) -> NeedPage:
    """What somebody needs for a challenge whose staff side `actor` may see. Raises NotFound."""
    page = answering_page(actor=actor, now=now, reference=reference)
    row = next(iter(_rows(_NEED.id == need_id, _NEED.challenge_id == page.challenge.id)), None)
    if row is None:
        raise NotFound
    return NeedPage(page.challenge, page.tied, row)


def told_by(person_id: int) -> list[tuple[str, datetime, str, str, str]]:
    """(challenge, when, words, contact, reply) of everything that a person told, oldest first."""
    rows = db.session.execute(
        select(Challenge.reference, _NEED.at, _NEED.text, _NEED.contact, func.coalesce(_NEED.reply, ""))
        .join(Challenge, Challenge.id == _NEED.challenge_id)
        .where(_NEED.person_id == person_id)
        .order_by(_NEED.id)
    )
    return [(r[0], r[1], r[2], r[3], r[4]) for r in rows]
