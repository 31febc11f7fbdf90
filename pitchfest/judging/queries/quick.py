"""Scorecards that were signed faster than their pitch can be read. Only the chair is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import select

from pitchfest.accounts.models import Organisation, Person
from pitchfest.db import db
from pitchfest.judging.models import PanelMember, Scorecard, ScoreVersion
from pitchfest.judging.queries.names import shown_name
from pitchfest.judging.rules import Card
from pitchfest.judging.rules.quick import is_quick, most_spent
from pitchfest.judging.rules.states import COUNTED
from pitchfest.kernel.text import count_words, plural
from pitchfest.pitches import queries as pitches
from pitchfest.pitches.models import Pitch

_CARD, _MEMBER = Scorecard.__table__.c, PanelMember.__table__.c
_SAVES = (
    select(
        _MEMBER.person_id,
        Person.name,
        _CARD.id,
        _CARD.pitch_id,
        shown_name().label("supplier"),
        _CARD.state,
        _CARD.away,
        _CARD.assigned_at,
        _CARD.signed_at,
        ScoreVersion.at,
    )
    .join(PanelMember, _MEMBER.id == _CARD.panel_member_id)
    .join(Person, Person.id == _MEMBER.person_id)
    .join(Pitch, Pitch.id == _CARD.pitch_id)
    .join(Organisation, Organisation.id == Pitch.organisation_id)
    .join(ScoreVersion, ScoreVersion.scorecard_id == _CARD.id)
    .distinct()
    .order_by(Person.name, _MEMBER.person_id, _CARD.id)
)


class QuickCard(NamedTuple):
    """A signed card, the most time its judge can have spent on it here, and the words there are to read."""

    person_id: int
    judge: str
    supplier: str
    spent: timedelta
    words: int

    @property
    def minutes(self) -> str:
        """The time in words, rounded up."""
        minutes = -(-self.spent // timedelta(minutes=1))
        return plural(minutes, "minute") if minutes > 1 else "less than a minute"


def quick_cards(challenge_id: int) -> list[QuickCard]:
    """Every counted card that was quick, by judge and pitch; none that was worked on away from the screen.

    Two statements, whatever the number of cards.
    """
    rows = db.session.execute(_SAVES.where(_MEMBER.challenge_id == challenge_id)).all()
    spent: dict[int, timedelta] = {}
    for _, saves in groupby(rows, key=lambda row: row.person_id):
        mine = list(saves)
        spent |= _spent(mine, {row.id: row.signed_at for row in mine if row.state in COUNTED})
    known = {row.id: row for row in rows if row.id in spent and not row.away}
    words = _words({row.pitch_id for row in known.values()})
    return [
        QuickCard(row.person_id, row.name, row.supplier, spent[row.id], words[row.pitch_id])
        for row in known.values()
        if is_quick(spent[row.id], words[row.pitch_id])
    ]


def would_be_quick(card: Card, now: datetime) -> bool:
    """Whether this card would be one, signed now. Two statements."""
    rows = db.session.execute(_SAVES.where(_MEMBER.id == card.member_id)).all()
    if any(row.away for row in rows if row.id == card.id):
        return False
    signed = {row.id: row.signed_at for row in rows if row.state in COUNTED} | {card.id: now}
    spent = _spent(rows, signed).get(card.id)
    return spent is not None and is_quick(spent, _words([card.pitch_id])[card.pitch_id])


def _spent(rows: Collection[Any], signed: Mapping[int, datetime]) -> dict[int, timedelta]:
    return most_spent(((row.at, row.id) for row in rows), signed, {row.id: row.assigned_at for row in rows})


def _words(pitch_ids: Collection[int]) -> dict[int, int]:
    """The words of the scored answers of each pitch; none of one that came as one piece."""
    return {
        pitch_id: sum(count_words(answer.text) for answer in answers if answer.criterion_id is not None)
        for pitch_id, answers in pitches.answers_of(pitch_ids).items()
    }
