"""Lists of challenges: the public one, the one of staff, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, true

from pitchfest.challenges.models import ChallengeEdit
from pitchfest.challenges.queries.scope import CHALLENGE, effective, effective_in, visible_to
from pitchfest.challenges.rules import (
    EDITABLE,
    PUBLISHED,
    RELEASED,
    STAGES,
    ChallengeState,
    Stage,
    effective_state,
)
from pitchfest.db import UtcDateTime, db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.waiting import Waiting


@dataclass(frozen=True, slots=True)
class ListedChallenge:
    """A challenge as a list shows it; `state` is the one that holds now."""

    id: int
    reference: str
    title: str
    question: str
    owner_organisation: str
    budget_pence: int | None
    state: ChallengeState
    state_since: datetime
    published_at: datetime | None
    closes_at: datetime | None
    decision_due: datetime | None
    officer_id: int


_LISTED = select(*(CHALLENGE[name] for name in ListedChallenge.__dataclass_fields__))


def _listed(
    statement: Select[Any], now: datetime, values: dict[str, object] | None = None
) -> list[ListedChallenge]:
    rows = db.session.execute(statement, values)
    return [
        ListedChallenge(**{**row._mapping, "state": effective_state(row.state, row.closes_at, now)})
        for row in rows
    ]


def _matching(text: str) -> ColumnElement[bool]:
    """That every word is found somewhere in what a challenge is called or asks."""
    where = (CHALLENGE.reference, CHALLENGE.title, CHALLENGE.question, CHALLENGE.owner_organisation)
    found = [or_(*(column.icontains(word, autoescape=True) for column in where)) for word in text.split()]
    return and_(true(), *found)


# Putting a statement together costs as much as running it, so those of the busiest pages stand ready.
_NOW = bindparam("now", type_=UtcDateTime)
_PUBLIC_COUNTS = (
    select(effective(_NOW).label("holds"), func.count())
    .where(CHALLENGE.state.in_(sorted(PUBLISHED)), CHALLENGE.practice.is_(False))
    .group_by("holds")
)


def public_counts(now: datetime, *, text: str = "") -> dict[Stage, int]:
    """How many published challenges are at each stage."""
    statement = _PUBLIC_COUNTS.where(_matching(text)) if text else _PUBLIC_COUNTS
    rows = db.session.execute(statement, {"now": now}).all()
    return {stage: sum(n for s, n in rows if s in states) for stage, states in STAGES.items()}


@cache
def _public_page(stage: Stage | None) -> Select[Any]:
    still_open = effective_in({ChallengeState.OPEN}, _NOW)
    return (
        _LISTED.where(
            effective_in(STAGES[stage] if stage else PUBLISHED, _NOW), CHALLENGE.practice.is_(False)
        )
        .order_by(
            case((still_open, 0), else_=1),
            case((still_open, CHALLENGE.closes_at)),
            CHALLENGE.closes_at.desc(),
            CHALLENGE.reference,
        )
        .limit(bindparam("size"))
        .offset(bindparam("before"))
    )


def public_page(
    now: datetime, *, stage: Stage | None, text: str = "", number: int, size: int
) -> list[ListedChallenge]:
    """One page of published challenges: open ones by closing time, then the others, newest first."""
    statement = _public_page(stage).where(_matching(text)) if text else _public_page(stage)
    return _listed(statement, now, {"now": now, "size": size, "before": (number - 1) * size})


#: Name of a sort order → its columns.
SORTS: dict[str, tuple[Any, ...]] = {
    "newest": (CHALLENGE.created_at.desc(), CHALLENGE.reference.desc()),
    "closing": (CHALLENGE.closes_at.is_(None), CHALLENGE.closes_at, CHALLENGE.reference),
    "title": (func.lower(CHALLENGE.title), CHALLENGE.reference),
    "waiting": (CHALLENGE.state.in_(RELEASED), CHALLENGE.state_since, CHALLENGE.reference),
}


def staff_counts(
    actor: Actor | None, now: datetime, *, text: str = "", practice: bool = False
) -> dict[ChallengeState, int]:
    """How many challenges, real ones or those for practice, `actor` may see in each state that has
    any, in the order of the life cycle.
    """
    rows = db.session.execute(
        select(effective(now).label("holds"), func.count())
        .where(visible_to(actor, now), CHALLENGE.practice.is_(practice), _matching(text))
        .group_by("holds")
    )
    found = {row[0]: row[1] for row in rows}
    return {s: found[s] for s in ChallengeState if s in found}


def staff_page(
    actor: Actor | None,
    now: datetime,
    *,
    state: ChallengeState | None = None,
    text: str = "",
    sort: str = "newest",
    number: int = 1,
    size: int | None = None,
    practice: bool = False,
) -> list[ListedChallenge]:
    """One page, or with no `size` all, of the challenges, real or for practice, that `actor` may see."""
    states = {state} if state else set(ChallengeState)
    statement = (
        _LISTED.where(
            visible_to(actor, now),
            CHALLENGE.practice.is_(practice),
            effective_in(states, now),
            _matching(text),
        )
        .order_by(*SORTS[sort])
        .limit(size)
        .offset((number - 1) * (size or 0))
    )
    return _listed(statement, now)


_OFFICER_TASKS: dict[ChallengeState, tuple[str, str]] = {
    ChallengeState.DRAFT: ("Finish the challenge “{}”", "Carry on writing"),
    ChallengeState.CHANGES_WANTED: ("An approver wants changes to “{}”", "See what to change"),
    ChallengeState.APPROVED: ("Publish “{}”, which is approved", "Publish"),
}


def waiting(actor: Actor, now: datetime) -> list[Waiting]:  # noqa: ARG001 - every feature's has it
    """What waits for this person before a challenge is public; one statement.

    A draft for practice waits for its own officer only.
    """
    if not actor.has(Role.OFFICER, Role.LEAD, Role.APPROVER):
        return []
    wrote = (
        select(ChallengeEdit.id)
        .where(ChallengeEdit.challenge_id == CHALLENGE.id, ChallengeEdit.person_id == actor.person_id)
        .exists()
    )
    rows = db.session.execute(
        select(
            CHALLENGE.reference,
            CHALLENGE.title,
            CHALLENGE.state,
            CHALLENGE.state_since,
            wrote.label("wrote"),
        )
        .where(
            CHALLENGE.state.in_([*_OFFICER_TASKS, ChallengeState.IN_REVIEW]),
            or_(
                CHALLENGE.practice.is_(False),
                CHALLENGE.state.not_in(EDITABLE),
                CHALLENGE.officer_id == actor.person_id,
            ),
        )
        .order_by(CHALLENGE.state_since, CHALLENGE.reference)
    )
    return [task for row in rows if (task := _task(actor, row)) is not None]


def _task(actor: Actor, row: Any) -> Waiting | None:
    if row.state == ChallengeState.IN_REVIEW:
        if row.wrote or not actor.has(Role.APPROVER):
            return None
        text, button = "Read “{}” and approve it, or ask for changes", "Read it"
    elif actor.has(Role.OFFICER) or (row.state == ChallengeState.APPROVED and actor.has(Role.LEAD)):
        text, button = _OFFICER_TASKS[row.state]
    else:
        return None
    return Waiting(
        text=text.format(row.title),
        button=button,
        endpoint="manage.challenge",
        values={"reference": row.reference},
        since=row.state_since,
        blocks_others=row.state != ChallengeState.DRAFT,
    )
