"""Files in pitches: sealed on the disk before the write, and named by the answer that they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import QuestionKind
from pitchfest.db import db
from pitchfest.db.sealing import current_keyring
from pitchfest.files import operations as files
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation
from pitchfest.pitches.models import PitchFile
from pitchfest.pitches.operations.roots import in_time, locked
from pitchfest.pitches.operations.writing import Kept, save_answer
from pitchfest.pitches.queries import files as queries
from pitchfest.pitches.rules.answers import FileAnswer, write_file
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.versions import Shown

#: Bytes that the files of one pitch may come to, earlier ones included.
QUOTA = 100_000_000
FULL = Problem("The files of this pitch come to more than 100 MB. Choose a smaller file", "answer")

#: What a stored file's row says of bytes that are sealed: nothing.
SEALED_NAME, SEALED_TYPE = "sealed", "application/octet-stream"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is on the disk, sealed. `sha256` and `size` are those of its own bytes."""

    written: files.Written
    name: str
    media_type: str
    sha256: str
    size: int


def keep_file(data: bytes, *, name: str, media_type: str) -> KeptFile:
    """Put a file on the disk, sealed, before the write that names it. The caller has looked at it."""
    written = files.write(current_keyring().seal_bytes(data))
    return KeptFile(written, name, media_type, hashlib.sha256(data).hexdigest(), len(data))


@contextmanager
def kept_file(data: bytes | None, *, name: str, media_type: str) -> Iterator[KeptFile | None]:
    """Around the write that names a file, if one was sent: where it is refused, the bytes go again."""
    kept = keep_file(data, name=name, media_type=media_type) if data else None
    try:
        yield kept
    finally:
        if kept is not None:
            files.drop_unless_named(kept.written)


def answer_with_file(
    actor: Actor, *, reference: str, position: int, file: KeptFile, shown: Shown | None, now: datetime
) -> Kept:
    """Make a file the answer to a question that asks for one; what was the answer stays among the
    earlier versions while there is room. Raises RuleViolation where there is none, else as `save_answer`.
    """
    pitch, row = locked(actor, reference, Permission.EDIT, now)
    in_time(row, now)
    question = next((q for q in challenges.questions(row.challenge_id) if q.position == position), None)
    if question is None or question.kind != QuestionKind.FILE:
        raise NotFound
    _make_room(pitch.id, file.size)
    kept_id = add_file(actor, file, pitch.id, question.id, now)
    text = write_file(FileAnswer(kept_id, file.name, file.size, file.sha256))
    return save_answer(actor, reference=reference, position=position, text=text, shown=shown, now=now)


def add_file(actor: Actor, file: KeptFile, pitch_id: int, question_id: int | None, now: datetime) -> int:
    """Store a file, sealed, with a pitch, for the question that it answers, if any; its id."""
    kept = PitchFile(
        pitch_id=pitch_id,
        question_id=question_id,
        file_id=files.store(actor, written=file.written, name=SEALED_NAME, media_type=SEALED_TYPE, now=now),
        name=file.name,
        media_type=file.media_type,
        sha256=file.sha256,
        size=file.size,
        by_id=actor.person_id,
        at=now,
    )
    db.session.add(kept)
    db.session.flush()
    return kept.id


def _make_room(pitch_id: int, size: int) -> None:
    """Let files go that were replaced and never sent, the oldest first, until there is room."""
    kept = queries.kept(pitch_id)
    over = sum(file.size for file in kept) + size - QUOTA
    for file in kept:
        if over <= 0:
            return
        if not file.needed:
            db.session.execute(delete(PitchFile).where(PitchFile.id == file.id))
            files.discard(file.file_id)
            over -= file.size
    if over > 0:
        raise RuleViolation(FULL)
