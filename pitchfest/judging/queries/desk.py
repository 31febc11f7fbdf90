"""A judge's desk: what they have to do, as Core rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, case, exists, func, literal, select

from pitchfest.accounts.models import Invitation, Organisation
from pitchfest.accounts.rules import InvitationKind
from pitchfest.challenges.models import Challenge, Criterion
from pitchfest.challenges.rules import ChallengeState, CriterionKind, effective_state
from pitchfest.db import db
from pitchfest.judging.models import (
    Briefing,
    BriefingRead,
    Declaration,
    FurtherReview,
    JudgePay,
    PanelMember,
    Score,
    Scorecard,
    TrialPitch,
    TrialScore,
)
from pitchfest.judging.queries.names import shown_name
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules import Card
from pitchfest.judging.rules.access import PANEL_OPEN, TRIAL_STATES
from pitchfest.judging.rules.briefing import minutes_a_pitch
from pitchfest.judging.rules.order import own_order
from pitchfest.judging.rules.pace import say_minutes
from pitchfest.judging.rules.states import COUNTED, MAY_READ, CardState, DeclarationState
from pitchfest.pitches.models import Pitch

_INVITED = Invitation.__table__.c
_CARD = Scorecard.__table__.c
_MEMBER = PanelMember.__table__.c
_CHALLENGE = Challenge.__table__.c
_PITCH = Pitch.__table__.c
_SCORE = Score.__table__.c
_DECLARED = Declaration.__table__.c
_ORGANISATION = Organisation.__table__.c
_BRIEFING, _READ, _FURTHER = (kind.__table__.c for kind in (Briefing, BriefingRead, FurtherReview))


#: The mark on a scorecard's page that leads to the first criterion without a score.
PLACE_LEFT = "left"


class DeskCard(NamedTuple):
    """One line of a judge's desk."""

    card_id: int
    challenge_id: int
    pitch_reference: str
    organisation_name: str
    state: CardState
    scored: int
    signed_at: datetime | None
    #: What the judge keeps to where they were cleared with conditions.
    conditions: str
    #: By when it is wanted, where it is one more review.
    further_due: datetime | None

    @property
    def place_left(self) -> str | None:
        """Where on its page to go on: the first criterion without a score, once it is begun."""
        return PLACE_LEFT if self.scored else None

    @property
    def open(self) -> bool:
        """Whether it still waits for the judge."""
        return self.state == CardState.ASSIGNED


@dataclass(frozen=True, slots=True)
class DeskRound:
    """One challenge on a judge's desk: how many suppliers to declare on, and the judge's cards."""

    challenge_id: int
    member_id: int
    reference: str
    title: str
    state: ChallengeState
    state_since: datetime
    judging_deadline: datetime | None
    decision_due: datetime | None
    is_chair: bool
    criteria: int
    to_declare: int
    cards: tuple[DeskCard, ...]
    #: How many of them still wait for the judge.
    left: int
    #: By when the first further review is wanted, where one waits; after scoring, nothing else does.
    further_due: datetime | None = None
    #: Whether a fee was agreed with the judge.
    paid: bool = False
    #: When the briefing was written, and when the judge said that they have read it.
    briefing: datetime | None = None
    read_at: datetime | None = None
    #: Whether there is a trial pitch, and whether the judge has scored it.
    trial: bool = False
    tried: bool = False
    #: Whether the lead has still to decide on something that the judge declared.
    in_doubt: bool = False
    #: Whether there is a pitch that the judge may read, of those they declared on.
    cleared: bool = False

    @property
    def to_try(self) -> str:
        """How long the trial pitch takes, in words, before the judge has signed a card; else nothing."""
        begun = self.tried or any(not card.open for card in self.cards)
        waits = self.trial and not begun and self.state in TRIAL_STATES
        return say_minutes(minutes_a_pitch(self.criteria)) if waits else ""

    @property
    def tries_first(self) -> bool:
        """Whether the trial pitch comes before the card that is next: no real one is begun yet."""
        return bool(self.to_try) and self.next_card is not None and not any(c.scored for c in self.cards)

    @property
    def to_read(self) -> bool:
        """Whether there is a briefing that the judge has not read as it is now."""
        return self.briefing is not None and (self.read_at is None or self.read_at < self.briefing)

    @property
    def kept_out(self) -> bool:
        """Whether the judge declared on every pitch and judges none of them."""
        return self.accepted and not (self.cleared or self.in_doubt or self.to_declare)

    released: bool = False
    #: Whether the judge has declared on anything yet.
    accepted: bool = False

    #: When the judge was asked, where they have still to answer.
    invited_at: datetime | None = None

    @property
    def on_panel(self) -> bool:
        """Whether the judge has declared and was not let go."""
        return self.accepted and not self.released

    @property
    def to_answer(self) -> bool:
        """Whether the first that the judge has to do is to say yes or no; declaring says yes too."""
        return self.invited_at is not None and self.may_refuse and not self.to_declare

    @property
    def may_say(self) -> bool:
        """Whether the judge can still say what they know, and when they are away."""
        return not self.released and self.state in PANEL_OPEN

    @property
    def may_refuse(self) -> bool:
        """Whether who is asked can still say no."""
        return self.may_say and not self.accepted

    @property
    def waits(self) -> bool:
        """Whether there is something to do: to declare, or to score."""
        return bool(self.to_declare or self.left)

    @property
    def due(self) -> datetime:
        """By when it is wanted; a day beyond all others where no day is set."""
        return self.further_due or self.judging_deadline or datetime.max.replace(tzinfo=UTC)

    @property
    def next_card(self) -> DeskCard | None:
        """The card to go on with: a started one first, then in the judge's own order."""
        return min((c for c in self.cards if c.open), key=lambda c: c.scored == 0, default=None)


