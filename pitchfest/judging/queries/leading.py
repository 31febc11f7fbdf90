"""What waits for the procurement lead while rounds start and run."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    exists,
    func,
    literal,
    not_,
    select,
)

from pitchfest.accounts.models import TwoPersonAct
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging.models import (
    Declaration,
    PanelMember,
    Scorecard,
)
from pitchfest.judging.queries.barriers import recused_here
from pitchfest.judging.queries.progress import FEWEST_CARDS
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules.assignment import per_pitch
from pitchfest.judging.rules.states import COUNTED, MAY_READ, CardState, DeclarationState
from pitchfest.kernel.text import plural
from pitchfest.kernel.waiting import Waiting
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules import PitchState

_CHALLENGE = Challenge.__table__.c
_PITCH = Pitch.__table__.c
_CARD = Scorecard.__table__.c
_MEMBER = PanelMember.__table__.c
_DECLARED = Declaration.__table__.c
_ACT = TwoPersonAct.__table__.c
_IN_PLAY = _PITCH.state.in_(sorted(IN_PLAY))


def to_lead(person_id: int, now: datetime) -> list[Waiting]:
    """What waits for the procurement lead in the rounds that start or run; one statement."""
    return [task for row in _rounds(person_id) if (task := _for_lead(row, now)) is not None]


def _pitches(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many pitches of the outer statement's challenge fulfil the conditions."""
    return (
        select(func.count(_PITCH.id))
        .where(_PITCH.challenge_id == _CHALLENGE.id, *conditions)
        .correlate(Challenge)
        .scalar_subquery()
    )


