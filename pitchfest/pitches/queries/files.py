"""Files in pitches: which are kept, and their bytes for whoever the caller let in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pitchfest.challenges.models import Question
from pitchfest.challenges.rules import QuestionKind
from pitchfest.db import db
from pitchfest.db.sealing import current_keyring
from pitchfest.files import queries as files
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.models import (
    AnswerVersion,
    BroughtPitch,
    OpenedAnswer,
    Pitch,
    PitchFile,
    Submission,
    SubmittedAnswer,
)
from pitchfest.pitches.queries.versions import latest
from pitchfest.pitches.rules.answers import is_file, parse_file

_FILE = PitchFile.__table__.c


@dataclass(frozen=True, slots=True)
class PitchFileRow:
    """A file that a pitch keeps; `needed` by the answer that counts, or by something that was sent."""

    id: int
    file_id: int
    size: int
    needed: bool


def kept(pitch_id: int) -> list[PitchFileRow]:
    """Every file of a pitch, the oldest first."""
    rows = db.session.execute(
        select(_FILE.id, _FILE.file_id, _FILE.size).where(_FILE.pitch_id == pitch_id).order_by(_FILE.id)
    ).all()
    needed = _needed(pitch_id) if rows else set()
    return [PitchFileRow(row.id, row.file_id, row.size, row.id in needed) for row in rows]


def _needed(pitch_id: int) -> set[int]:
    asked = select(_FILE.question_id).where(_FILE.pitch_id == pitch_id)
    sent = db.session.scalars(
        select(AnswerVersion.text)
        .join(SubmittedAnswer, SubmittedAnswer.answer_version_id == AnswerVersion.id)
        .join(Submission, Submission.id == SubmittedAnswer.submission_id)
        .where(Submission.pitch_id == pitch_id, AnswerVersion.question_id.in_(asked))
        .order_by(AnswerVersion.id)
    ).all()
    questions = set(db.session.scalars(asked.distinct()))
    counting = [version.text for question, version in latest(pitch_id).items() if question in questions]
    return {parse_file(text).id for text in (*sent, *counting) if text}


def named_by(pitch_id: int, text: str) -> tuple[str, str, bytes]:
    """(name, media type, bytes) of the file that an answer's text names, for whoever may read it.

    Raises NotFound where the answer names none, or where it had to make room for others.
    """
    if not text:
        raise NotFound
    return bytes_of(pitch_id, parse_file(text).id)


def bytes_of(pitch_id: int, pitch_file_id: int) -> tuple[str, str, bytes]:
    """The same of a file of the pitch by its id."""
    row = db.session.execute(
        select(_FILE.file_id, _FILE.name, _FILE.media_type).where(
            _FILE.pitch_id == pitch_id, _FILE.id == pitch_file_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.name, row.media_type, current_keyring().open_bytes(files.read(files.stored(row.file_id)))


def opened_names(challenge_id: int) -> dict[tuple[str, int | None], str]:
    """(reference, position of the question) → name of a file of an opened pitch; None for the position is the
    file in which a pitch came. Those of words that were removed are gone too; two statements.
    """
    answers = db.session.execute(
        select(Pitch.reference, Question.position, OpenedAnswer.text)
        .join(Pitch, Pitch.id == OpenedAnswer.pitch_id)
        .join(Question, Question.id == OpenedAnswer.question_id)
        .where(Pitch.challenge_id == challenge_id, Question.kind == QuestionKind.FILE)
        .order_by(Pitch.reference, Question.position)
    ).all()
    came = db.session.execute(
        select(Pitch.reference, BroughtPitch.file_name)
        .join(Pitch, Pitch.id == BroughtPitch.pitch_id)
        .where(
            Pitch.challenge_id == challenge_id,
            Pitch.opened_at.is_not(None),
            BroughtPitch.file_id.is_not(None),
        )
        .order_by(Pitch.reference)
    ).all()
    named = {(r.reference, r.position): parse_file(r.text).name for r in answers if is_file(r.text)}
    return {**named, **{(r.reference, None): r.file_name for r in came}}


def opened_file(pitch_id: int, position: int) -> tuple[str, str, bytes]:
    """The same of an opened pitch's answer, by the question's position. Raises NotFound while sealed."""
    text = db.session.scalars(
        select(OpenedAnswer.text)
        .join(Question, Question.id == OpenedAnswer.question_id)
        .where(
            OpenedAnswer.pitch_id == pitch_id,
            Question.position == position,
            Question.kind == QuestionKind.FILE,
        )
    ).one_or_none()
    return named_by(pitch_id, text or "")
