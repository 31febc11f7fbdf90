"""One challenge's judging as one person meets it, its panel, and who is tied to which pitch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Organisation, Person
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeRow, effective_state
from pitchfest.db import db
from pitchfest.judging.models import (
    Briefing,
    BriefingRead,
    Declaration,
    Deputy,
    JudgePay,
    PanelMember,
    TrialPitch,
)
from pitchfest.judging.queries.names import names_kept, shown_name
from pitchfest.judging.rules import Round, hidden_from_recused
from pitchfest.judging.rules.refusals import WORDS, Refusal
from pitchfest.judging.rules.states import MAY_READ, OPEN, STATE_WORDS, DeclarationState
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules import PitchState

P = PitchState

#: Pitches that are judged or were: found eligible, whatever was decided afterwards.
IN_PLAY = frozenset(
    {
        P.ELIGIBLE,
        P.NOT_SHORTLISTED,
        P.SHORTLISTED,
        P.WON,
        P.RESERVE,
        P.UNSUCCESSFUL,
        P.CONTRACT_SIGNED,
        P.DECLINED,
    }
)

_CHALLENGE = Challenge.__table__.c
_MEMBER = PanelMember.__table__.c
_PITCH = Pitch.__table__.c
_DECLARED = Declaration.__table__.c

_COLUMNS = (
    "id",
    "reference",
    "title",
    "practice",
    "version",
    "published_at",
    "closes_at",
    "state_since",
    "judging_deadline",
    "judges_per_pitch",
    "minimum_cards",
    "reason_words",
    "minimum_total",
    "officer_id",
    "decision_maker_id",
    "names_hidden",
    "decision_basis",
)


def _round_where(found: ColumnElement[bool]) -> Select[Any]:
    """The statement for the challenge that is found so, as met by the person `:person_id`."""
    recused = exists().where(
        _DECLARED.panel_member_id == _MEMBER.id, _DECLARED.state == DeclarationState.RECUSED
    )
    others = PanelMember.__table__.alias()
    mine = and_(_MEMBER.challenge_id == _CHALLENGE.id, _MEMBER.person_id == bindparam("person_id"))
    return (
        select(
            *(_CHALLENGE[name] for name in _COLUMNS),
            _CHALLENGE.state,
            _MEMBER.id.label("member_id"),
            _MEMBER.is_chair,
            _MEMBER.accepted_at,
            _MEMBER.released_at,
            _MEMBER.refusal,
            and_(_MEMBER.id.is_not(None), recused).label("recused"),
            exists()
            .where(others.c.challenge_id == _CHALLENGE.id, JudgePay.member_id == others.c.id)
            .label("pays"),
            exists().where(Briefing.challenge_id == _CHALLENGE.id).label("briefed"),
            exists().where(TrialPitch.challenge_id == _CHALLENGE.id).label("has_trial"),
        )
        .select_from(Challenge.__table__)
        .outerjoin(PanelMember.__table__, mine)
        .where(found)
    )


# Putting a statement together costs as much as running it, so those of the busiest pages stand ready.
_ROUND = _round_where(_CHALLENGE.reference == bindparam("found"))
_ROUND_BY_ID = _round_where(_CHALLENGE.id == bindparam("found"))
_ROUND_OF_PITCH = _round_where(
    _CHALLENGE.id
    == select(_PITCH.challenge_id)
    .where(_PITCH.reference == bindparam("found"), _PITCH.opened_at.is_not(None))
    .scalar_subquery()
)


def _round(person_id: int, now: datetime, statement: Select[Any], found: str | int) -> Round:
    row = db.session.execute(statement, {"person_id": person_id, "found": found}).one_or_none()
    if row is None:
        raise NotFound
    values, said_no = row._mapping, row.refusal is not None
    return Round(
        **{name: values[name] for name in _COLUMNS},
        state=effective_state(row.state, row.closes_at, now),
        member_id=None if said_no else row.member_id,
        is_chair=bool(row.is_chair),
        released=row.released_at is not None and not said_no,
        accepted=row.accepted_at is not None,
        refused_at=row.released_at if said_no else None,
        recused=bool(row.recused),
        pays=bool(row.pays),
        briefed=bool(row.briefed),
        has_trial=bool(row.has_trial),
    )


def round_of(*, actor: Actor, now: datetime, reference: str) -> Round:
    """The judging of a challenge, with what it is to `actor`. Raises NotFound where there is none."""
    return _round(actor.person_id, now, _ROUND, reference)


def to_name_decider(*, actor: Actor, now: datetime, reference: str) -> ChallengeRow:
    """The challenge, for naming another decision-maker. Raises NotFound, also for a judge who is
    recused from one of its pitches: choosing who decides is a say in the outcome.
    """
    if hidden_from_recused(round_of(actor=actor, now=now, reference=reference)):
        raise NotFound
    return challenges.for_staff(actor=actor, now=now, reference=reference)


def round_for(*, person_id: int, now: datetime, challenge_id: int) -> Round:
    """As `round_of`, by id, for a person who need not be signed in, such as the recipient of a mail."""
    return _round(person_id, now, _ROUND_BY_ID, challenge_id)


def round_of_pitch(*, actor: Actor, now: datetime, reference: str) -> Round:
    """As `round_of`, by the reference of one of the challenge's pitches."""
    return _round(actor.person_id, now, _ROUND_OF_PITCH, reference)


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One judge of a panel; `released_at` says since when they no longer judge."""

    member_id: int
    person_id: int
    name: str
    email: str
    is_chair: bool
    invited_at: datetime
    accepted_at: datetime | None
    released_at: datetime | None
    release_reason: str
    #: When they said that they have read the briefing.
    read_at: datetime | None = None
    #: Whether their account was disabled.
    disabled: bool = False
    #: Why they said no, if they did; the reason of their release is what they wrote beside it.
    refusal: Refusal | None = None

    @property
    def active(self) -> bool:
        """Whether the judge still judges."""
        return self.released_at is None

    @property
    def why_not(self) -> str:
        """Why they said no, in words; nothing where they did not."""
        return WORDS[self.refusal] if self.refusal else ""


def panel(challenge_id: int) -> list[PanelRow]:
    """Everyone on the panel, with who was released or said no: the chair first, then by name."""
    rows = db.session.execute(
        select(
            _MEMBER.id,
            _MEMBER.person_id,
            Person.name,
            Person.email,
            _MEMBER.is_chair,
            _MEMBER.invited_at,
            _MEMBER.accepted_at,
            _MEMBER.released_at,
            _MEMBER.release_reason,
            BriefingRead.read_at,
            Person.disabled_at.is_not(None),
            _MEMBER.refusal,
        )
        .join(Person, Person.id == _MEMBER.person_id)
        .outerjoin(BriefingRead, BriefingRead.member_id == _MEMBER.id)
        .where(_MEMBER.challenge_id == challenge_id)
        .order_by(_MEMBER.is_chair.desc(), Person.name, _MEMBER.id)
    )
    return [PanelRow(*row) for row in rows]


def ever_assigned(person_id: int, challenge_id: int) -> bool:
    """Whether a person sits or sat on the panel: assigned a pitch or not, voided or released too.

    Only who said no, or was taken off, before any declaration or card leaves no trace here.
    """
    return bool(db.session.scalar(select(sat_on_panel(person_id, challenge_id))))


def sat_on_panel(person_id: int, challenge_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that `ever_assigned` holds, for a statement about something else."""
    return exists().where(
        _MEMBER.challenge_id == challenge_id, _MEMBER.person_id == person_id, _MEMBER.refusal.is_(None)
    )