def _fewer_cards(states: Collection[CardState], *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many pitches in play have too few cards in these states, and nobody agreed on fewer."""
    cards = (
        select(func.count(_CARD.id))
        .where(_CARD.pitch_id == _PITCH.id, _CARD.state.in_(sorted(states)))
        .correlate(Pitch)
        .scalar_subquery()
    )
    agreed = exists().where(
        _ACT.kind == ActKind.FEWER_CARDS,
        _ACT.outcome == ActOutcome.CONFIRMED,
        _ACT.object == literal("pitch:") + _PITCH.reference,
    )
    few = and_(cards < _CHALLENGE.minimum_cards, not_(and_(agreed, cards >= FEWEST_CARDS)))
    return _pitches(_IN_PLAY, few, *conditions)


def _somebody_free() -> ColumnElement[bool]:
    """Whether a judge is cleared for the pitch of the outer statement who never had a card of it."""
    had = exists().where(_CARD.panel_member_id == _MEMBER.id, _CARD.pitch_id == _DECLARED.pitch_id)
    return (
        exists()
        .where(
            _DECLARED.pitch_id == _PITCH.id,
            _DECLARED.state.in_(sorted(MAY_READ)),
            _MEMBER.id == _DECLARED.panel_member_id,
            _MEMBER.released_at.is_(None),
            ~had.correlate(PanelMember, Declaration),
        )
        .correlate(Pitch)
    )


def _judges() -> ScalarSelect[int]:
    return (
        select(func.count(_MEMBER.id))
        .where(_MEMBER.challenge_id == _CHALLENGE.id, _MEMBER.released_at.is_(None))
        .correlate(Challenge)
        .scalar_subquery()
    )


def _open_cards() -> ScalarSelect[int]:
    return (
        select(func.count(_CARD.id))
        .join(Pitch, _PITCH.id == _CARD.pitch_id)
        .where(_PITCH.challenge_id == _CHALLENGE.id, _IN_PLAY, _CARD.state == CardState.ASSIGNED)
        .correlate(Challenge)
        .scalar_subquery()
    )


def _interests(person_id: int, what: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Of the declared interests of other judges that wait to be decided: how many, or since when."""
    return (
        select(what)
        .join(PanelMember, _MEMBER.id == _DECLARED.panel_member_id)
        .where(
            _MEMBER.challenge_id == _CHALLENGE.id,
            _MEMBER.person_id != person_id,
            _DECLARED.state == DeclarationState.INTEREST,
        )
        .correlate(Challenge)
        .scalar_subquery()
    )


def _undeclared() -> ScalarSelect[int]:
    """How many pairs of judge and pitch in play wait for a declaration."""
    made = exists().where(
        _DECLARED.panel_member_id == _MEMBER.id,
        _DECLARED.pitch_id == _PITCH.id,
        _DECLARED.state != DeclarationState.ASKED,
    )
    return (
        select(func.count(_PITCH.id))
        .join(PanelMember, _MEMBER.challenge_id == _PITCH.challenge_id)
        .where(_PITCH.challenge_id == _CHALLENGE.id, _IN_PLAY, _MEMBER.released_at.is_(None), ~made)
        .correlate(Challenge)
        .scalar_subquery()
    )


def _rounds(person_id: int) -> list[Any]:
    """Every round that starts or runs, with what a lead needs to know of it; not where this
    person is recused.
    """
    rows = db.session.execute(
        select(
            _CHALLENGE.reference,
            _CHALLENGE.title,
            _CHALLENGE.state,
            _CHALLENGE.state_since,
            _CHALLENGE.judging_deadline,
            _pitches(_PITCH.state == PitchState.OPENED).label("undecided"),
            _pitches(_IN_PLAY).label("in_play"),
            _fewer_cards(COUNTED).label("short"),
            _fewer_cards(COUNTED | {CardState.ASSIGNED}, _somebody_free()).label("to_plan"),
            _judges().label("judges"),
            _CHALLENGE.judges_per_pitch,
            _open_cards().label("open_cards"),
            _interests(person_id, func.count(_DECLARED.id)).label("interests"),
            _interests(person_id, func.min(_DECLARED.declared_at)).label("interest_since"),
            _undeclared().label("undeclared"),
        )
        .where(
            _CHALLENGE.state.in_([ChallengeState.ELIGIBILITY, ChallengeState.JUDGING]),
            ~recused_here(person_id),
        )
        .order_by(_CHALLENGE.reference)
    )
    return list(rows)


def _for_lead(row: Any, now: datetime) -> Waiting | None:
    values = {"reference": row.reference}
    about, since = f"“{row.title}”", row.state_since
    if row.state == ChallengeState.ELIGIBILITY:
        if row.undecided or not row.in_play:
            return None
        text, button, endpoint = f"Start judging {about}", "Start judging", "judging_manage.start"
    elif row.interests:
        since = row.interest_since
        declared = plural(row.interests, "declared interest")
        late = row.judging_deadline and now > row.judging_deadline and row.open_cards
        also = f". {plural(row.open_cards, 'scorecard is', 'scorecards are')} late" if late else ""
        text, button, endpoint = (
            f"Decide on {declared} for {about}{also}",
            "Decide",
            "judging_manage.conflicts",
        )
    elif row.open_cards == 0 and row.short == 0:
        text, button, endpoint = f"Close scoring for {about}", "Close scoring", "judging_manage.close"
    elif row.to_plan and not row.undeclared:
        return _to_give_out(row)
    elif row.open_cards == 0 and row.undeclared == 0:
        lacking = plural(row.short, "pitch", "pitches")
        text, button, endpoint = (
            f"{lacking} of {about} with too few scorecards",
            "Look",
            "judging_manage.board",
        )
    elif row.judging_deadline and now > row.judging_deadline:
        late = plural(row.open_cards, "scorecard") if row.open_cards else "Declarations"
        text, button, endpoint = f"{late} late for {about}", "See who", "judging_manage.board"
        return Waiting(text, button, endpoint, values, since=row.judging_deadline, blocks_others=True)
    else:
        return None
    return Waiting(text, button, endpoint, values, since=since, blocks_others=True)


def _to_give_out(row: Any) -> Waiting:
    """Every judge has declared, and pitches lack scorecards that somebody could have."""
    planned = per_pitch(row.judges_per_pitch, row.in_play, row.judges)
    if planned and row.to_plan == row.in_play:
        text, button = f"Plan who reads which pitch of “{row.title}”, and give the scorecards out", "Plan"
    else:
        lacking = plural(row.to_plan, "pitch lacks judges", "pitches lack judges")
        text, button = f"{lacking} of “{row.title}”, and somebody is free", "Look"
    return Waiting(
        text,
        button,
        "judging_manage.assignment" if planned else "judging_manage.board",
        {"reference": row.reference},
        since=row.state_since,
        blocks_others=True,
    )
