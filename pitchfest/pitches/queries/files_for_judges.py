"""Files of opened pitches, and what of each is given to judges who must not learn who pitches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, null, select

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Question
from pitchfest.challenges.rules import QuestionKind
from pitchfest.db import db
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.privacy import Section
from pitchfest.pitches.models import BroughtPitch, FileForJudges, OpenedAnswer, Pitch, PitchFile
from pitchfest.pitches.queries.another_way import file_as_received
from pitchfest.pitches.queries.files import bytes_of, opened_file
from pitchfest.pitches.rules.answers import is_file, parse_file
from pitchfest.pitches.rules.without_names import AS_IT_IS, FileGiven, Given

_GIVEN = FileForJudges.__table__.c
_QUESTION, _PITCH = Question.__table__.c, Pitch.__table__.c
_COPY = PitchFile.__table__.c
_BROUGHT = BroughtPitch.__table__.c

#: (pitch id, position of the question), None for the position of the file in which a pitch came.
Place = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided of a file, and why."""

    id: int
    what: Given
    copy_id: int | None
    reason: str
    by_name: str
    at: datetime


def decided(pitch_ids: Collection[int]) -> dict[Place, Decided]:
    """What was decided last of each file of these pitches. One statement."""
    rows = db.session.execute(
        select(
            _GIVEN.id,
            _GIVEN.pitch_id,
            _QUESTION.position,
            _GIVEN.given,
            _COPY.name,
            _COPY.size,
            _GIVEN.copy_id,
            _GIVEN.reason,
            Person.name.label("by_name"),
            _GIVEN.at,
        )
        .join(Person, Person.id == _GIVEN.by_id)
        .outerjoin(Question, _QUESTION.id == _GIVEN.question_id)
        .outerjoin(PitchFile, _COPY.id == _GIVEN.copy_id)
        .where(_GIVEN.pitch_id.in_(sorted(pitch_ids)))
        .order_by(_GIVEN.id)
    )
    return {
        (row.pitch_id, row.position): Decided(
            row.id,
            Given(row.given, row.name or "", row.size or 0),
            row.copy_id,
            row.reason,
            row.by_name,
            row.at,
        )
        for row in rows
    }


def given_files(pitch_ids: Collection[int]) -> dict[Place, Given]:
    """What judges get of each file of which it was decided. One statement."""
    return {place: each.what for place, each in decided(pitch_ids).items()}


def file_for_judges(pitch_id: int, position: int | None) -> tuple[str, str, bytes]:
    """(name, media type, bytes) of what judges get of a file. Raises NotFound where it was withheld."""
    found = decided([pitch_id]).get((pitch_id, position))
    given = found.what.given if found else AS_IT_IS.given
    if given == FileGiven.WITHHELD:
        raise NotFound
    if found and found.copy_id:
        return bytes_of(pitch_id, found.copy_id)
    return file_as_received(pitch_id) if position is None else opened_file(pitch_id, position)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file of an opened pitch as it was sent; at `position` 0 the one in which it came."""

    pitch_id: int
    position: int
    question_id: int | None
    ask: str
    name: str

    @property
    def place(self) -> Place:
        """What it is called where files are decided on."""
        return self.pitch_id, self.position or None

    @property
    def where(self) -> str:
        """Which file it is, in words."""
        return f"{self.position}. {self.ask}" if self.position else self.ask


def opened_files(pitch_ids: Collection[int]) -> list[OpenedFile]:
    """Every file of these pitches, in the order of the form; two statements."""
    ids = sorted(pitch_ids)
    answers = db.session.execute(
        select(OpenedAnswer.pitch_id, _QUESTION.position, _QUESTION.id, _QUESTION.ask, OpenedAnswer.text)
        .join(Question, _QUESTION.id == OpenedAnswer.question_id)
        .where(OpenedAnswer.pitch_id.in_(ids), _QUESTION.kind == QuestionKind.FILE)
        .order_by(OpenedAnswer.pitch_id, _QUESTION.position)
    ).all()
    came = db.session.execute(
        select(_BROUGHT.pitch_id, _BROUGHT.file_name)
        .join(Pitch, _PITCH.id == _BROUGHT.pitch_id)
        .where(_BROUGHT.pitch_id.in_(ids), _BROUGHT.file_id.is_not(None), _PITCH.opened_at.is_not(None))
        .order_by(_BROUGHT.pitch_id)
    )
    return [
        *(OpenedFile(row.pitch_id, 0, None, "The pitch as received", row.file_name) for row in came),
        *(
            OpenedFile(row.pitch_id, row.position, row.id, row.ask, parse_file(row.text).name)
            for row in answers
            if is_file(row.text)
        ),
    ]


def not_looked_at(pitch_ids: Collection[int]) -> Counter[int]:
    """How many files of each of these pitches nobody has decided on. One statement."""
    ids = sorted(pitch_ids)
    answers = (
        select(OpenedAnswer.pitch_id, OpenedAnswer.text)
        .join(Question, _QUESTION.id == OpenedAnswer.question_id)
        .where(
            OpenedAnswer.pitch_id.in_(ids),
            _QUESTION.kind == QuestionKind.FILE,
            ~exists().where(_GIVEN.pitch_id == OpenedAnswer.pitch_id, _GIVEN.question_id == _QUESTION.id),
        )
    )
    came = select(_BROUGHT.pitch_id, null().label("text")).where(
        _BROUGHT.pitch_id.in_(ids),
        _BROUGHT.file_id.is_not(None),
        ~exists().where(_GIVEN.pitch_id == _BROUGHT.pitch_id, _GIVEN.question_id.is_(None)),
    )
    rows = db.session.execute(answers.union_all(came).order_by("pitch_id"))
    return Counter(row.pitch_id for row in rows if row.text is None or is_file(row.text))


def not_as_sent(pitch_id: int) -> list[tuple[str, str, str]]:
    """Which files judges did not get as they were sent: which one, what they got, and why."""
    said = {FileGiven.WITHHELD: "withheld", FileGiven.COPY: "judges got a copy without names"}
    return [
        (f"File of answer {position}" if position else "The file", said[each.what.given], each.reason)
        for (_, position), each in decided([pitch_id]).items()
        if each.what.given in said
    ]


def decided_by(person_id: int) -> Section:
    """What a person decided of files, for their own copy."""
    rows = db.session.execute(
        select(_PITCH.reference, _QUESTION.position, _GIVEN.given, _GIVEN.reason, _GIVEN.at)
        .join(Pitch, _PITCH.id == _GIVEN.pitch_id)
        .outerjoin(Question, _QUESTION.id == _GIVEN.question_id)
        .where(_GIVEN.by_id == person_id)
        .order_by(_GIVEN.id)
    )
    said = {
        FileGiven.AS_IT_IS: "As it is",
        FileGiven.WITHHELD: "Nothing",
        FileGiven.COPY: "A copy without names",
    }
    return Section(
        "What you gave judges of files",
        ("Pitch", "Answer", "Given", "Your reason", "When"),
        tuple((row.reference, row.position, said[row.given], row.reason, row.at) for row in rows),
    )
