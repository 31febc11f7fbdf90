"""How every challenge stands, on one page: for the champion, and for all who work here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, select

from pitchfest.accounts.models import Person
from pitchfest.awards.models import Release
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import PUBLISHED, RELEASED, ChallengeState, effective_state
from pitchfest.db import db
from pitchfest.home.rules import Late, days_to_feedback, late, middle
from pitchfest.judging.models import Declaration, PanelMember
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.kernel.actor import Actor
from pitchfest.pitches import queries as pitches

_CHALLENGE = Challenge.__table__.c
_ORDER = {state: place for place, state in enumerate(ChallengeState)}


@dataclass(frozen=True, slots=True)
class Standing:
    """One challenge. `pitches` is None where none can be there, or where the reader is recused;
    `feedback` counts working days from closing to the letters, None until they are out.
    """

    reference: str
    title: str
    owner: str
    state: ChallengeState
    state_since: datetime
    closes_at: datetime | None
    pitches: int | None
    letters_at: datetime | None
    feedback: int | None
    late: Late | None


@dataclass(frozen=True, slots=True)
class Overview:
    """All challenges that the reader may see, by state and then by age, but for practice ones."""

    rows: Sequence[Standing]

    @property
    def counts(self) -> list[tuple[ChallengeState, int]]:
        """How many challenges are in each state that has any, in the order of the life cycle."""
        states = [row.state for row in self.rows]
        return [(state, states.count(state)) for state in ChallengeState if state in states]

    @property
    def late(self) -> list[tuple[Standing, Late]]:
        """What is late, the longest first."""
        found = [(row, row.late) for row in self.rows if row.late is not None]
        return sorted(found, key=lambda pair: pair[1].since)

    @property
    def pitches(self) -> int:
        """How many pitches came in for all of these challenges."""
        return sum(row.pitches or 0 for row in self.rows)

    @property
    def feedback(self) -> float | None:
        """The median number of working days from closing to letters, None before the first."""
        return middle([row.feedback for row in self.rows if row.feedback is not None])

    @property
    def told(self) -> int:
        """Of how many challenges the letters are out."""
        return sum(row.feedback is not None for row in self.rows)


def overview(actor: Actor, now: datetime) -> Overview:
    """How every challenge stands that `actor` may see; two statements.

    A recused judge learns nothing of a round until its letters are out, also not how many pitched.
    """
    recused = exists().where(
        PanelMember.challenge_id == _CHALLENGE.id,
        PanelMember.person_id == actor.person_id,
        Declaration.panel_member_id == PanelMember.id,
        Declaration.state == DeclarationState.RECUSED,
    )
    kept_from = and_(recused, _CHALLENGE.state.not_in(sorted(RELEASED)))
    rows = db.session.execute(
        select(
            _CHALLENGE.id,
            _CHALLENGE.reference,
            _CHALLENGE.title,
            _CHALLENGE.owner_organisation,
            _CHALLENGE.state,
            _CHALLENGE.state_since,
            _CHALLENGE.closes_at,
            _CHALLENGE.judging_deadline,
            _CHALLENGE.decision_due,
            Person.name.label("decider"),
            Release.at.label("letters_at"),
            case((kept_from, True), else_=False).label("kept_from"),
        )
        .select_from(Challenge)
        .outerjoin(Person, Person.id == _CHALLENGE.decision_maker_id)
        .outerjoin(Release, Release.challenge_id == _CHALLENGE.id)
        .where(challenges.visible_to(actor, now), _CHALLENGE.practice.is_(False))
        .order_by(_CHALLENGE.state_since, _CHALLENGE.reference)
    ).all()
    came = pitches.counts([row.id for row in rows], now) if rows else {}
    standings = [
        _standing(
            row, effective_state(row.state, row.closes_at, now), None if row.kept_from else came[row.id], now
        )
        for row in rows
    ]
    return Overview(sorted(standings, key=lambda row: _ORDER[row.state]))


def _standing(row: Any, state: ChallengeState, came: int | None, now: datetime) -> Standing:
    published, told = state in PUBLISHED, row.letters_at is not None and row.closes_at is not None
    return Standing(
        reference=row.reference,
        title=row.title,
        owner=row.owner_organisation,
        state=state,
        state_since=row.state_since if state == row.state else row.closes_at,
        closes_at=row.closes_at,
        pitches=came if published else None,
        letters_at=row.letters_at,
        feedback=days_to_feedback(row.closes_at, row.letters_at) if told else None,
        late=None
        if row.kept_from
        else late(
            state,
            state_since=row.state_since,
            judging_deadline=row.judging_deadline,
            decision_due=row.decision_due,
            decider=row.decider or "",
            now=now,
        ),
    )
