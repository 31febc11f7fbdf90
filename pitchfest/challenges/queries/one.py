"""One challenge: itself, its criteria and questions, its published record, what it still lacks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Person
from pitchfest.challenges.models import (
    Anchor,
    Challenge,
    ChallengeRoute,
    Criterion,
    EasyReadSentence,
    HandOver,
    PublishedAnswer,
    Question,
    Snapshot,
)
from pitchfest.challenges.queries.route import DutyFacts, duty_facts, publish_facts, route, routed
from pitchfest.challenges.queries.scope import CHALLENGE, visible_to
from pitchfest.challenges.rules import (
    PUBLISHED,
    ChallengeRow,
    ChallengeState,
    Content,
    CriterionRow,
    DraftProblem,
    Obstacle,
    Part,
    QuestionRow,
    Route,
    draft_problems,
    effective_state,
    publication_obstacles,
    ready_problems,
    route_problems,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound


def _row(found: Any, now: datetime) -> ChallengeRow:
    values = found._mapping
    return ChallengeRow(**values, effective=effective_state(values["state"], values["closes_at"], now))


def _one(now: datetime, *conditions: ColumnElement[bool]) -> ChallengeRow:
    found = db.session.execute(select(*CHALLENGE).where(*conditions)).one_or_none()
    if found is None:
        raise NotFound
    return _row(found, now)


def by_reference(reference: str, now: datetime) -> ChallengeRow:
    """The challenge, whoever asks. Raises NotFound."""
    return _one(now, CHALLENGE.reference == reference)


def by_id(challenge_id: int, now: datetime) -> ChallengeRow:
    """The challenge, whoever asks. Raises NotFound."""
    return _one(now, CHALLENGE.id == challenge_id)


def names_hidden(challenge_id: int) -> bool:
    """Whether judges of the challenge do not see who pitches."""
    return bool(db.session.scalar(select(Challenge.names_hidden).where(Challenge.id == challenge_id)))


def for_staff(*, actor: Actor | None, now: datetime, reference: str) -> ChallengeRow:
    """The challenge, if `actor` may see its staff side. Raises NotFound."""
    return _one(now, CHALLENGE.reference == reference, visible_to(actor, now))


_PUBLIC = select(*CHALLENGE).where(
    CHALLENGE.reference == bindparam("reference"), CHALLENGE.state.in_(sorted(PUBLISHED))
)


def public(reference: str, now: datetime, actor: Actor | None) -> ChallengeRow:
    """The challenge, if it is published; one for practice only for those who take part in practice.

    Raises NotFound.
    """
    found = db.session.execute(_PUBLIC, {"reference": reference}).one_or_none()
    if found is None or (found.practice and not _practises(actor)):
        raise NotFound
    return _row(found, now)


def _practises(actor: Actor | None) -> bool:
    """Whether the person works here, or belongs to an organisation made for practice."""
    return actor is not None and (actor.is_staff or accounts.belongs_to_practice(actor.person_id))


# Putting a statement together costs as much as running it, so those of the busiest pages stand ready.
_CRITERION, _ANCHOR, _QUESTION = Criterion.__table__.c, Anchor.__table__.c, Question.__table__.c
_OF_CRITERION = [_CRITERION[name] for name in CriterionRow.__dataclass_fields__ if name in _CRITERION]
_CRITERIA = (
    select(*_OF_CRITERION, _ANCHOR.value, _ANCHOR.label, _ANCHOR.meaning)
    .outerjoin(Anchor.__table__, _ANCHOR.criterion_id == _CRITERION.id)
    .where(_CRITERION.challenge_id == bindparam("challenge_id"))
    .order_by(_CRITERION.position, _ANCHOR.value)
)
_QUESTIONS = (
    select(*(c for c in _QUESTION if c.name != "challenge_id"))
    .where(_QUESTION.challenge_id == bindparam("challenge_id"))
    .order_by(_QUESTION.position)
)


def criteria(challenge_id: int) -> list[CriterionRow]:
    """The criteria in order, each with its worded anchors; one statement."""
    found: dict[int, CriterionRow] = {}
    for *columns, value, label, meaning in db.session.execute(_CRITERIA, {"challenge_id": challenge_id}):
        criterion = found.setdefault(columns[0], CriterionRow(*columns))
        if value is not None:
            criterion.anchors[value] = (label, meaning)
    return list(found.values())


def questions(challenge_id: int) -> list[QuestionRow]:
    """The questions of the pitch form in order."""
    rows = db.session.execute(_QUESTIONS, {"challenge_id": challenge_id})
    return [QuestionRow(**{**row._mapping, "options": json.loads(row.options)}) for row in rows]


@dataclass(frozen=True, slots=True)
class OfChallenge:
    """Something of a challenge; to the permissions it is the challenge."""

    challenge: ChallengeRow

    @property
    def effective(self) -> ChallengeState:
        """The challenge's state that holds now."""
        return self.challenge.effective

    @property
    def decision_maker_id(self) -> int | None:
        """The challenge's decision-maker."""
        return self.challenge.decision_maker_id

    @property
    def practice(self) -> bool:
        """Whether the challenge is one for practice."""
        return self.challenge.practice


