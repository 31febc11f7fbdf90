"""What goes when a pitch's words go: answers and their versions, and how it came."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select

from pitchfest.db import db
from pitchfest.files import operations as files
from pitchfest.pitches.models import (
    AnswerVersion,
    AssistedPitch,
    BroughtPitch,
    ClarifiedAnswer,
    FileForJudges,
    HiddenWords,
    OpenedAnswer,
    PitchFile,
    SettledVersion,
    Submission,
    SubmittedAnswer,
    SubmittedOrganisation,
)


def forget_words(pitch_ids: Collection[int]) -> None:
    """Remove every answer of these pitches, how they came, their suppliers' contacts, and what was
    received. The caller holds a disposal of them and has decided that their words go.
    """
    ids = sorted(pitch_ids)
    sendings = select(Submission.id).where(Submission.pitch_id.in_(ids))
    for part in (SubmittedAnswer, SubmittedOrganisation):
        db.session.execute(delete(part).where(part.submission_id.in_(sendings)))
    versions = select(AnswerVersion.id).where(AnswerVersion.pitch_id.in_(ids))
    db.session.execute(delete(SettledVersion).where(SettledVersion.version_id.in_(versions)))
    kept = [
        *db.session.scalars(
            select(PitchFile.file_id).where(PitchFile.pitch_id.in_(ids)).order_by(PitchFile.id)
        ),
        *db.session.scalars(
            select(BroughtPitch.file_id)
            .where(BroughtPitch.pitch_id.in_(ids), BroughtPitch.file_id.is_not(None))
            .order_by(BroughtPitch.pitch_id)
        ),
    ]
    for table in (
        AssistedPitch,
        BroughtPitch,
        FileForJudges,
        PitchFile,
        AnswerVersion,
        OpenedAnswer,
        ClarifiedAnswer,
        HiddenWords,
    ):
        db.session.execute(delete(table).where(table.pitch_id.in_(ids)))
    for file_id in kept:
        files.discard(file_id)
