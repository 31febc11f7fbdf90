"""Every card of a round with its scores, for the file that holds everything."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import bindparam, select

from pitchfest.accounts.models import Organisation, Person
from pitchfest.challenges.models import Criterion
from pitchfest.db import db
from pitchfest.judging.models import FurtherReview, PanelMember, Score, Scorecard
from pitchfest.judging.rules.states import COUNTED, CardState
from pitchfest.pitches.models import Pitch

_CARD, _SCORE, _MEMBER = Scorecard.__table__.c, Score.__table__.c, PanelMember.__table__.c
_PITCH, _CRITERION = Pitch.__table__.c, Criterion.__table__.c


class CardRow(NamedTuple):
    """One card of a round: whose, of which pitch, and what became of it; `own` once it was signed.
    `further_due`: by when, where it was asked for after scoring.
    """

    pitch: str
    supplier: str
    judge: str
    is_chair: bool
    state: CardState
    assigned_at: datetime
    signed_at: datetime | None
    own: Fraction | None
    ended_at: datetime | None
    end_reason: str
    card_id: int
    further_due: datetime | None


_CARDS = (
    select(
        _PITCH.reference,
        Organisation.name,
        Person.name,
        _MEMBER.is_chair,
        _CARD.state,
        _CARD.assigned_at,
        _CARD.signed_at,
        _CARD.own_num,
        _CARD.own_den,
        _CARD.ended_at,
        _CARD.end_reason,
        _CARD.id,
        FurtherReview.due_at,
    )
    .select_from(Scorecard)
    .outerjoin(FurtherReview, FurtherReview.scorecard_id == _CARD.id)
    .join(Pitch, _PITCH.id == _CARD.pitch_id)
    .join(Organisation, Organisation.id == _PITCH.organisation_id)
    .join(PanelMember, _MEMBER.id == _CARD.panel_member_id)
    .join(Person, Person.id == _MEMBER.person_id)
    .where(_PITCH.challenge_id == bindparam("challenge_id"))
    .order_by(_PITCH.reference, Person.name, _CARD.id)
)


def every_card(challenge_id: int) -> list[CardRow]:
    """Every card that was ever given out, by pitch, then judge."""
    rows = db.session.execute(_CARDS, {"challenge_id": challenge_id})
    return [
        CardRow._make((*row[:7], Fraction(row.own_num, row.own_den) if row.own_den else None, *row[9:]))
        for row in rows
    ]


class ScoreRow(NamedTuple):
    """One score of a card that was signed. Of a card that was voided afterwards it does not count."""

    pitch: str
    supplier: str
    judge: str
    criterion: str
    weight: int
    lowest: int
    highest: int
    hundredths: int | None
    reason: str
    state: CardState
    end_reason: str

    @property
    def counts(self) -> bool:
        """Whether it is in the totals."""
        return self.state in COUNTED


_SCORES = (
    select(
        _PITCH.reference,
        Organisation.name,
        Person.name,
        _CRITERION.name,
        _CRITERION.weight,
        _CRITERION.minimum,
        _CRITERION.maximum,
        _SCORE.hundredths,
        _SCORE.reason,
        _CARD.state,
        _CARD.end_reason,
    )
    .select_from(Scorecard)
    .join(Pitch, _PITCH.id == _CARD.pitch_id)
    .join(Organisation, Organisation.id == _PITCH.organisation_id)
    .join(PanelMember, _MEMBER.id == _CARD.panel_member_id)
    .join(Person, Person.id == _MEMBER.person_id)
    .join(Score, _SCORE.scorecard_id == _CARD.id)
    .join(Criterion, _CRITERION.id == _SCORE.criterion_id)
    .where(
        _PITCH.challenge_id == bindparam("challenge_id"),
        _CARD.state.in_(sorted(COUNTED | {CardState.VOIDED})),
        _CARD.signed_at.is_not(None),
    )
    .order_by(_PITCH.reference, Person.name, _CARD.id, _CRITERION.position)
)


def every_score(challenge_id: int) -> list[ScoreRow]:
    """Every signed score, by pitch, judge and criterion; those that no longer count among them."""
    return [ScoreRow(*row) for row in db.session.execute(_SCORES, {"challenge_id": challenge_id})]