@dataclass(frozen=True, slots=True)
class CriterionPage(OfChallenge):
    """One criterion and its challenge."""

    criterion: CriterionRow


@dataclass(frozen=True, slots=True)
class QuestionPage(OfChallenge):
    """One question and its challenge."""

    question: QuestionRow


def criterion_page(*, actor: Actor | None, now: datetime, reference: str, criterion_id: int) -> CriterionPage:
    """A criterion of a challenge whose staff side `actor` may see. Raises NotFound."""
    challenge = for_staff(actor=actor, now=now, reference=reference)
    for criterion in criteria(challenge.id):
        if criterion.id == criterion_id:
            return CriterionPage(challenge, criterion)
    raise NotFound


def question_page(*, actor: Actor | None, now: datetime, reference: str, question_id: int) -> QuestionPage:
    """A question of a challenge whose staff side `actor` may see. Raises NotFound."""
    challenge = for_staff(actor=actor, now=now, reference=reference)
    for question in questions(challenge.id):
        if question.id == question_id:
            return QuestionPage(challenge, question)
    raise NotFound


@dataclass(frozen=True, slots=True)
class DutyPage(OfChallenge):
    """One duty, how it stands, and its challenge."""

    facts: DutyFacts


def duty_page(*, actor: Actor | None, now: datetime, reference: str, key: str) -> DutyPage:
    """A duty of a challenge whose staff side `actor` may see. Raises NotFound."""
    challenge = for_staff(actor=actor, now=now, reference=reference)
    return DutyPage(challenge, duty_facts(challenge, key, now))


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A published record without its body. `route`: the challenge's, which stays from publication on; None
    where nobody was asked.
    """

    number: int
    sha256: str
    at: datetime
    published_by_id: int
    route: Route | None


_SNAPSHOT = Snapshot.__table__.c
_ROUTE = ChallengeRoute.__table__.c
_SNAPSHOTS = (
    select(_SNAPSHOT.number, _SNAPSHOT.sha256, _SNAPSHOT.at, _SNAPSHOT.published_by_id, _ROUTE.route)
    .outerjoin(ChallengeRoute.__table__, _ROUTE.challenge_id == _SNAPSHOT.challenge_id)
    .where(_SNAPSHOT.challenge_id == bindparam("challenge_id"))
    .order_by(_SNAPSHOT.number.desc())
)
_NEWEST_SNAPSHOT = _SNAPSHOTS.limit(1)


def newest_snapshot(challenge_id: int) -> SnapshotRow | None:
    """The newest published record, None before publishing."""
    row = db.session.execute(_NEWEST_SNAPSHOT, {"challenge_id": challenge_id}).one_or_none()
    return SnapshotRow(**row._mapping) if row else None


@dataclass(frozen=True, slots=True)
class Beside:
    """What the page of a challenge says beside the brief. `answers`: how many are published; `handed_on`:
    whether somebody else decides than who was named first.
    """

    snapshot: SnapshotRow | None
    decision_maker: str
    answers: int
    easy_read: bool
    handed_on: bool


_CHALLENGE, _DECIDER = Challenge.__table__.c, Person.__table__.c
_ANSWER, _SENTENCE, _HANDED = PublishedAnswer.__table__.c, EasyReadSentence.__table__.c, HandOver.__table__.c
_OTHER = Snapshot.__table__.alias("other").c
_NEWEST = select(func.max(_OTHER.number)).where(_OTHER.challenge_id == _CHALLENGE.id).scalar_subquery()
_OF_RECORD = [_SNAPSHOT.number, _SNAPSHOT.sha256, _SNAPSHOT.at, _SNAPSHOT.published_by_id, _ROUTE.route]
_BESIDE = (
    select(
        *_OF_RECORD,
        func.coalesce(_DECIDER.name, ""),
        select(func.coalesce(func.max(_ANSWER.number), 0))
        .where(_ANSWER.challenge_id == _CHALLENGE.id)
        .scalar_subquery(),
        exists().where(_SENTENCE.challenge_id == _CHALLENGE.id, _SENTENCE.position == 1),
        exists().where(_HANDED.challenge_id == _CHALLENGE.id, _HANDED.part == Part.DECISION_MAKER),
    )
    .select_from(Challenge.__table__)
    .outerjoin(Snapshot.__table__, (_SNAPSHOT.challenge_id == _CHALLENGE.id) & (_SNAPSHOT.number == _NEWEST))
    .outerjoin(ChallengeRoute.__table__, _ROUTE.challenge_id == _CHALLENGE.id)
    .outerjoin(Person.__table__, _DECIDER.id == _CHALLENGE.decision_maker_id)
    .where(_CHALLENGE.id == bindparam("challenge_id"))
)


def beside(challenge_id: int) -> Beside:
    """One statement, since every visitor's page asks. Raises NotFound."""
    row = db.session.execute(_BESIDE, {"challenge_id": challenge_id}).one_or_none()
    if row is None:
        raise NotFound
    record, rest = row[: len(_OF_RECORD)], row[len(_OF_RECORD) :]
    return Beside(SnapshotRow(*record) if record[0] else None, *rest)


