"""Conflicts of interest for the procurement lead: hints that data give, and what happened step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from pitchfest.accounts.models import Membership, Organisation, OrganisationCapacity, Person
from pitchfest.accounts.rules import Capacity
from pitchfest.db import db
from pitchfest.judging.models import Declaration, DeclarationStep, PanelMember
from pitchfest.judging.queries.progress import Said
from pitchfest.judging.queries.register import registers_of
from pitchfest.judging.queries.rounds import PanelRow
from pitchfest.judging.rules import Round
from pitchfest.judging.rules.hints import Belonging, Firm, Hint, JudgeFacts, PitchFacts, domain_of, hints
from pitchfest.judging.rules.states import MAY_READ, STEP_WORDS, DeclarationState, StepKind
from pitchfest.kernel.names import as_text, words_of
from pitchfest.pitches import queries as pitches

_MEMBER = PanelMember.__table__.c


def hints_of(round_: Round, panel: Iterable[PanelRow], said: Said, reader_id: int) -> list[Hint]:
    """What data say about these judges of a round and its pitches; at most five statements.

    For the procurement lead, as whom `reader_id` meets the round; `said` is what was declared in it. Who
    judges, too, learns nothing about themselves, nor of a pitch for which they are not cleared: a hint can
    tell what is in it. A judge who was taken off a pitch needs no hint about it. In a practice challenge
    colleagues play suppliers too, so there hints would only say so.
    """
    if round_.practice:
        return []
    judges = _judges([row for row in panel if row.person_id != reader_id])
    facts = [
        PitchFacts(
            pitch_id=row.pitch_id,
            supplier=Firm(row.organisation_id, row.name, row.number),
            domains=frozenset(map(domain_of, row.emails)),
            partners=tuple(Firm(*partner) for partner in row.partners),
            text=as_text(word for text in row.texts for word in words_of(text)),
        )
        for row in (pitches.behind(round_.id) if judges else ())
        if may_know(round_, row.pitch_id, said)
    ]
    gone = {pair for pair, state in said.items() if state == DeclarationState.RECUSED}
    return [hint for hint in hints(judges, facts) if (hint.member_id, hint.pitch_id) not in gone]


def sent_out(members: Iterable[int], pitch_id: int, said: Said) -> frozenset[int]:
    """The members who leave the room while a pitch is talked about: everyone not cleared for it."""
    return frozenset(key for key in members if said.get((key, pitch_id)) not in MAY_READ)


def may_know(round_: Round, pitch_id: int, said: Said) -> bool:
    """Whether whoever meets the round so may know what is in a pitch: as `barred_from_pitch` has it."""
    if round_.member_id is None:
        return True
    declared = said.get((round_.member_id, pitch_id))
    return round_.released if declared is None else declared in MAY_READ


def _judges(panel: list[PanelRow]) -> list[JudgeFacts]:
    people = [row.person_id for row in panel]
    belongs, registers = _belongs(people), registers_of(people)
    return [
        JudgeFacts(row.member_id, row.email, tuple(belongs[row.person_id]), tuple(registers[row.person_id]))
        for row in panel
    ]


def _belongs(person_ids: list[int]) -> dict[int, list[Belonging]]:
    authority = exists().where(
        OrganisationCapacity.organisation_id == Organisation.id,
        OrganisationCapacity.capacity == Capacity.AUTHORITY,
    )
    found: dict[int, list[Belonging]] = {person_id: [] for person_id in person_ids}
    for row in db.session.execute(
        select(
            Membership.person_id,
            Organisation.id,
            Organisation.name,
            Organisation.number,
            Membership.until_at,
            authority.label("authority"),
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id.in_(person_ids), Organisation.practice.is_(False))
        .order_by(Membership.id)
    ):
        firm = Firm(row.id, row.name, row.number)
        found[row.person_id].append(Belonging(firm, row.until_at is not None, bool(row.authority)))
    return found


@dataclass(frozen=True, slots=True)
class StepRow:
    """Something that was declared, asked or decided."""

    declaration_id: int
    kind: StepKind
    by_name: str
    at: datetime
    words: str
    conditions: str

    @property
    def says(self) -> str:
        """What somebody did."""
        return STEP_WORDS[self.kind]


def steps(challenge_id: int) -> list[StepRow]:
    """Every step of the declarations of a challenge, in the order in which they happened."""
    rows = db.session.execute(
        select(
            DeclarationStep.declaration_id,
            DeclarationStep.kind,
            Person.name,
            DeclarationStep.at,
            DeclarationStep.words,
            DeclarationStep.conditions,
        )
        .join(Declaration, Declaration.id == DeclarationStep.declaration_id)
        .join(PanelMember, _MEMBER.id == Declaration.panel_member_id)
        .join(Person, Person.id == DeclarationStep.by_id)
        .where(_MEMBER.challenge_id == challenge_id)
        .order_by(DeclarationStep.id)
    )
    return [StepRow(*row) for row in rows]


def asked_again(member_id: int) -> frozenset[int]:
    """The pitches on which a judge is asked to declare once more."""
    rows = db.session.scalars(
        select(Declaration.pitch_id)
        .where(Declaration.panel_member_id == member_id, Declaration.state == DeclarationState.ASKED)
        .order_by(Declaration.pitch_id)
    )
    return frozenset(rows)
