"""What routes ask for after publication, as it waits on first pages. It is read with all else that waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_

from pitchfest.challenges.models import ChallengeDuty, ChallengeRoute
from pitchfest.challenges.queries.scope import CHALLENGE
from pitchfest.challenges.rules import (
    RELEASED,
    Answers,
    ChallengeState,
    Chosen,
    DutyDone,
    Evidence,
    Stands,
    Step,
    steps_after,
)
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.calendar import working_days_between
from pitchfest.kernel.clock import LONDON, from_london, say_day
from pitchfest.kernel.waiting import Waiting

_ROUTE, _DUTY = ChallengeRoute.__table__.c, ChallengeDuty.__table__.c
#: States in which a route can still ask for something that nothing else on first pages says.
AFTERWARDS = RELEASED | {ChallengeState.CANCELLED}
#: A duty with a day waits from so many working days before it.
_NEAR = 10

_DONE = tuple(DutyDone.__dataclass_fields__)
#: What `duties_waiting` reads, and how the records of duties join a challenge and its route.
COLUMNS = (
    CHALLENGE.practice,
    CHALLENGE.released_at,
    CHALLENGE.state.label("effective"),
    *(_ROUTE[name] for name in Answers.__dataclass_fields__),
    *(_DUTY[name] for name in _DONE),
)
RECORDED = and_(
    _DUTY.challenge_id == CHALLENGE.id,
    _DUTY.edition == _ROUTE.edition,
    CHALLENGE.state.in_(sorted(AFTERWARDS)),
)


def can_be_left(actor: Actor) -> ColumnElement[bool]:
    """That a route may ask `actor` for something: the procurement lead, and whose challenge it is."""
    mine = [] if actor.has(Role.LEAD) else [CHALLENGE.officer_id == actor.person_id]
    return and_(
        CHALLENGE.state.in_(sorted(AFTERWARDS)),
        CHALLENGE.practice.is_(False),
        _ROUTE.challenge_id.is_not(None),
        *mine,
    )


def duties_waiting(actor: Actor, rows: Sequence[Any], now: datetime) -> list[Waiting]:
    """What is due or near of the duties in `rows`, one or more for each challenge, and those together."""
    return [
        _waiting(actor, first, step)
        for _, found in groupby(rows, key=lambda row: row.reference)
        for first, step in _steps(list(found), now)
        if _is_near(step, now)
    ]


def _steps(rows: Sequence[Any], now: datetime) -> Iterator[tuple[Any, Step]]:
    first = rows[0]
    answers = Answers(**{name: getattr(first, name) for name in Answers.__dataclass_fields__})
    recorded = [row for row in rows if row.key]
    done = {row.key: DutyDone(*(getattr(row, name) for name in _DONE)) for row in recorded}
    return ((first, step) for step in steps_after(first, Chosen(answers), done, now))


def _is_near(step: Step, now: datetime) -> bool:
    if step.stands not in {Stands.DUE, Stands.RUNS} or step.duty.evidence == Evidence.LETTERS:
        return False
    today = now.astimezone(LONDON).date()
    return step.by is None or working_days_between(today, step.by) <= _NEAR


def _waiting(actor: Actor, row: Any, step: Step) -> Waiting:
    if step.stands == Stands.RUNS and step.by is not None:
        free = say_day(step.by + timedelta(days=1))
        return _to_do(row, step, f"The standstill of “{row.title}” runs. Sign nothing before {free}")
    text = f"{step.duty.what}: “{row.title}”"
    if actor.has(Role.LEAD):
        return _to_do(row, step, text, "Record it", "manage.duty", key=step.duty.key)
    return _to_do(row, step, text)


def _to_do(
    row: Any, step: Step, text: str, button: str = "See the route", to: str = "manage.route", **values: str
) -> Waiting:
    is_due = step.stands == Stands.DUE  # what runs is over by itself: its text says until when
    return Waiting(
        text=text,
        button=button,
        endpoint=to,
        values={"reference": row.reference, **values},
        since=step.since if is_due else None,
        due=from_london(step.by, time(23, 59)) if is_due and step.by is not None else None,
        blocks_others=is_due,
    )
