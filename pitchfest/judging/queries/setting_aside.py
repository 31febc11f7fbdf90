"""The locked scorecards of a pitch, for the two people who may set one aside."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pitchfest.accounts.models import Person
from pitchfest.db import db
from pitchfest.judging.models import Declaration, PanelMember, Scorecard
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules.states import CardState
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