def snapshots(challenge_id: int) -> list[SnapshotRow]:
    """Every published record, newest first."""
    rows = db.session.execute(_SNAPSHOTS, {"challenge_id": challenge_id})
    return [SnapshotRow(**row._mapping) for row in rows]


def snapshot_body(challenge_id: int, number: int) -> str:
    """The canonical JSON of one published record. Raises NotFound."""
    body = db.session.execute(
        select(Snapshot.body).where(Snapshot.challenge_id == challenge_id, Snapshot.number == number)
    ).scalar_one_or_none()
    if body is None:
        raise NotFound
    return body


def due_to_publish(now: datetime) -> list[int]:
    """Ids of scheduled challenges whose time has come, the first due first; not those that are known
    to be held up, as long as they are.
    """
    rows = db.session.execute(
        select(*CHALLENGE)
        .where(CHALLENGE.state == ChallengeState.SCHEDULED, CHALLENGE.scheduled_for <= now)
        .order_by(CHALLENGE.scheduled_for, CHALLENGE.id)
    ).all()
    due = [_row(row, now) for row in rows]
    return [row.id for row in due if row.held_at is None or not ready_problems(publish_facts(row, now))]


def content(challenge_id: int, now: datetime) -> Content:
    """All that publishing freezes, as it stands now."""
    challenge = by_id(challenge_id, now)
    chosen = route(challenge)
    return Content(
        challenge, criteria(challenge_id), questions(challenge_id), chosen.answers if chosen else None
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """How far an unpublished challenge has come: its form, what stands in the way of asking for approval,
    the route included, and what the route asks for before publication.
    """

    questions: list[QuestionRow]
    missing: list[DraftProblem]
    obstacles: list[Obstacle]


def draft(challenge: ChallengeRow, now: datetime) -> Draft:
    """The draft as it stands; each part of it is read once."""
    found = routed(challenge)
    whole = Content(challenge, criteria(challenge.id), questions(challenge.id))
    problems = [*lacking(whole, now), *route_problems(challenge, found.chosen, now)]
    return Draft(whole.questions, problems, publication_obstacles(challenge, found.chosen, found.done, now))


def missing(challenge: ChallengeRow, now: datetime) -> list[DraftProblem]:
    """What stands in the way of asking for approval, the route included."""
    return draft(challenge, now).missing


def lacking(whole: Content, now: datetime) -> list[DraftProblem]:
    """What a challenge with this content would lack."""
    decider = whole.challenge.decision_maker_id
    return draft_problems(
        whole.challenge,
        whole.criteria,
        whole.questions,
        decision_maker_is_staff=decider is not None and any(p.id == decider for p in accounts.staff(now=now)),
        now=now,
    )
