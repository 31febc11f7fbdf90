"""A person's own questions. Nothing here is for anyone else: no staff page may read who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.rules import Capacity
from pitchfest.challenges.models import Challenge, Clarification, ClarificationAsker, PublishedAnswer
from pitchfest.challenges.queries.one import OfChallenge, public
from pitchfest.challenges.rules import PENDING, ChallengeRow, ClarificationState, Secrecy
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound

_ROW = Clarification.__table__.c
_ASKER = ClarificationAsker.__table__.c
_ANSWER = PublishedAnswer.__table__.c


@dataclass(frozen=True, slots=True)
class AskingPage(OfChallenge):
    """A published challenge, and whether the person takes part in it as a supplier."""

    supplies: bool


def asking_page(*, actor: Actor | None, now: datetime, reference: str) -> AskingPage:
    """Where a person asks about a published challenge. Raises NotFound."""
    challenge = public(reference, now, actor)
    return AskingPage(challenge, actor is not None and takes_part(actor, practice=challenge.practice))


def takes_part(actor: Actor, *, practice: bool) -> bool:
    """Whether the person belongs to a supplier: to one made for practice, or to a real one."""
    return any(
        Capacity.SUPPLIER in o.capacities and o.practice == practice
        for o in accounts.organisations_of(actor.person_id)
    )


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question of one's own, and what became of it. `answer` only where it was for the asker alone;
    `number` is that under which it was published.
    """

    id: int
    version: int
    state: ClarificationState
    state_since: datetime
    received_at: datetime
    asked: str
    secrecy: Secrecy
    wish: str
    said: str
    answer: str
    duplicate_of: int | None
    number: int | None


def _own(person_id: int) -> Select[Any]:
    columns = [_ROW[name] for name in OwnQuestion.__dataclass_fields__ if name in _ROW]
    return (
        select(*columns, _ANSWER.number)
        .select_from(
            Clarification.__table__.join(ClarificationAsker.__table__).outerjoin(
                PublishedAnswer.__table__, _ANSWER.clarification_id == _ROW.id
            )
        )
        .where(_ASKER.person_id == person_id)
        .order_by(_ROW.id.desc())
    )


def _seen(row: Any) -> OwnQuestion:
    """Nobody reads an answer before it is signed."""
    values = dict(row._mapping)
    if values["state"] != ClarificationState.PRIVATE:
        values["answer"] = ""
    return OwnQuestion(**values)


def own_questions(person_id: int, challenge_id: int) -> list[OwnQuestion]:
    """What the person asked about the challenge, newest first."""
    return [
        _seen(row) for row in db.session.execute(_own(person_id).where(_ROW.challenge_id == challenge_id))
    ]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A question of one's own and its challenge."""

    challenge: ChallengeRow
    question: OwnQuestion

    @property
    def practice(self) -> bool:
        """Whether the challenge is one for practice."""
        return self.challenge.practice


def own_question_page(
    *, actor: Actor | None, now: datetime, reference: str, clarification_id: int
) -> OwnPage:
    """A question that `actor` asked. Raises NotFound for anyone else's."""
    challenge = public(reference, now, actor)
    return OwnPage(challenge, own_question(actor.person_id if actor else 0, challenge.id, clarification_id))


def own_question(person_id: int, challenge_id: int, clarification_id: int) -> OwnQuestion:
    """A question that the person asked about the challenge. Raises NotFound for anyone else's."""
    found = db.session.execute(
        _own(person_id).where(_ROW.id == clarification_id, _ROW.challenge_id == challenge_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return _seen(found)


def salt_of(clarification_id: int) -> str:
    """What the log's entries about the asker's acts are hashed with."""
    salt: str = db.session.execute(
        select(_ASKER.salt).where(_ASKER.clarification_id == clarification_id)
    ).scalar_one()
    return salt


def asker(clarification_id: int) -> int | None:
    """Whom to tell what became of a question; None once the person was erased, or where staff began it."""
    return db.session.execute(
        select(_ASKER.person_id).where(_ASKER.clarification_id == clarification_id)
    ).scalar_one_or_none()


def pending(person_id: int, challenge_id: int, *, late: bool) -> int:
    """How many questions of the person about the challenge nothing has become of; or came late."""
    states = {ClarificationState.LATE} if late else PENDING
    return _count(person_id, challenge_id, _ROW.state.in_(sorted(states)))


def asked_since(person_id: int, challenge_id: int, moment: datetime) -> int:
    """How many questions about the challenge the person asked in time after a moment, withdrawn or not."""
    return _count(person_id, challenge_id, _ROW.state != ClarificationState.LATE, _ROW.received_at > moment)


def _count(person_id: int, challenge_id: int, *conditions: ColumnElement[bool]) -> int:
    return db.session.execute(
        select(func.count())
        .select_from(Clarification.__table__.join(ClarificationAsker.__table__))
        .where(_ASKER.person_id == person_id, _ROW.challenge_id == challenge_id, *conditions)
    ).scalar_one()


def asked_by(person_id: int) -> list[Any]:
    """Everything that the person asked, oldest first: (challenge, received_at, asked, state, number)."""
    rows = db.session.execute(
        select(Challenge.reference, _ROW.received_at, _ROW.asked, _ROW.state, _ANSWER.number)
        .select_from(
            Clarification.__table__.join(ClarificationAsker.__table__)
            .join(Challenge.__table__, Challenge.__table__.c.id == _ROW.challenge_id)
            .outerjoin(PublishedAnswer.__table__, _ANSWER.clarification_id == _ROW.id)
        )
        .where(_ASKER.person_id == person_id)
        .order_by(_ROW.id)
    )
    return list(rows)
