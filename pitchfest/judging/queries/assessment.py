"""The conflicts assessment of a challenge, from the records: who judged, what was declared and decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Person, TwoPersonAct
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.db import db
from pitchfest.judging.queries.conflicts import StepRow, steps
from pitchfest.judging.queries.progress import cards
from pitchfest.judging.queries.rounds import DeclarationRow, PanelRow, declarations, panel, pitches_in_play
from pitchfest.judging.rules.states import COUNTED, CardState, DeclarationState, StepKind


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration with everything that happened to it."""

    row: DeclarationRow
    steps: tuple[StepRow, ...]

    @property
    def plain(self) -> bool:
        """Whether the judge declared nothing, once, and nobody asked or decided anything."""
        return self.row.state == DeclarationState.CLEARED and len(self.steps) <= 1


@dataclass(frozen=True, slots=True)
class JudgePart:
    """One judge: what they signed, what they declared, and the suppliers on which they have not."""

    judge: PanelRow
    signed: int
    voided: int
    declared: tuple[Declared, ...]
    undeclared: tuple[str, ...]

    @property
    def plain(self) -> dict[datetime, list[str]]:
        """When → the suppliers on which the judge declared nothing, and there is nothing more to say."""
        found: dict[datetime, list[str]] = {}
        for one in self.declared:
            if one.plain:
                found.setdefault(one.row.declared_at, []).append(one.row.organisation_name)
        return dict(sorted(found.items()))

    @property
    def others(self) -> list[Declared]:
        """The declarations that somebody asked, said or decided something about."""
        return [one for one in self.declared if not one.plain]


@dataclass(frozen=True, slots=True)
class Agreed:
    """Two people agreed that a pitch goes on with fewer scorecards."""

    supplier: str
    proposer: str
    second: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything about the conflicts of interest of a challenge’s judges."""

    judges: tuple[JudgePart, ...]
    agreed: tuple[Agreed, ...]

    def count(self, *states: DeclarationState) -> int:
        """How many declarations stand so."""
        return sum(one.row.state in states for judge in self.judges for one in judge.declared)


def assessment(challenge_id: int, reader_id: int) -> Assessment:
    """The assessment for a person who may read it; seven statements. Why `reader_id` themselves was asked
    to declare again is left out: while they judge, it is not theirs to read.
    """
    by_declaration: dict[int, list[StepRow]] = {}
    for step in steps(challenge_id):
        by_declaration.setdefault(step.declaration_id, []).append(step)
    pitches = pitches_in_play(challenge_id, names=True)
    counted = Counter((card.member_id, card.state) for card in cards(challenge_id))
    rows = declarations(challenge_id)
    parts = []
    for judge in panel(challenge_id):
        mine = sorted(
            (row for row in rows if row.member_id == judge.member_id), key=lambda row: row.pitch_reference
        )
        said = {row.pitch_id for row in mine}
        own = judge.person_id == reader_id
        parts.append(
            JudgePart(
                judge,
                signed=sum(counted[judge.member_id, state] for state in COUNTED),
                voided=counted[judge.member_id, CardState.VOIDED],
                declared=tuple(
                    Declared(row, tuple(_shown(step, own) for step in by_declaration.get(row.id, ())))
                    for row in mine
                ),
                undeclared=tuple(
                    pitch.organisation_name for pitch in pitches if judge.active and pitch.id not in said
                ),
            )
        )
    names = {f"pitch:{pitch.reference}": pitch.organisation_name for pitch in pitches}
    return Assessment(tuple(parts), _agreed(names))


def _shown(step: StepRow, own: bool) -> StepRow:
    if not own or step.kind != StepKind.ASKED:
        return step
    return StepRow(step.declaration_id, step.kind, step.by_name, step.at, "", "")


def _agreed(names: dict[str, str]) -> tuple[Agreed, ...]:
    act, second = TwoPersonAct.__table__.c, aliased(Person)
    rows = db.session.execute(
        select(act.object, Person.name, second.name, act.decided_at)
        .join(Person, Person.id == act.proposer_id)
        .join(second, second.id == act.confirmer_id)
        .where(
            act.kind == ActKind.FEWER_CARDS,
            act.outcome == ActOutcome.CONFIRMED,
            act.object.in_(sorted(names)),
        )
        .order_by(act.id)
    )
    return tuple(Agreed(names[row[0]], *row[1:]) for row in rows)