@dataclass(frozen=True, slots=True)
class PitchRow:
    """A pitch as judging names it."""

    id: int
    reference: str
    organisation_name: str
    state: PitchState
    version: int


def _pitches(challenge_id: int, name: ColumnElement[str]) -> Select[Any]:
    return (
        select(_PITCH.id, _PITCH.reference, name, _PITCH.state, _PITCH.version)
        .join(Organisation, Organisation.id == _PITCH.organisation_id)
        .where(_PITCH.challenge_id == challenge_id, _PITCH.opened_at.is_not(None))
        .order_by(_PITCH.reference)
    )


def opened_pitches(challenge_id: int, *, names: bool = False) -> list[PitchRow]:
    """Every opened pitch, withdrawn and ineligible ones included, by reference.

    `names`, here and below: the reader may know who pitches, also where judges do not.
    """
    return [PitchRow(*row) for row in db.session.execute(_pitches(challenge_id, shown_name(literal(names))))]


def pitches_in_play(challenge_id: int, *, names: bool = False) -> list[PitchRow]:
    """The pitches that are judged: eligible and not withdrawn, by reference."""
    found = _pitches(challenge_id, shown_name(literal(names)))
    rows = db.session.execute(found.where(_PITCH.state.in_(sorted(IN_PLAY))))
    return [PitchRow(*row) for row in rows]


class SupplierRow(NamedTuple):
    """A supplier on whom a judge declares. `key` is the pitch's reference, but where judges read without
    names: there it is the organisation's, and leads to no pitch.
    """

    key: str
    pitch_id: int
    reference: str
    organisation_name: str


