"""A judge's desk and one scorecard, as Core rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select

from pitchfest.accounts.models import Organisation
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge, Criterion
from pitchfest.challenges.queries import CriterionRow
from pitchfest.challenges.rules import ChallengeState, CriterionKind, QuestionKind, effective_state
from pitchfest.db import db
from pitchfest.judging.models import (
    Briefing,
    BriefingRead,
    Declaration,
    JudgePay,
    PanelMember,
    Score,
    Scorecard,
    TrialPitch,
    TrialScore,
)
from pitchfest.judging.queries.names import names_kept, shown_name
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules import Card
from pitchfest.judging.rules.access import PANEL_OPEN, TRIAL_STATES
from pitchfest.judging.rules.briefing import minutes_a_pitch
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.order import own_order
from pitchfest.judging.rules.pace import say_minutes
from pitchfest.judging.rules.states import COUNTED, MAY_READ, CardState, DeclarationState
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import count_words
from pitchfest.pitches import queries as pitches
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.queries.hiding import hidden_words
from pitchfest.pitches.rules.reading import Reading, read
from pitchfest.pitches.rules.without_names import hide, plain_name, without_names

_CARD = Scorecard.__table__.c
_MEMBER = PanelMember.__table__.c
_CHALLENGE = Challenge.__table__.c
_PITCH = Pitch.__table__.c
_SCORE = Score.__table__.c
_DECLARED = Declaration.__table__.c
_ORGANISATION = Organisation.__table__.c


# Putting a statement together costs as much as running it, so those of the busiest pages stand ready.
_CARD_OF = (
    select(
        _CARD.id,
        _CARD.version,
        _CARD.state,
        _CARD.signed_at,
        _MEMBER.person_id,
        _MEMBER.id.label("member_id"),
        _DECLARED.state.label("declaration"),
        _DECLARED.conditions,
        _PITCH.id.label("pitch_id"),
        _PITCH.reference,
        shown_name().label("organisation_name"),
        names_kept().label("without_names"),
        _PITCH.state.label("pitch_state"),
        _PITCH.removed_at,
        _CHALLENGE.id.label("challenge_id"),
        _CHALLENGE.reference.label("challenge_reference"),
        _CHALLENGE.title,
        _CHALLENGE.practice,
        _CHALLENGE.state.label("challenge_state"),
        _CHALLENGE.closes_at,
        _CHALLENGE.judging_deadline,
        _CHALLENGE.reason_words,
    )
    .join(PanelMember.__table__, _MEMBER.id == _CARD.panel_member_id)
    .join(Pitch.__table__, _PITCH.id == _CARD.pitch_id)
    .join(Challenge.__table__, _CHALLENGE.id == _PITCH.challenge_id)
    .join(Organisation.__table__, _ORGANISATION.id == _PITCH.organisation_id)
    .outerjoin(
        Declaration.__table__,
        and_(_DECLARED.panel_member_id == _MEMBER.id, _DECLARED.pitch_id == _PITCH.id),
    )
    .where(_CARD.id == bindparam("card_id"))
)


def card_of(*, now: datetime, card_id: int, actor: Actor | None = None) -> Card:  # noqa: ARG001 - a loader's form
    """One scorecard's head. Raises NotFound where there is none."""
    row = db.session.execute(_CARD_OF, {"card_id": card_id}).one_or_none()
    if row is None:
        raise NotFound
    return Card(
        id=row.id,
        version=row.version,
        state=row.state,
        signed_at=row.signed_at,
        judge_id=row.person_id,
        member_id=row.member_id,
        declaration=row.declaration,
        pitch_id=row.pitch_id,
        pitch_reference=row.reference,
        organisation_name=row.organisation_name,
        without_names=row.without_names,
        challenge_id=row.challenge_id,
        challenge_reference=row.challenge_reference,
        challenge_title=row.title,
        practice=row.practice,
        challenge_state=effective_state(row.challenge_state, row.closes_at, now),
        judging_deadline=row.judging_deadline,
        reason_words=row.reason_words,
        withdrawn=row.pitch_state not in IN_PLAY,
        removed_at=row.removed_at,
        conditions=row.conditions or "",
    )