_CRITERION = Criterion.__table__.c
_UNDECLARED = (
    select(func.count(_PITCH.id))
    .where(
        _PITCH.challenge_id == _MEMBER.challenge_id,
        _PITCH.state.in_(sorted(IN_PLAY)),
        ~exists()
        .where(
            _DECLARED.panel_member_id == _MEMBER.id,
            _DECLARED.pitch_id == _PITCH.id,
            _DECLARED.state != DeclarationState.ASKED,
        )
        .correlate(PanelMember, Pitch),
    )
    .scalar_subquery()
)
_DECLARES = (_CHALLENGE.state == ChallengeState.JUDGING) & _MEMBER.released_at.is_(None)
_PANELS = (
    select(
        _MEMBER.id.label("member_id"),
        _MEMBER.is_chair,
        _MEMBER.accepted_at,
        _MEMBER.released_at,
        _CHALLENGE.id,
        _CHALLENGE.reference,
        _CHALLENGE.title,
        _CHALLENGE.state,
        _CHALLENGE.state_since,
        _CHALLENGE.closes_at,
        _CHALLENGE.judging_deadline,
        _CHALLENGE.decision_due,
        select(func.count(_CRITERION.id))
        .where(_CRITERION.challenge_id == _CHALLENGE.id, _CRITERION.kind == CriterionKind.JUDGED)
        .scalar_subquery()
        .label("criteria"),
        exists().where(JudgePay.member_id == _MEMBER.id).label("paid"),
        _BRIEFING.written_at.label("briefing"),
        _READ.read_at,
        exists().where(TrialPitch.challenge_id == _CHALLENGE.id).label("trial"),
        exists().where(TrialScore.member_id == _MEMBER.id).label("tried"),
        case((_DECLARES, _UNDECLARED), else_=0).label("to_declare"),
        exists()
        .where(_DECLARED.panel_member_id == _MEMBER.id, _DECLARED.state == DeclarationState.INTEREST)
        .label("in_doubt"),
        exists()
        .where(_DECLARED.panel_member_id == _MEMBER.id, _DECLARED.state.in_(sorted(MAY_READ)))
        .label("cleared"),
        select(func.max(_INVITED.created_at))
        .where(
            _INVITED.kind == InvitationKind.JUDGE,
            _INVITED.person_id == _MEMBER.person_id,
            _INVITED.about == literal("challenge:") + _CHALLENGE.reference,
            _INVITED.accepted_at.is_(None),
            _INVITED.withdrawn_at.is_(None),
        )
        .scalar_subquery()
        .label("invited_at"),
    )
    .join(Challenge.__table__, _CHALLENGE.id == _MEMBER.challenge_id)
    .outerjoin(Briefing.__table__, _BRIEFING.challenge_id == _CHALLENGE.id)
    .outerjoin(BriefingRead.__table__, _READ.member_id == _MEMBER.id)
    .where(
        _MEMBER.person_id == bindparam("person_id"),
        _MEMBER.refusal.is_(None),
        _CHALLENGE.published_at.is_not(None),
    )
    .order_by(_CHALLENGE.judging_deadline, _CHALLENGE.reference)
)


def desk(person_id: int, now: datetime) -> list[DeskRound]:
    """What a judge has to do, challenge by challenge; the earliest deadline first.

    A judge's own work only: nothing here tells of other judges, or of the round as a whole.
    """
    panels = db.session.execute(_PANELS, {"person_id": person_id}).all()
    if not panels:
        return []
    by_challenge: dict[int, list[DeskCard]] = {}
    for card in _desk_cards([row.member_id for row in panels]):
        by_challenge.setdefault(card.challenge_id, []).append(card)
    return [
        DeskRound(
            challenge_id=row.id,
            member_id=row.member_id,
            reference=row.reference,
            title=row.title,
            state=(state := effective_state(row.state, row.closes_at, now)),
            state_since=row.state_since,
            judging_deadline=row.judging_deadline,
            decision_due=row.decision_due,
            is_chair=row.is_chair,
            criteria=row.criteria,
            to_declare=row.to_declare,
            cards=tuple(_in_own_order(row.member_id, cards := by_challenge.get(row.id, []))),
            left=len(waiting := [card for card in cards if card.open]),
            further_due=_first_due(waiting) if state == ChallengeState.MODERATION else None,
            paid=row.paid,
            briefing=row.briefing,
            read_at=row.read_at,
            trial=row.trial,
            tried=row.tried,
            released=row.released_at is not None,
            accepted=row.accepted_at is not None,
            in_doubt=row.in_doubt,
            cleared=row.cleared,
            invited_at=row.invited_at,
        )
        for row in panels
    ]


