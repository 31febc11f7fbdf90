"""How a person's saves went, for the help desk: counts and times, and nothing that was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import distinct, func, literal, select

from pitchfest.challenges.models import Challenge
from pitchfest.db import UtcDateTime, db
from pitchfest.pitches.models import AnswerVersion, Pitch, PitchMember
from pitchfest.pitches.queries.personal_extensions import withheld_from
from pitchfest.pitches.queries.revealed import is_member
from pitchfest.pitches.rules.states import PitchState


@dataclass(frozen=True, slots=True)
class SavedPages:
    """A pitch without a name: how many of its questions have a saved answer, and the last save."""

    pages: int
    last_at: datetime | None


#: So many pitches are listed, those saved last.
_MOST = 10
_AFTER_ALL = literal(datetime(9999, 1, 1, tzinfo=UTC), UtcDateTime)
_NEVER = datetime.min.replace(tzinfo=UTC)


def saved_pages(person_id: int) -> list[SavedPages]:
    """The pitches on which the person holds a right, withdrawn ones left out, saved last first.

    Neither which challenge nor whether it was sent: staff must not learn that before the opening.
    """
    rows = db.session.execute(
        select(func.count(distinct(AnswerVersion.question_id)), func.max(AnswerVersion.at))
        .select_from(Pitch)
        .join(Challenge, Challenge.id == Pitch.challenge_id)
        .outerjoin(
            AnswerVersion,
            # In a longer time only its supplier can save, so that the time would name the challenge.
            (AnswerVersion.pitch_id == Pitch.id)
            & (AnswerVersion.at < func.coalesce(withheld_from(), _AFTER_ALL)),
        )
        .where(
            Pitch.state != PitchState.WITHDRAWN,
            Pitch.created_at < func.coalesce(withheld_from(), _AFTER_ALL),
            select(PitchMember.id)
            .where(PitchMember.pitch_id == Pitch.id, PitchMember.person_id == person_id, is_member())
            .exists(),
        )
        .group_by(Pitch.id)
        .order_by(Pitch.id)
    )
    found = [SavedPages(pages, last_at) for pages, last_at in rows]
    return sorted(found, key=lambda pitch: pitch.last_at or _NEVER, reverse=True)[:_MOST]