class Saved(NamedTuple):
    """A score as it stands on a card, and when it was saved."""

    mark: Mark
    at: datetime


_MARKS = (
    select(_SCORE.criterion_id, *(_SCORE[name] for name in Mark._fields), _SCORE.at)
    .where(_SCORE.scorecard_id == bindparam("card_id"))
    .order_by(_SCORE.criterion_id)
)


def marks(card_id: int) -> dict[int, Saved]:
    """The present scores and reasons of a card, by criterion id."""
    rows = db.session.execute(_MARKS, {"card_id": card_id})
    return {criterion_id: Saved(Mark(*mark), at) for criterion_id, *mark, at in rows}


def judged_criteria(challenge_id: int) -> list[CriterionRow]:
    """The criteria that judges score, in order, with their anchors."""
    return [c for c in challenges.criteria(challenge_id) if c.kind == CriterionKind.JUDGED]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a judge reads it; `clarified` says that the supplier changed it after the opening, being
    asked.
    """

    criterion_id: int | None
    position: int
    ask: str
    max_words: int | None
    words: int
    reading: Reading
    clarified: bool = False

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text of the answer, paragraph by paragraph."""
        return tuple(part.strip() for part in self.reading.text.split("\n\n") if part.strip())


def answers(pitch_id: int, *, names: bool = False) -> list[Answer]:
    """A pitch's answers that count, in the order of the form, without its price, which nobody scores. With
    `names` nothing in them is hidden.
    """
    counting = pitches.answers_that_count(pitch_id)
    hidden = {} if names else hidden_words([pitch_id])
    return [
        _answer(row, None if names else hidden.get((pitch_id, row.position), ()))
        for row in counting
        if row.kind != QuestionKind.MONEY
    ]


def _answer(row: pitches.CountingAnswer, hidden: Sequence[str] | None) -> Answer:
    """The answer, counted as it was written; None for `hidden` where names are known."""
    words = count_words(row.text) if row.max_words else 0
    shown = read(row.kind, row.options, row.text)
    if hidden is not None:
        shown = without_names(shown, hidden)
    return Answer(row.criterion_id, row.position, row.ask, row.max_words, words, shown, row.clarified)


def received(card: Card) -> pitches.AsReceived | None:
    """A pitch that came another way as its judge reads it, None for one that came through the form."""
    found = pitches.as_received(card.pitch_id)
    if found is None or not card.without_names:
        return found
    hidden = hidden_words([card.pitch_id]).get((card.pitch_id, None), ())
    return replace(found, text=hide(found.text, hidden), file_name=plain_name(found.file_name))


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
    #: The first criterion that has no score yet, None where each has one.
    first_left: int | None

    @property
    def place_left(self) -> str | None:
        """Where on its page to go on: the first criterion without a score, once it is begun."""
        return f"criterion-{self.first_left}" if self.scored and self.first_left else None

    @property
    def open(self) -> bool:
        """Whether it still waits for the judge."""
        return self.state == CardState.ASSIGNED


@dataclass(frozen=True, slots=True)
class DeskRound:
    """One challenge on a judge's desk: how many suppliers to declare on, and the judge's cards."""

    challenge_id: int
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
    #: Whether a fee was agreed with the judge.
    paid: bool = False
    #: When the briefing was written, and when the judge said that they have read it.
    briefing: datetime | None = None
    read_at: datetime | None = None
    #: Whether there is a trial pitch, and whether the judge has scored it.
    trial: bool = False
    tried: bool = False

    @property
    def to_try(self) -> str:
        """How long the trial pitch takes, in words, before the judge has signed a card; else nothing."""
        begun = self.tried or any(not card.open for card in self.cards)
        waits = self.trial and not begun and self.state in TRIAL_STATES
        return say_minutes(minutes_a_pitch(self.criteria)) if waits else ""

    @property
    def to_read(self) -> bool:
        """Whether there is a briefing that the judge has not read as it is now."""
        return self.briefing is not None and (self.read_at is None or self.read_at < self.briefing)

    released: bool = False

    @property
    def may_say(self) -> bool:
        """Whether the judge can still say what they know, and when they are away."""
        return not self.released and self.state in PANEL_OPEN

    @property
    def left(self) -> int:
        """How many cards still wait for the judge."""
        return sum(card.open for card in self.cards)

    @property
    def next_card(self) -> DeskCard | None:
        """The card to go on with: a started one first, then in the judge's own order."""
        return min((c for c in self.cards if c.open), key=lambda c: c.scored == 0, default=None)


