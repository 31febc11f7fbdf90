"""Questions and answers as everyone and as staff read them: never with whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Clarification, ClarificationEdit, PublishedAnswer
from pitchfest.challenges.queries.one import OfChallenge, for_staff
from pitchfest.challenges.queries.scope import CHALLENGE, effective_in
from pitchfest.challenges.rules import (
    ChallengeRow,
    ChallengeState,
    ClarificationState,
    Secrecy,
    answers_due,
    asked_until,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import plural
from pitchfest.kernel.waiting import Waiting

_ROW = Clarification.__table__.c
_ANSWER = PublishedAnswer.__table__.c


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A published question and answer; the numbers of what it replaces and of what replaces it."""

    number: int
    question: str
    answer: str
    at: datetime
    supersedes: int | None
    superseded_by: int | None


def answers(challenge_id: int) -> list[AnswerRow]:
    """Everything that was published, newest first; one statement."""
    later = aliased(PublishedAnswer)
    rows = db.session.execute(
        select(
            PublishedAnswer.number,
            PublishedAnswer.question,
            PublishedAnswer.answer,
            PublishedAnswer.at,
            PublishedAnswer.supersedes,
            later.number.label("superseded_by"),
        )
        .outerjoin(
            later,
            (later.challenge_id == PublishedAnswer.challenge_id)
            & (later.supersedes == PublishedAnswer.number),
        )
        .where(PublishedAnswer.challenge_id == challenge_id)
        .order_by(PublishedAnswer.number.desc())
    )
    return [AnswerRow(**row._mapping) for row in rows]


def last_number(challenge_id: int) -> int:
    """The number of the newest published answer, which is how many there are; 0 without any."""
    number: int = db.session.execute(_LAST_NUMBER, {"challenge_id": challenge_id}).scalar_one()
    return number


_LAST_NUMBER = select(func.coalesce(func.max(_ANSWER.number), 0)).where(
    _ANSWER.challenge_id == bindparam("challenge_id")
)


@dataclass(frozen=True, slots=True)
class ClarificationRow:
    """A question as staff work on it. `number` is that under which it was published."""

    id: int
    version: int
    state: ClarificationState
    state_since: datetime
    received_at: datetime
    asked: str
    question: str
    answer: str
    secrecy: Secrecy
    wish: str
    said: str
    decided_by_id: int | None
    drafted_by_id: int | None
    signed_by_id: int | None
    signed_at: datetime | None
    duplicate_of: int | None
    supersedes: int | None
    number: int | None

    @property
    def is_correction(self) -> bool:
        """Whether staff began it, to put a published answer right."""
        return not self.asked

    @property
    def wording(self) -> str:
        """The question as staff reads it: their own wording once there is one."""
        return self.question or self.asked


_OWN_COLUMNS = [_ROW[name] for name in ClarificationRow.__dataclass_fields__ if name in _ROW]
_FOR_STAFF = (
    select(*_OWN_COLUMNS, _ANSWER.number)
    .select_from(
        Clarification.__table__.outerjoin(PublishedAnswer.__table__, _ANSWER.clarification_id == _ROW.id)
    )
    .where(_ROW.challenge_id == bindparam("challenge_id"), _ROW.state != ClarificationState.LATE)
    .order_by(_ROW.id)
)


def clarifications(challenge_id: int) -> list[ClarificationRow]:
    """Every question that came in time, in the order in which they came; one statement."""
    rows = db.session.execute(_FOR_STAFF, {"challenge_id": challenge_id})
    return [ClarificationRow(**row._mapping) for row in rows]


def answer_authors(clarification_id: int) -> frozenset[int]:
    """Everyone who wrote any version of the answer."""
    rows = db.session.execute(
        select(ClarificationEdit.person_id)
        .where(ClarificationEdit.clarification_id == clarification_id)
        .distinct()
    )
    return frozenset(rows.scalars())


@dataclass(frozen=True, slots=True)
class AnsweringPage(OfChallenge):
    """A challenge whose questions a person would read.

    `tied`: the person belongs to a supplier, or did in the last 12 months.
    """

    tied: bool


