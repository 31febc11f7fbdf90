"""Words of opened pitches that judges do not read, and who pitches, so that someone can look for more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pitchfest.accounts.models import Organisation, Person
from pitchfest.challenges.models import Question
from pitchfest.db import db
from pitchfest.pitches.models import HiddenWords, Pitch, PitchMember

_HIDDEN = HiddenWords.__table__.c
_QUESTION = Question.__table__.c


def hidden_words(pitch_ids: Collection[int]) -> dict[tuple[int, int | None], tuple[str, ...]]:
    """(pitch id, position of the question) → the words that judges do not read there; None in place of a
    position: in a pitch that came another way. One statement.
    """
    found: dict[tuple[int, int | None], tuple[str, ...]] = {}
    for row in db.session.execute(
        select(_HIDDEN.pitch_id, _QUESTION.position, _HIDDEN.words)
        .outerjoin(Question, _QUESTION.id == _HIDDEN.question_id)
        .where(_HIDDEN.pitch_id.in_(sorted(pitch_ids)), _HIDDEN.undone_at.is_(None))
        .order_by(_HIDDEN.id)
    ):
        key = row.pitch_id, row.position
        found[key] = (*found.get(key, ()), row.words)
    return found


@dataclass(frozen=True, slots=True)
class HiddenRow:
    """Words that somebody hid from judges, and why."""

    id: int
    position: int | None
    words: str
    reason: str
    by_name: str
    at: datetime

    @property
    def where(self) -> str:
        """Which answer they are in, in words."""
        return "The pitch as received" if self.position is None else f"Answer {self.position}"


def hidden_in(pitch_id: int) -> list[HiddenRow]:
    """What is hidden from the judges of a pitch, in the order of its form."""
    rows = db.session.execute(
        select(_HIDDEN.id, _QUESTION.position, _HIDDEN.words, _HIDDEN.reason, Person.name, _HIDDEN.at)
        .join(Person, Person.id == _HIDDEN.by_id)
        .outerjoin(Question, _QUESTION.id == _HIDDEN.question_id)
        .where(_HIDDEN.pitch_id == pitch_id, _HIDDEN.undone_at.is_(None))
        .order_by(_QUESTION.position, _HIDDEN.id)
    )
    return [HiddenRow(*row) for row in rows]


def telling_words(pitch_id: int) -> list[str]:
    """What would tell who pitches: the supplier's name and number, its team's names and e-mail domains."""
    name, number = db.session.execute(
        select(Organisation.name, Organisation.number)
        .join(Pitch, Pitch.organisation_id == Organisation.id)
        .where(Pitch.id == pitch_id)
    ).one()
    team = db.session.execute(
        select(Person.name, Person.email)
        .join(PitchMember, PitchMember.person_id == Person.id)
        .where(PitchMember.pitch_id == pitch_id)
        .order_by(Person.id)
    ).all()
    found = [name, number, *(row.name for row in team), *(row.email.rpartition("@")[2] for row in team)]
    return list(dict.fromkeys(each for each in found if each))
