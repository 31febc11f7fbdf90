"""What was written in a pitch: every version of every answer, and which of them counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Question
from pitchfest.challenges.rules import QuestionKind
from pitchfest.db import db
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.models import AnswerVersion, SettledVersion
from pitchfest.pitches.rules.rows import what_counts
from pitchfest.pitches.rules.versions import Shown

_VERSION = AnswerVersion.__table__.c
_QUESTION = Question.__table__.c


@dataclass(frozen=True, slots=True)
class Version:
    """One saved text of one answer. While `begun_at` is set it is still being written."""

    id: int
    question_id: int
    text: str
    author_id: int
    author_name: str
    at: datetime
    parent_id: int | None
    begun_at: datetime | None
    revision: int
    kind: QuestionKind

    @property
    def counting(self) -> str:
        """The text as it would be sent."""
        return what_counts(self.kind, self.text)

    @property
    def shown(self) -> Shown:
        """How a form says that it was opened on this one."""
        return Shown(self.id, self.revision)


def _versions(pitch_id: int | ColumnElement[int]) -> Select[Any]:
    person = Person.__table__
    return (
        select(
            _VERSION.id,
            _VERSION.question_id,
            _VERSION.text,
            _VERSION.author_id,
            person.c.name.label("author_name"),
            _VERSION.at,
            _VERSION.parent_id,
            _VERSION.begun_at,
            _VERSION.revision,
            _QUESTION.kind,
        )
        .join(person, person.c.id == _VERSION.author_id)
        .join(Question.__table__, _QUESTION.id == _VERSION.question_id)
        .where(_VERSION.pitch_id == pitch_id)
    )


def on_main_line() -> ColumnElement[bool]:
    """That a version was saved on top of the then latest one. Of two that were written on top of
    the same text the first counts; the other is kept, and waits for its author to put them together.
    """
    earlier = AnswerVersion.__table__.alias().c
    return ~(
        select(earlier.id)
        .where(
            earlier.pitch_id == _VERSION.pitch_id,
            earlier.question_id == _VERSION.question_id,
            func.coalesce(earlier.parent_id, 0) == func.coalesce(_VERSION.parent_id, 0),
            earlier.id < _VERSION.id,
        )
        .exists()
    )


_MAIN_LINE = (
    select(_VERSION.id)
    .where(
        _VERSION.pitch_id == bindparam("pitch_id"),
        _VERSION.question_id == bindparam("question_id"),
        on_main_line(),
    )
    .order_by(_VERSION.id)
)


def main_line(pitch_id: int, question_id: int) -> list[int]:
    """Ids of the versions of one answer that were each saved on top of the one before, in order."""
    rows = db.session.execute(_MAIN_LINE, {"pitch_id": pitch_id, "question_id": question_id})
    return list(rows.scalars())


_HEADS = (
    select(func.max(_VERSION.id))
    .where(_VERSION.pitch_id == bindparam("pitch_id"), on_main_line())
    .group_by(_VERSION.question_id)
)
_LATEST = _versions(bindparam("pitch_id")).where(_VERSION.id.in_(_HEADS)).order_by(_VERSION.question_id)


def latest(pitch_id: int) -> dict[int, Version]:
    """question id → the version that counts; questions without any are left out."""
    rows = db.session.execute(_LATEST, {"pitch_id": pitch_id})
    return {row.question_id: Version(**row._mapping) for row in rows}


def working(pitch_id: int) -> dict[int, str]:
    """question id → text of the version that counts, as it would be sent."""
    return {question_id: version.counting for question_id, version in latest(pitch_id).items()}


@dataclass(frozen=True, slots=True)
class Saving:
    """When a version of an answer was saved, and by whom; its words stay sealed."""

    id: int
    author_id: int
    author_name: str
    at: datetime


_HISTORY = (
    select(_VERSION.id, _VERSION.author_id, Person.__table__.c.name.label("author_name"), _VERSION.at)
    .join(Person.__table__, Person.__table__.c.id == _VERSION.author_id)
    .where(_VERSION.pitch_id == bindparam("pitch_id"), _VERSION.question_id == bindparam("question_id"))
    .order_by(_VERSION.id.desc())
    .limit(bindparam("most"))
)


def history(pitch_id: int, question_id: int, *, limit: int = 20) -> list[Saving]:
    """The newest savings of one answer, newest first."""
    asked = {"pitch_id": pitch_id, "question_id": question_id, "most": limit}
    rows = db.session.execute(_HISTORY, asked)
    return [Saving(**row._mapping) for row in rows]


def every_version(pitch_id: int) -> list[Version]:
    """Every version of every answer, in the order in which they were written."""
    rows = db.session.execute(_versions(pitch_id).order_by(_VERSION.id))
    return [Version(**row._mapping) for row in rows]


_LAST = (
    select(func.max(_VERSION.id))
    .where(_VERSION.pitch_id == bindparam("pitch_id"), _VERSION.question_id == _QUESTION.id, on_main_line())
    .correlate(Question.__table__)
    .scalar_subquery()
)
_HEAD = (
    select(
        _QUESTION.id.label("asked"),
        *(_VERSION[name] for name in ("id", "question_id", "text", "author_id")),
        Person.__table__.c.name.label("author_name"),
        *(_VERSION[name] for name in ("at", "parent_id", "begun_at", "revision")),
        _QUESTION.kind,
    )
    .select_from(Question.__table__)
    .outerjoin(AnswerVersion.__table__, _VERSION.id == _LAST)
    .outerjoin(Person.__table__, Person.__table__.c.id == _VERSION.author_id)
    .where(_QUESTION.challenge_id == bindparam("challenge_id"), _QUESTION.position == bindparam("position"))
)


def head(pitch_id: int, challenge_id: int, position: int) -> tuple[int, Version | None]:
    """The id of the challenge's question at this position, and the version of its answer that counts.

    Raises NotFound where there is no such question.
    """
    asked = {"pitch_id": pitch_id, "challenge_id": challenge_id, "position": position}
    row = db.session.execute(_HEAD, asked).one_or_none()
    if row is None:
        raise NotFound
    question_id, *version = row
    return question_id, Version(*version) if row.id is not None else None


def version(pitch_id: int, question_id: int, version_id: int) -> Version:
    """One version of one answer. Raises NotFound."""
    row = db.session.execute(
        _versions(pitch_id).where(_VERSION.question_id == question_id, _VERSION.id == version_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Version(**row._mapping)


_SETTLED = SettledVersion.__table__.c
#: Of an answer, one author's newest text beside the one that counts, unless it or a later one was settled.
_BESIDE = (
    _versions(bindparam("pitch_id"))
    .where(
        ~on_main_line(),
        _VERSION.id.in_(
            select(func.max(_VERSION.id))
            .where(_VERSION.pitch_id == bindparam("pitch_id"))
            .where(~on_main_line())
            .group_by(_VERSION.question_id, _VERSION.author_id)
        ),
        ~select(_SETTLED.version_id).where(_SETTLED.version_id == _VERSION.id).exists(),
    )
    .order_by(_VERSION.question_id, _VERSION.id)
)


def beside(pitch_id: int, counting: Mapping[int, Version]) -> list[Version]:
    """The texts that were written while someone else saved another on the same text, and that nobody has
    settled yet: of each author the newest, where it differs from what counts (`latest`).
    """
    rows = [Version(**row._mapping) for row in db.session.execute(_BESIDE, {"pitch_id": pitch_id})]
    return [v for v in rows if v.question_id not in counting or v.text != counting[v.question_id].text]


@dataclass(frozen=True, slots=True)
class WrittenText:
    """The text that counts of one answer, in one of several pitches."""

    pitch_id: int
    position: int
    ask: str
    text: str


def texts_of(pitch_ids: Collection[int]) -> list[WrittenText]:
    """Every written text that counts in these pitches, in the order of their forms; files, prices and the
    like are left out.
    """
    ids = sorted(pitch_ids)
    heads = (
        select(func.max(_VERSION.id))
        .where(_VERSION.pitch_id.in_(ids), on_main_line())
        .group_by(_VERSION.pitch_id, _VERSION.question_id)
    )
    rows = db.session.execute(
        select(_VERSION.pitch_id, _QUESTION.position, _QUESTION.ask, _VERSION.text)
        .join(Question.__table__, _QUESTION.id == _VERSION.question_id)
        .where(_VERSION.id.in_(heads), _QUESTION.kind == QuestionKind.TEXT)
        .order_by(_VERSION.pitch_id, _QUESTION.position)
    )
    return [WrittenText(**row._mapping) for row in rows if row.text]
