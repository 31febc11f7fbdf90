"""Reviews asked for after scoring was closed: who may be asked, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, exists, false, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Organisation, Person
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging.models import AgreedScore, Declaration, FurtherReview, PanelMember, Scorecard
from pitchfest.judging.queries.names import shown_name
from pitchfest.judging.queries.rounds import IN_PLAY, panel
from pitchfest.judging.rules.facts import Round
from pitchfest.judging.rules.further import Askable, Reviewer
from pitchfest.judging.rules.states import COUNTED, MAY_READ, CardState, DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.privacy import Section
from pitchfest.pitches.models import Pitch

_Pair = tuple[int, int]
_CARD, _PITCH, _ASKED = Scorecard.__table__.c, Pitch.__table__.c, FurtherReview.__table__.c


def askable(challenge_id: int, now: datetime) -> Askable:
    """Who may be asked for one more review, of what; in four statements."""
    sees = _sees_scores(challenge_id, now)
    said, carded = _said(challenge_id)
    gone = {member for (member, _), state in said.items() if state == DeclarationState.RECUSED}
    settled = exists().where(AgreedScore.pitch_id == _PITCH.id)
    pitches = db.session.execute(
        select(_PITCH.id, _PITCH.reference, settled)
        .where(_PITCH.challenge_id == challenge_id, _PITCH.state.in_(sorted(IN_PLAY)))
        .order_by(_PITCH.reference)
    ).all()
    return Askable(
        {
            row.member_id: Reviewer(
                row.member_id,
                row.person_id,
                row.name,
                row.is_chair,
                row.person_id in sees,
                row.member_id in gone,
                row.disabled,
            )
            for row in panel(challenge_id)
            if row.active
        },
        {pitch_id: reference for pitch_id, reference, _ in pitches},
        frozenset(pair for pair, state in said.items() if state in MAY_READ),
        carded,
        frozenset(pitch_id for pitch_id, _, agreed in pitches if agreed),
    )


def _said(challenge_id: int) -> tuple[dict[_Pair, DeclarationState], frozenset[_Pair]]:
    """What was declared and decided, by (panel member id, pitch id), and of which pairs there is a card."""
    said, member = Declaration.__table__.c, PanelMember.__table__.c
    carded = exists().where(_CARD.panel_member_id == said.panel_member_id, _CARD.pitch_id == said.pitch_id)
    rows = db.session.execute(
        select(said.panel_member_id, said.pitch_id, said.state, carded)
        .join(PanelMember, member.id == said.panel_member_id)
        .where(member.challenge_id == challenge_id)
        .order_by(said.id)
    ).all()
    pairs = {(member_id, pitch_id): (state, card) for member_id, pitch_id, state, card in rows}
    carded_pairs = frozenset(pair for pair, (_, card) in pairs.items() if card)
    return {pair: state for pair, (state, _) in pairs.items()}, carded_pairs


def _sees_scores(challenge_id: int, now: datetime) -> frozenset[int]:
    """Who reads what others gave, or could: also who held such a role for a day of the meeting only."""
    begun = select(Challenge.state_since).where(Challenge.id == challenge_id).scalar_subquery()
    return accounts.held_since(Role.OFFICER, Role.LEAD, Role.APPROVER, since=begun, now=now)


def anyone_askable(round_: Round, now: datetime) -> bool:
    """Whether `Askable` has a judge who may be asked for any pitch that whoever meets the round so may know
    of; in two statements, for pages that only lead there.
    """
    sees = _sees_scores(round_.id, now)
    member, said, mine = PanelMember.__table__.c, Declaration.__table__.c, aliased(Declaration)
    recused = exists().where(said.panel_member_id == member.id, said.state == DeclarationState.RECUSED)
    carded = exists().where(_CARD.panel_member_id == member.id, _CARD.pitch_id == _PITCH.id)
    settled = exists().where(AgreedScore.pitch_id == _PITCH.id)
    cleared = aliased(Declaration)
    pairs = (
        select(member.id)
        .join(cleared, cleared.panel_member_id == member.id)
        .join(Pitch, _PITCH.id == cleared.pitch_id)
        .join(Person, Person.id == member.person_id)
        .outerjoin(mine, and_(mine.pitch_id == _PITCH.id, mine.panel_member_id == (round_.member_id or 0)))
        .where(
            member.challenge_id == round_.id,
            member.released_at.is_(None),
            ~member.is_chair,
            member.person_id.not_in(sorted(sees)),
            Person.disabled_at.is_(None),
            ~recused.correlate(PanelMember),
            cleared.state.in_(sorted(MAY_READ)),
            _PITCH.state.in_(sorted(IN_PLAY)),
            ~carded.correlate(PanelMember, Pitch),
            ~settled.correlate(Pitch),
        )
    )
    if round_.member_id is not None:
        unsaid = and_(mine.id.is_(None), true() if round_.released else false())
        pairs = pairs.where(or_(mine.state.in_(sorted(MAY_READ)), unsaid))
    return bool(db.session.scalar(select(pairs.exists())))


@dataclass(frozen=True, slots=True)
class FurtherRow:
    """One more review: of whom, for which pitch, by whom asked, and how it stands."""

    card_id: int
    challenge_id: int
    challenge_reference: str
    member_id: int
    person_id: int
    judge: str
    pitch_id: int
    pitch_reference: str
    organisation_name: str
    asked_by: str
    asked_at: datetime
    why: str
    due_at: datetime
    state: CardState
    signed_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    in_play: bool
    cleared: bool
    #: What the judge declared on it, while nobody has decided.
    interest: str

    @property
    def waits(self) -> bool:
        """Whether it is outstanding."""
        return self.state == CardState.ASSIGNED and self.in_play

    @property
    def awaited(self) -> bool:
        """Whether its judge can write it now: one who declared an interest cannot."""
        return self.waits and self.cleared

    @property
    def about(self) -> str:
        """What a reminder of it is remembered by."""
        return f"card:{self.card_id}"

    @property
    def says(self) -> str:
        """How it stands, in words."""
        if self.state in COUNTED:
            return "Signed off"
        if self.state != CardState.ASSIGNED:
            return "Taken back"
        if not self.in_play:
            return "Pitch withdrawn"
        return "Waiting" if self.cleared else "Judge declared an interest"


def further_reviews(challenge_id: int, *, names: bool = False) -> list[FurtherRow]:
    """Every review that was asked for, in that order; one statement."""
    return _rows(_PITCH.challenge_id == challenge_id, names=names)


def awaited(now: datetime) -> list[FurtherRow]:
    """Every review in the region whose day is still to come and whose judge can write it."""
    rows = _rows(
        _ASKED.due_at > now,
        _CARD.state == CardState.ASSIGNED,
        Challenge.state == ChallengeState.MODERATION,
        PanelMember.released_at.is_(None),
        names=False,
    )
    return [row for row in rows if row.awaited]


def further_review(card_id: int) -> FurtherRow | None:
    """One of them, named as its judge may read it."""
    return next(iter(_rows(_ASKED.scorecard_id == card_id, names=False)), None)


def own_further(person_id: int) -> Section:
    """What a person asked for, was asked for, or ended, for their own copy; with nobody else's words, for a
    judge does not read why they were asked.
    """
    asked, judges, ended = (
        column == person_id for column in (_ASKED.asked_by_id, PanelMember.person_id, _CARD.ended_by_id)
    )
    rows = db.session.execute(
        select(
            Challenge.reference,
            _PITCH.reference.label("pitch"),
            func.coalesce(judges, false()).label("judges"),
            func.coalesce(asked, false()).label("asked"),
            func.coalesce(ended, false()).label("ended"),
            _ASKED.asked_at,
            _ASKED.due_at,
            _ASKED.why,
            _CARD.ended_at,
            _CARD.end_reason,
        )
        .select_from(FurtherReview)
        .join(Scorecard, _CARD.id == _ASKED.scorecard_id)
        .join(PanelMember, PanelMember.id == _CARD.panel_member_id)
        .join(Pitch, _PITCH.id == _CARD.pitch_id)
        .join(Challenge, Challenge.id == _PITCH.challenge_id)
        .where(or_(asked, judges, ended))
        .order_by(_ASKED.asked_at, _ASKED.scorecard_id)
    )
    return Section(
        "Further reviews that you asked for, ended, or were asked for",
        ("Challenge", "Pitch", "What", "Asked", "By when", "Why you asked", "You ended it", "Why"),
        tuple(
            (
                r[0],
                r.pitch,
                ", ".join(
                    said
                    for said, is_so in (
                        ("You were asked for it", r.judges),
                        ("You asked for it", r.asked),
                        ("You ended it", r.ended),
                    )
                    if is_so
                ),
                r.asked_at,
                r.due_at,
                r.why if r.asked else "",
                r.ended_at if r.ended else None,
                r.end_reason if r.ended else "",
            )
            for r in rows
        ),
    )


def _rows(*conditions: object, names: bool) -> list[FurtherRow]:
    judge, asker = Person.__table__.alias("judge"), Person.__table__.alias("asker")
    rows = db.session.execute(
        select(
            _ASKED.scorecard_id,
            _PITCH.challenge_id,
            Challenge.reference,
            PanelMember.id,
            PanelMember.person_id,
            judge.c.name,
            _CARD.pitch_id,
            _PITCH.reference,
            shown_name(literal(names)),
            asker.c.name,
            _ASKED.asked_at,
            _ASKED.why,
            _ASKED.due_at,
            _CARD.state,
            _CARD.signed_at,
            _CARD.ended_at,
            _CARD.end_reason,
            _PITCH.state.in_(sorted(IN_PLAY)),
            Declaration.state.in_(sorted(MAY_READ)),
            case((Declaration.state == DeclarationState.INTEREST, Declaration.interest), else_=""),
        )
        .select_from(FurtherReview)
        .join(Scorecard, _CARD.id == _ASKED.scorecard_id)
        .join(Pitch, _PITCH.id == _CARD.pitch_id)
        .join(Challenge, Challenge.id == _PITCH.challenge_id)
        .join(Organisation, Organisation.id == _PITCH.organisation_id)
        .join(PanelMember, PanelMember.id == _CARD.panel_member_id)
        .join(judge, judge.c.id == PanelMember.person_id)
        .join(asker, asker.c.id == _ASKED.asked_by_id)
        .outerjoin(
            Declaration,
            and_(Declaration.panel_member_id == PanelMember.id, Declaration.pitch_id == _PITCH.id),
        )
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(_ASKED.asked_at, _ASKED.scorecard_id)
    )
    return [FurtherRow(*row) for row in rows]