def _first_due(waiting: list[DeskCard]) -> datetime | None:
    return min((card.further_due for card in waiting if card.further_due), default=None)


def _in_own_order(member_id: int, cards: list[DeskCard]) -> list[DeskCard]:
    """What waits before what is done, each in the judge's own order."""
    by_id = {card.card_id: card for card in cards}
    ordered = [by_id[card_id] for card_id in own_order(member_id, by_id)]
    return sorted(ordered, key=lambda card: not card.open)


_SETTLED = _SCORE.hundredths.is_not(None) | _SCORE.unable
_SCORED = (
    select(func.count())
    .select_from(Score.__table__)
    .where(_SCORE.scorecard_id == _CARD.id, _SETTLED)
    .scalar_subquery()
)
_MAY_READ = and_(
    _DECLARED.panel_member_id == _CARD.panel_member_id,
    _DECLARED.pitch_id == _CARD.pitch_id,
    _DECLARED.state.in_(sorted(MAY_READ)),
)
_DESK_CARDS = (
    select(
        _CARD.id,
        _PITCH.challenge_id,
        _PITCH.reference,
        shown_name(),
        _CARD.state,
        _SCORED,
        _CARD.signed_at,
        _DECLARED.conditions,
        _FURTHER.due_at,
    )
    .join(Declaration.__table__, _MAY_READ)
    .outerjoin(FurtherReview.__table__, _FURTHER.scorecard_id == _CARD.id)
    .join(Pitch.__table__, _PITCH.id == _CARD.pitch_id)
    .join(Organisation.__table__, _ORGANISATION.id == _PITCH.organisation_id)
    .where(
        _CARD.panel_member_id.in_(bindparam("member_ids", expanding=True)),
        _CARD.state.in_(sorted(COUNTED))
        | and_(_CARD.state == CardState.ASSIGNED, _PITCH.state.in_(sorted(IN_PLAY))),
    )
    .order_by(_CARD.id)
)


def _desk_cards(member_ids: list[int]) -> list[DeskCard]:
    """The cards that these judges may read; an open card of a withdrawn pitch is no work any more."""
    rows = db.session.execute(_DESK_CARDS, {"member_ids": member_ids})
    return [DeskCard(*row) for row in rows]


_OPEN_CARDS = (
    select(_CARD.id, shown_name())
    .join(Pitch.__table__, _PITCH.id == _CARD.pitch_id)
    .join(Organisation.__table__, _ORGANISATION.id == _PITCH.organisation_id)
    .where(
        _CARD.panel_member_id == bindparam("member_id"),
        _MAY_READ,
        _CARD.state == CardState.ASSIGNED,
        _PITCH.state.in_(sorted(IN_PLAY)),
    )
    .order_by(_CARD.id)
)


class NextCard(NamedTuple):
    """The card that comes next."""

    card_id: int
    organisation_name: str


def next_open(card: Card) -> NextCard | None:
    """The judge's open card that follows this one in their own order, round the end to the beginning; None
    where no other is open.
    """
    rows = db.session.execute(_OPEN_CARDS, {"member_id": card.member_id})
    names: dict[int, str] = dict(rows.all())
    order = own_order(card.member_id, {*names, card.id})
    at = order.index(card.id)
    following = [*order[at + 1 :], *order[:at]]
    return next((NextCard(card_id, names[card_id]) for card_id in following), None)


_UNDECIDED = (
    select(_PITCH.challenge_id, shown_name())
    .select_from(Declaration.__table__)
    .join(PanelMember.__table__, _MEMBER.id == _DECLARED.panel_member_id)
    .join(Pitch.__table__, _PITCH.id == _DECLARED.pitch_id)
    .join(Challenge.__table__, _CHALLENGE.id == _PITCH.challenge_id)
    .join(Organisation.__table__, _ORGANISATION.id == _PITCH.organisation_id)
    .where(
        _MEMBER.person_id == bindparam("person_id"),
        _MEMBER.released_at.is_(None),
        _CHALLENGE.state == ChallengeState.JUDGING,
        _DECLARED.state == DeclarationState.INTEREST,
        _PITCH.state.in_(sorted(IN_PLAY)),
    )
    .order_by(_PITCH.reference)
)


def undecided(person_id: int) -> dict[int, list[str]]:
    """The pitches on which a judge declared something that nobody decided yet, by challenge id."""
    found: dict[int, list[str]] = {}
    for challenge_id, name in db.session.execute(_UNDECIDED, {"person_id": person_id}):
        found.setdefault(challenge_id, []).append(name)
    return found
