"""What was asked about opened pitches, what was answered, and every finding."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Person
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge, Question
from pitchfest.challenges.rules import QuestionKind, QuestionRow
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.models import (
    ClarificationRequest,
    ClarifiedAnswer,
    Eligibility,
    OpenedAnswer,
    Pitch,
    PitchMember,
    UnlockedQuestion,
)
from pitchfest.pitches.queries.revealed import is_member, opened_answers
from pitchfest.pitches.queries.sealed import PitchRow, own
from pitchfest.pitches.rules.answers import differences
from pitchfest.pitches.rules.states import PitchRight

_WRITE = (PitchRight.EDIT, PitchRight.SUBMIT)

# What was asked.


@dataclass(frozen=True, slots=True)
class RequestRow:
    """What was asked about a pitch, which questions it unlocks, and how far the answer has come."""

    id: int
    asked: str
    until: datetime
    by_name: str
    at: datetime
    version: int
    saved_by_name: str | None
    saved_at: datetime | None
    answered_by_name: str | None
    answered_at: datetime | None
    question_ids: tuple[int, ...] = ()

    def takes_answers(self, now: datetime) -> bool:
        """Whether the supplier can still answer."""
        return self.answered_at is None and now < self.until


def request_about(pitch_id: int) -> RequestRow | None:
    """What was asked about a pitch, None where nothing was; at most two statements."""
    asker, saver, answerer = (aliased(Person) for _ in range(3))
    row = db.session.execute(
        select(
            ClarificationRequest.id,
            ClarificationRequest.asked,
            ClarificationRequest.until,
            asker.name.label("by_name"),
            ClarificationRequest.at,
            ClarificationRequest.version,
            saver.name.label("saved_by_name"),
            ClarificationRequest.saved_at,
            answerer.name.label("answered_by_name"),
            ClarificationRequest.answered_at,
        )
        .join(asker, asker.id == ClarificationRequest.by_id)
        .outerjoin(saver, saver.id == ClarificationRequest.saved_by_id)
        .outerjoin(answerer, answerer.id == ClarificationRequest.answered_by_id)
        .where(ClarificationRequest.pitch_id == pitch_id)
    ).one_or_none()
    if row is None:
        return None
    unlocked = db.session.execute(
        select(UnlockedQuestion.question_id)
        .where(UnlockedQuestion.request_id == row.id)
        .order_by(UnlockedQuestion.question_id)
    )
    return RequestRow(**row._mapping, question_ids=tuple(unlocked.scalars()))


def drafts(request_id: int) -> dict[int, str]:
    """question id → what the supplier has written so far; questions without a draft are left out."""
    rows = db.session.execute(
        select(UnlockedQuestion.question_id, UnlockedQuestion.draft)
        .where(UnlockedQuestion.request_id == request_id, UnlockedQuestion.draft.is_not(None))
        .order_by(UnlockedQuestion.question_id)
    )
    return {row.question_id: row.draft for row in rows}


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A round of questions that waits for a person."""

    reference: str
    challenge_title: str
    at: datetime
    until: datetime


def to_answer(actor: Actor, now: datetime) -> list[ToAnswer]:
    """What waits for the actor's answer, the first to end first."""
    writes = (
        select(PitchMember.id)
        .where(
            PitchMember.pitch_id == Pitch.__table__.c.id,
            PitchMember.person_id == actor.person_id,
            PitchMember.right.in_(_WRITE),
            is_member(),
        )
        .exists()
    )
    rows = db.session.execute(
        select(Pitch.reference, Challenge.title, ClarificationRequest.at, ClarificationRequest.until)
        .join(Pitch, Pitch.id == ClarificationRequest.pitch_id)
        .join(Challenge, Challenge.id == Pitch.challenge_id)
        .where(
            ClarificationRequest.answered_at.is_(None),
            ClarificationRequest.until > now,
            Pitch.withdrawn_at.is_(None),
            writes,
        )
        .order_by(ClarificationRequest.until, Pitch.reference)
    )
    return [ToAnswer(*row) for row in rows]