def answering_page(*, actor: Actor, now: datetime, reference: str) -> AnsweringPage:
    """The questions about a challenge whose staff side `actor` may see. Raises NotFound."""
    challenge = for_staff(actor=actor, now=now, reference=reference)
    return AnsweringPage(challenge, tied=accounts.has_supplier_ties(actor.person_id, now))


@dataclass(frozen=True, slots=True)
class ClarificationPage(AnsweringPage):
    """One of the questions, too."""

    row: ClarificationRow


def clarification_page(
    *, actor: Actor, now: datetime, reference: str, clarification_id: int
) -> ClarificationPage:
    """A question about a challenge whose staff side `actor` may see. Raises NotFound."""
    page = answering_page(actor=actor, now=now, reference=reference)
    found = db.session.execute(
        _FOR_STAFF.where(_ROW.id == clarification_id), {"challenge_id": page.challenge.id}
    ).one_or_none()
    if found is None:
        raise NotFound
    return ClarificationPage(page.challenge, page.tied, ClarificationRow(**found._mapping))


def writers(row: ClarificationRow) -> dict[int, str]:
    """Names of the staff who wrote, decided on or signed a question: id → name."""
    return accounts.person_names({*answer_authors(row.id), row.decided_by_id, row.signed_by_id})


_WORK = {
    (ClarificationState.RECEIVED, False): ("Answer {} about “{}”", "Answer"),
    (ClarificationState.DRAFTED, False): ("Sign {} about “{}”", "Read and sign"),
    (ClarificationState.RECEIVED, True): ("Decide whether {} about “{}” stays confidential", "Decide"),
}
_NOUNS = {ClarificationState.RECEIVED: "question", ClarificationState.DRAFTED: "answer"}


def clarifications_waiting(actor: Actor, now: datetime) -> list[Waiting]:
    """What waits for this person among questions about open challenges; one statement.

    An answer waits for every lead who did not write in it. Nothing waits for people of a supplier.
    """
    if not actor.has(Role.OFFICER, Role.LEAD):
        return []
    wrote = (
        select(ClarificationEdit.id)
        .where(
            ClarificationEdit.clarification_id == _ROW.id,
            ClarificationEdit.person_id == actor.person_id,
        )
        .exists()
    )
    undecided = _ROW.secrecy == Secrecy.ASKED
    mine = undecided | (_ROW.state == ClarificationState.DRAFTED)
    rows = db.session.execute(
        select(
            CHALLENGE.reference,
            CHALLENGE.title,
            CHALLENGE.closes_at,
            CHALLENGE.questions_until,
            _ROW.state,
            undecided.label("undecided"),
            func.count().label("count"),
            func.min(_ROW.state_since).label("since"),
        )
        .join(Clarification.__table__, _ROW.challenge_id == CHALLENGE.id)
        .where(
            effective_in({ChallengeState.OPEN}, now),
            _ROW.state.in_(sorted(_NOUNS)),
            ~((_ROW.state == ClarificationState.DRAFTED) & wrote),
            ~accounts.supplier_ties(actor.person_id, now),
            *([] if actor.has(Role.LEAD) else [~mine]),
        )
        .group_by(CHALLENGE.id, _ROW.state, undecided)
        .order_by("since", CHALLENGE.reference)
    )
    return [_task(row) for row in rows]


def _task(row: Any) -> Waiting:
    text, button = _WORK[row.state, bool(row.undecided)]
    return Waiting(
        text=text.format(plural(row.count, _NOUNS[row.state]), row.title),
        button=button,
        endpoint="manage.clarifications",
        values={"reference": row.reference},
        since=row.since,
        due=answers_due(row.questions_until, row.closes_at),
        blocks_others=True,
    )


@dataclass(frozen=True, slots=True)
class AskingTimes:
    """Until when questions are taken and by when they are to be answered, of a published challenge."""

    until: datetime
    due: datetime
    is_open: bool


def asking_times(challenge: ChallengeRow, now: datetime) -> AskingTimes | None:
    """The times for questions; None for a challenge that has no closing time yet."""
    if challenge.closes_at is None:
        return None
    until = asked_until(challenge.questions_until, challenge.closes_at)
    return AskingTimes(
        until=until,
        due=answers_due(challenge.questions_until, challenge.closes_at),
        is_open=challenge.effective == ChallengeState.OPEN and now < until,
    )