def to_declare(member_id: int, challenge_id: int) -> list[SupplierRow]:
    """The suppliers of pitches in play on whom a judge has still to say whether they have an interest, by
    name: also where pitches are judged without names, and then nothing here may lead to a pitch.
    """
    made = exists().where(
        _DECLARED.panel_member_id == member_id,
        _DECLARED.pitch_id == _PITCH.id,
        _DECLARED.state != DeclarationState.ASKED,
    )
    key = case((names_kept(), literal("supplier-") + cast(Organisation.id, String)), else_=_PITCH.reference)
    rows = db.session.execute(
        select(key, _PITCH.id, _PITCH.reference, Organisation.name)
        .join(Organisation, Organisation.id == _PITCH.organisation_id)
        .where(
            _PITCH.challenge_id == challenge_id,
            _PITCH.opened_at.is_not(None),
            _PITCH.state.in_(sorted(IN_PLAY)),
            ~made,
        )
        .order_by(case((names_kept(), ""), else_=_PITCH.reference), func.lower(Organisation.name))
    )
    return [SupplierRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class DeclarationRow:
    """What a judge declared about one pitch, and what was decided."""

    id: int
    member_id: int
    judge_id: int
    judge_name: str
    pitch_id: int
    pitch_reference: str
    organisation_name: str
    state: DeclarationState
    interest: str
    declared_at: datetime
    decided_at: datetime | None
    reason: str
    conditions: str
    decided_by_name: str | None

    @property
    def says(self) -> str:
        """How it stands, in words."""
        return STATE_WORDS[self.state]

    @property
    def open(self) -> bool:
        """Whether nobody knows yet whether the judge may judge the pitch."""
        return self.state in OPEN

    @property
    def can_ask(self) -> bool:
        """Whether the judge could be asked to declare again: they may read the pitch."""
        return self.state in MAY_READ


def declarations(challenge_id: int, *states: DeclarationState) -> list[DeclarationRow]:
    """The declarations of a challenge, in these states (all when none are named), oldest first."""
    decider = aliased(Person)
    statement = (
        select(
            _DECLARED.id,
            _DECLARED.panel_member_id,
            _MEMBER.person_id,
            Person.name,
            _DECLARED.pitch_id,
            _PITCH.reference,
            Organisation.name,
            _DECLARED.state,
            _DECLARED.interest,
            _DECLARED.declared_at,
            _DECLARED.decided_at,
            _DECLARED.reason,
            _DECLARED.conditions,
            decider.name,
        )
        .join(PanelMember, _MEMBER.id == _DECLARED.panel_member_id)
        .join(Person, Person.id == _MEMBER.person_id)
        .join(Pitch, _PITCH.id == _DECLARED.pitch_id)
        .join(Organisation, Organisation.id == _PITCH.organisation_id)
        .outerjoin(decider, decider.id == _DECLARED.decided_by_id)
        .where(_MEMBER.challenge_id == challenge_id)
        .order_by(_DECLARED.declared_at, _DECLARED.id)
    )
    if states:
        statement = statement.where(_DECLARED.state.in_(states))
    return [DeclarationRow(*row) for row in db.session.execute(statement)]


def recused_pitch_ids(person_id: int, challenge_id: int) -> frozenset[int]:
    """The pitches of a challenge from which a person is recused."""
    return frozenset(
        db.session.scalars(
            select(_DECLARED.pitch_id)
            .join(PanelMember, _MEMBER.id == _DECLARED.panel_member_id)
            .where(
                _MEMBER.challenge_id == challenge_id,
                _MEMBER.person_id == person_id,
                _DECLARED.state == DeclarationState.RECUSED,
            )
            .order_by(_DECLARED.pitch_id)
        )
    )


def explainers(challenge_id: int) -> dict[int, int | None]:
    """Who writes each pitch's explanations: its deputy where one is named, else the chair.

    Person ids by pitch id, for the pitches in play; None where the chair is recused or released
    and nobody was named.
    """
    chair = next((row for row in panel(challenge_id) if row.is_chair and row.active), None)
    recused = recused_pitch_ids(chair.person_id, challenge_id) if chair else frozenset()
    deputies = {pitch_id: person_id for pitch_id, person_id, _ in _deputy_rows(challenge_id)}
    return {
        pitch.id: deputies.get(pitch.id, chair.person_id if chair and pitch.id not in recused else None)
        for pitch in pitches_in_play(challenge_id)
    }


def deputies(challenge_id: int) -> dict[int, str]:
    """The names of the deputies that were named, by pitch id."""
    return {pitch_id: name for pitch_id, _, name in _deputy_rows(challenge_id)}


def _deputy_rows(challenge_id: int) -> list[tuple[int, int, str]]:
    rows = db.session.execute(
        select(Deputy.pitch_id, _MEMBER.person_id, Person.name)
        .join(PanelMember, _MEMBER.id == Deputy.panel_member_id)
        .join(Person, Person.id == _MEMBER.person_id)
        .where(_MEMBER.challenge_id == challenge_id)
        .order_by(Deputy.pitch_id)
    )
    return [(pitch_id, person_id, name) for pitch_id, person_id, name in rows]