def answerers(pitch_id: int) -> list[int]:
    """Ids of the supplier's people who can write in a pitch, in the order in which they came."""
    rows = db.session.execute(
        select(PitchMember.person_id, func.min(PitchMember.id).label("first"))
        .join(Pitch, Pitch.id == PitchMember.pitch_id)
        .where(
            PitchMember.pitch_id == pitch_id,
            PitchMember.right.in_(_WRITE),
            is_member(),
            ~PitchMember.assists,
        )
        .group_by(PitchMember.person_id)
        .order_by("first")
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """What was asked about one's own pitch, and the questions that it unlocks."""

    pitch: PitchRow
    request: RequestRow
    questions: tuple[QuestionRow, ...]

    @property
    def right(self) -> PitchRight | None:
        """The person's right on the pitch."""
        return self.pitch.right

    @property
    def practice(self) -> bool:
        """Whether the challenge is one for practice."""
        return self.pitch.practice


def own_request(*, actor: Actor, now: datetime, reference: str) -> OwnRequest:
    """What was asked about the pitch. Raises NotFound, also where nothing was."""
    pitch = own(actor=actor, now=now, reference=reference)
    request = request_about(pitch.id)
    if request is None:
        raise NotFound
    questions = tuple(q for q in challenges.questions(pitch.challenge_id) if q.id in request.question_ids)
    return OwnRequest(pitch, request, questions)


def sent_about(found: OwnRequest) -> dict[int, str]:
    """question id → the opened text of each unlocked question, "" where none was sent."""
    texts = opened_answers([found.pitch.id])[found.pitch.id]
    return {question.id: texts.get(question.id, "") for question in found.questions}


def missed(found: OwnRequest) -> dict[int, str]:
    """question id → what was saved, differs from what was sent before closing and was never sent: {} where
    the answers went out. For those who hold a right on the pitch, once the round is over.
    """
    if found.request.saved_at is None or found.request.answered_at is not None:
        return {}
    written = drafts(found.request.id)
    unsent = set(differences(sent_about(found), written))
    return {question_id: text for question_id, text in written.items() if question_id in unsent}


# What was answered.


def clarified(pitch_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """pitch id → question id → text that the supplier changed after the opening, being asked."""
    found: dict[int, dict[int, str]] = {pitch_id: {} for pitch_id in pitch_ids}
    for row in db.session.execute(
        select(ClarifiedAnswer.pitch_id, ClarifiedAnswer.question_id, ClarifiedAnswer.text)
        .where(ClarifiedAnswer.pitch_id.in_(sorted(pitch_ids)))
        .order_by(ClarifiedAnswer.pitch_id, ClarifiedAnswer.question_id)
    ):
        found[row.pitch_id][row.question_id] = row.text
    return found


@dataclass(frozen=True, slots=True)
class CountingAnswer:
    """A question and the text that counts for it; `clarified` where it was changed after the opening."""

    criterion_id: int | None
    position: int
    ask: str
    kind: QuestionKind
    options: list[str]
    max_words: int | None
    text: str
    clarified: bool


_QUESTION = Question.__table__.c
_OPENED, _CLARIFIED = OpenedAnswer.__table__.c, ClarifiedAnswer.__table__.c


def _of_pitch(pitch_id: ColumnElement[int], question_id: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(pitch_id == Pitch.__table__.c.id, question_id == _QUESTION.id)


_COUNTING = (
    select(
        Pitch.__table__.c.id.label("pitch_id"),
        _QUESTION.criterion_id,
        _QUESTION.position,
        _QUESTION.ask,
        _QUESTION.kind,
        _QUESTION.options,
        _QUESTION.max_words,
        func.coalesce(_CLARIFIED.text, _OPENED.text).label("text"),
        _CLARIFIED.text.is_not(None).label("clarified"),
    )
    .select_from(Pitch.__table__)
    .join(Question.__table__, _QUESTION.challenge_id == Pitch.__table__.c.challenge_id)
    .outerjoin(OpenedAnswer.__table__, _of_pitch(_OPENED.pitch_id, _OPENED.question_id))
    .outerjoin(ClarifiedAnswer.__table__, _of_pitch(_CLARIFIED.pitch_id, _CLARIFIED.question_id))
    .where(
        Pitch.__table__.c.id.in_(bindparam("pitch_ids", expanding=True)),
        or_(_OPENED.text.is_not(None), _CLARIFIED.text.is_not(None)),
    )
    .order_by(Pitch.__table__.c.id, _QUESTION.position)
)


def answers_that_count(pitch_id: int) -> list[CountingAnswer]:
    """A pitch's answers in the order of the form: as clarified, else as opened; one statement."""
    return answers_of([pitch_id])[pitch_id]


def answers_of(pitch_ids: Collection[int]) -> dict[int, list[CountingAnswer]]:
    """The same of several pitches, by pitch id; one statement."""
    found: dict[int, list[CountingAnswer]] = {pitch_id: [] for pitch_id in pitch_ids}
    for row in db.session.execute(_COUNTING, {"pitch_ids": sorted(pitch_ids)}):
        values = {**row._mapping, "options": json.loads(row.options)}
        found[values.pop("pitch_id")].append(CountingAnswer(**values))
    return found


# Findings.


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding on a pitch."""

    eligible: bool
    by_id: int
    second_id: int | None
    at: datetime


def findings(pitch_id: int) -> list[FindingRow]:
    """Every finding on a pitch, in the order in which they were made."""
    rows = db.session.execute(
        select(Eligibility.eligible, Eligibility.by_id, Eligibility.second_id, Eligibility.at)
        .where(Eligibility.pitch_id == pitch_id)
        .order_by(Eligibility.id)
    )
    return [FindingRow(*row) for row in rows]
