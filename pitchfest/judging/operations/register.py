"""A person's own register of interests: adding a line, and putting another in its place."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select

from pitchfest.audit import operations as audit
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import RegisteredInterest
from pitchfest.judging.rules import PERMISSIONS, Permission
from pitchfest.judging.rules.interests import InterestKind, dates_problem
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotFound, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import tidy, tidy_line

#: A bound against floods, far above what anyone has to say.
MOST_LINES = 500


def register_interest(
    actor: Actor,
    *,
    kind: InterestKind,
    party: str,
    words: str,
    since: date | None,
    until: date | None,
    now: datetime,
    replaces: int | None = None,
) -> int:
    """Write a line into one's own register, in the place of another if so; its id.

    Nothing is ever changed or deleted. Raises RuleViolation without a name or for dates that cannot
    be; Conflict when another line has taken that place meanwhile.
    """
    authorise(PERMISSIONS, Permission.REGISTER, actor, None)
    if replaces is not None:
        _hold(actor, replaces, now=now)
    if not (name := tidy_line(party)):
        raise RuleViolation("Enter the organisation or person", field="party")
    if problem := dates_problem(since, until, now.date()):
        raise RuleViolation(problem.message, field=problem.field)
    mine = RegisteredInterest.person_id == actor.person_id
    if db.session.execute(select(func.count()).where(mine)).scalar_one() >= MOST_LINES:
        raise RuleViolation("Your register is full. Ask an administrator for help.")
    line = RegisteredInterest(
        person_id=actor.person_id,
        kind=kind,
        party=name,
        words=tidy(words),
        since=since,
        until=until,
        at=now,
        replaces_id=replaces,
    )
    db.session.add(line)
    db.session.flush()
    audit.record(actor, "judging.register_interest", f"person:{actor.person_id}", now=now, line=line.id)
    return line.id


def _hold(actor: Actor, line_id: int, *, now: datetime) -> None:
    row = db.session.execute(
        select(RegisteredInterest).where(RegisteredInterest.id == line_id).with_for_update()
    ).scalar_one_or_none()
    if row is None or row.person_id != actor.person_id:
        raise NotFound
    try:
        queries.own_interest(actor=actor, now=now, interest_id=line_id)
    except NotFound:
        raise Conflict("You changed this line in another window. Look at your register again.") from None
