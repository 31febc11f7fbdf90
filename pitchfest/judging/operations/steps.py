"""Writing down each step of a declaration: what was declared, asked and decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import insert, select

from pitchfest.db import db
from pitchfest.judging.models import Declaration, DeclarationStep
from pitchfest.judging.rules.states import StepKind
from pitchfest.kernel.actor import Actor


def note_step(
    actor: Actor, declaration_id: int, kind: StepKind, words: str, *, now: datetime, conditions: str = ""
) -> None:
    """Add what happened to one declaration."""
    note_steps(actor, {declaration_id: (kind, words)}, now=now, conditions=conditions)


def note_steps(
    actor: Actor, steps: Mapping[int, tuple[StepKind, str]], *, now: datetime, conditions: str = ""
) -> None:
    """Add what happened to declarations: id → kind and words."""
    rows = [
        {
            "declaration_id": declaration_id,
            "kind": kind,
            "by_id": actor.person_id,
            "at": now,
            "words": words,
            "conditions": conditions,
        }
        for declaration_id, (kind, words) in steps.items()
    ]
    db.session.execute(insert(DeclarationStep), rows)


def declared_by(member_id: int, pitch_ids: Collection[int]) -> dict[int, int]:
    """pitch id → the judge's declaration about it, where there is one."""
    rows = db.session.execute(
        select(Declaration.pitch_id, Declaration.id)
        .where(Declaration.panel_member_id == member_id, Declaration.pitch_id.in_(sorted(pitch_ids)))
        .order_by(Declaration.id)
    )
    return {row.pitch_id: row.id for row in rows}
