"""The locked scorecards of a pitch, for the two people who may set one aside."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Criterion
from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import db
from pitchfest.judging.models import Declaration, PanelMember, Score, Scorecard
from pitchfest.judging.queries.moderation import agenda
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules.moderation import is_outside
from pitchfest.judging.rules.states import COUNTED, CardState
from pitchfest.pitches.models import Pitch


@dataclass(frozen=True, slots=True)
class LockedCard:
    """A judge's locked scorecard on a pitch, with what they declared on it."""

    id: int
    pitch_id: int
    version: int
    state: CardState
    judge_id: int
    judge_name: str
    declaration_id: int


def locked_cards(challenge_id: int, pitch_reference: str) -> list[LockedCard]:
    """The locked cards of a pitch that is in play, by judge's name."""
    card, member, said = Scorecard.__table__.c, PanelMember.__table__.c, Declaration.__table__.c
    rows = db.session.execute(
        select(
            card.id,
            card.pitch_id,
            card.version,
            card.state,
            member.person_id.label("judge_id"),
            Person.name.label("judge_name"),
            said.id.label("declaration_id"),
        )
        .join(Pitch, Pitch.id == card.pitch_id)
        .join(PanelMember, member.id == card.panel_member_id)
        .join(Person, Person.id == member.person_id)
        .join(Declaration, (said.panel_member_id == member.id) & (said.pitch_id == card.pitch_id))
        .where(
            Pitch.challenge_id == challenge_id,
            Pitch.reference == pitch_reference,
            Pitch.state.in_(sorted(IN_PLAY)),
            card.state == CardState.LOCKED,
        )
        .order_by(Person.name, card.id)
    )
    return [LockedCard(**row._mapping) for row in rows]


def _other_scores(card: LockedCard) -> dict[int, list[int]]:
    """What the other counted cards of the pitch gave, by criterion id."""
    given: dict[int, list[int]] = {}
    for criterion_id, hundredths in db.session.execute(
        select(Score.criterion_id, Score.hundredths)
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .where(
            Scorecard.pitch_id == card.pitch_id,
            Scorecard.id != card.id,
            Scorecard.state.in_(sorted(COUNTED)),
            ~Score.unable,
        )
        .order_by(Score.criterion_id)
    ):
        if hundredths is not None:
            given.setdefault(criterion_id, []).append(hundredths)
    return given


def only_scored_by(card: LockedCard) -> list[str]:
    """The names of the criteria that no other counted card of the pitch has a score on."""
    given = _other_scores(card)
    rows = db.session.execute(
        select(Criterion.id, Criterion.name)
        .join(Pitch, Pitch.challenge_id == Criterion.challenge_id)
        .where(Pitch.id == card.pitch_id, Criterion.kind == CriterionKind.JUDGED)
        .order_by(Criterion.position)
    )
    return [name for key, name in rows if key not in given]


def agreed_beyond(challenge_id: int, card: LockedCard) -> list[str]:
    """The names of the criteria on which the panel agreed, without a second person, a score that lies outside
    what the other counted cards of the pitch gave.
    """
    given = _other_scores(card)
    return [
        row.criterion_name
        for row in agenda(challenge_id)
        if row.pitch_id == card.pitch_id
        and row.agreement is not None
        and not row.agreement.outside
        and row.criterion_id in given
        and is_outside(row.agreement.hundredths, given[row.criterion_id])
    ]