_CRITERION = Criterion.__table__.c
_PANELS = (
    select(
        _MEMBER.id.label("member_id"),
        _MEMBER.is_chair,
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
        Briefing.written_at.label("briefing"),
        BriefingRead.read_at,
        exists().where(TrialPitch.challenge_id == _CHALLENGE.id).label("trial"),
        exists().where(TrialScore.member_id == _MEMBER.id).label("tried"),
    )
    .join(Challenge.__table__, _CHALLENGE.id == _MEMBER.challenge_id)
    .outerjoin(Briefing.__table__, Briefing.challenge_id == _CHALLENGE.id)
    .outerjoin(BriefingRead.__table__, BriefingRead.member_id == _MEMBER.id)
    .where(_MEMBER.person_id == bindparam("person_id"), _CHALLENGE.published_at.is_not(None))
    .order_by(_CHALLENGE.judging_deadline, _CHALLENGE.reference)
)


def desk(person_id: int, now: datetime) -> list[DeskRound]:
    """What a judge has to do, challenge by challenge; the earliest deadline first.

    A judge's own work only: nothing here tells of other judges, or of the round as a whole.
    """
    panels = db.session.execute(_PANELS, {"person_id": person_id}).all()
    if not panels:
        return []
    cards = _desk_cards([row.member_id for row in panels])
    undeclared = _undeclared([row.member_id for row in panels if row.released_at is None])
    return [
        DeskRound(
            challenge_id=row.id,
            reference=row.reference,
            title=row.title,
            state=(state := effective_state(row.state, row.closes_at, now)),
            state_since=row.state_since,
            judging_deadline=row.judging_deadline,
            decision_due=row.decision_due,
            is_chair=row.is_chair,
            criteria=row.criteria,
            to_declare=undeclared.get(row.id, 0) if state == ChallengeState.JUDGING else 0,
            cards=tuple(_in_own_order(row.member_id, [c for c in cards if c.challenge_id == row.id])),
            paid=row.paid,
            briefing=row.briefing,
            read_at=row.read_at,
            trial=row.trial,
            tried=row.tried,
            released=row.released_at is not None,
        )
        for row in panels
    ]


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
_FIRST_LEFT = (
    select(_CRITERION.id)
    .where(
        _CRITERION.challenge_id == _PITCH.challenge_id,
        _CRITERION.kind == CriterionKind.JUDGED,
        ~exists()
        .where(
            _SCORE.scorecard_id == _CARD.id,
            _SCORE.criterion_id == _CRITERION.id,
            _SETTLED,
        )
        .correlate(Criterion.__table__, Scorecard.__table__),
    )
    .order_by(_CRITERION.position)
    .limit(1)
    .correlate(Scorecard.__table__, Pitch.__table__)
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
        _FIRST_LEFT,
    )
    .join(Declaration.__table__, _MAY_READ)
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


_UNDECLARED = (
    select(_PITCH.challenge_id, func.count())
    .join(PanelMember.__table__, _MEMBER.challenge_id == _PITCH.challenge_id)
    .where(
        _MEMBER.id.in_(bindparam("member_ids", expanding=True)),
        _PITCH.state.in_(sorted(IN_PLAY)),
        ~exists().where(
            _DECLARED.panel_member_id == _MEMBER.id,
            _DECLARED.pitch_id == _PITCH.id,
            _DECLARED.state != DeclarationState.ASKED,
        ),
    )
    .group_by(_PITCH.challenge_id)
    .order_by(_PITCH.challenge_id)
)


def _undeclared(member_ids: list[int]) -> dict[int, int]:
    """How many suppliers each of these judges has still to declare on, by challenge id."""
    return dict(db.session.execute(_UNDECLARED, {"member_ids": member_ids}).all())
