"""Standing in for a colleague: for a time, a person holds one of the colleague's roles."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import exists, insert, select, update

from pitchfest.accounts import notices, queries
from pitchfest.accounts.models import StandIn
from pitchfest.accounts.operations.acts import confirm, propose, take_back, void_proposals_of
from pitchfest.accounts.operations.roles import authorise_people, lock_person, stands_alone
from pitchfest.accounts.operations.sessions import require_proof
from pitchfest.accounts.rules import ActKind, stand_in_problems
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import WEIGHTY_ROLES, Actor, Role
from pitchfest.kernel.clock import from_london, iso
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation


def name_stand_in(
    actor: Actor,
    *,
    for_person_id: int,
    person_id: int,
    role: Role,
    first_day: date,
    last_day: date,
    now: datetime,
) -> bool:
    """Name who holds a colleague's role from the first to the last day, both included, in London.

    True when it stands, False when it waits for a second administrator, as weighty roles do. Raises
    ProofNeeded for a weighty role, RuleViolation for days or people that make no sense.
    """
    authorise_people(actor)
    _lock_both(for_person_id, person_id)
    _not_oneself(actor, person_id)
    from_at = max(now, from_london(first_day, time(0)))
    until_at = from_london(last_day + timedelta(days=1), time(0))
    _check(for_person_id, person_id, role, first_day, last_day, now)
    _check_free(person_id, role, from_at, until_at)
    if role not in WEIGHTY_ROLES:
        _name(actor, for_person_id, person_id, role, from_at, until_at, now=now)
        return True
    require_proof(actor, now)
    if stands_alone(actor, now):
        _name(actor, for_person_id, person_id, role, from_at, until_at, now=now, alone=True)
        return True
    propose(
        actor,
        kind=ActKind.GRANT_ROLE,
        object=stand_in_object(for_person_id, person_id, role),
        object_version=queries.stand_in_version(for_person_id, person_id),
        payload={
            "person": person_id,
            "role": role,
            "for": for_person_id,
            "from": iso(from_at),
            "until": iso(until_at),
        },
        now=now,
    )
    return False


def confirm_stand_in(actor: Actor, *, act_id: int, now: datetime) -> None:
    """The second administrator's yes. Raises Conflict when the days are over."""
    authorise_people(actor)
    act = _proposed(act_id)
    person_id, for_person_id, role = act["person"], act["for"], Role(act["role"])
    _lock_both(for_person_id, person_id)
    _not_oneself(actor, person_id)
    from_at, until_at = max(now, datetime.fromisoformat(act["from"])), datetime.fromisoformat(act["until"])
    if until_at <= now:
        raise Conflict("The last day of this stand-in is over. Take the proposal back.")
    _check_free(person_id, role, from_at, until_at)
    done = confirm(
        actor,
        kind=ActKind.GRANT_ROLE,
        object=stand_in_object(for_person_id, person_id, role),
        object_version=queries.stand_in_version(for_person_id, person_id),
        now=now,
    )
    _name(actor, for_person_id, person_id, role, from_at, until_at, now=now, named_by=done.proposer_id)


def take_back_stand_in(actor: Actor, *, act_id: int, now: datetime) -> None:
    """Withdraw one's own proposal."""
    authorise_people(actor)
    act = _proposed(act_id)
    thing = stand_in_object(act["for"], act["person"], Role(act["role"]))
    take_back(actor, kind=ActKind.GRANT_ROLE, object=thing, now=now)


def end_stand_in(actor: Actor, *, stand_in_id: int, now: datetime) -> None:
    """End a stand-in early, or one that has not begun. Raises Conflict when it is over."""
    authorise_people(actor)
    found = queries.stand_in(stand_in_id)
    if found is None:
        raise NotFound
    _lock_both(found.for_person_id, found.person_id)
    ended = db.session.execute(
        update(StandIn)
        .where(StandIn.id == stand_in_id, StandIn.ended_at.is_(None), StandIn.until_at > now)
        .values(ended_at=now, ended_by_id=actor.person_id)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This stand-in is over already.")
    void_proposals_of(actor, found.person_id, now=now)
    record(actor, "stand_in.end", f"person:{found.person_id}", now=now, role=found.role, id=stand_in_id)


def stand_in_object(for_person_id: int, person_id: int, role: Role) -> str:
    """The object of a proposal that one person stands in for another."""
    return f"person:{person_id}:{role}:for:{for_person_id}"


def _lock_both(*person_ids: int) -> None:
    for person_id in sorted(person_ids):
        lock_person(person_id)


def _not_oneself(actor: Actor, person_id: int) -> None:
    if actor.person_id == person_id:
        raise NotAllowed("Nobody can give a role to themselves. Ask another administrator.")


def _check(
    for_person_id: int, person_id: int, role: Role, first_day: date, last_day: date, now: datetime
) -> None:
    problems = stand_in_problems(
        first_day=first_day,
        last_day=last_day,
        now=now,
        same_person=person_id == for_person_id,
        works_here=person_id in queries.lasting_holders(),
        colleague_holds=role in queries.lasting_roles(for_person_id),
        holds_already=role in queries.lasting_roles(person_id),
    )
    if problems:
        raise RuleViolation(*problems)


def _check_free(person_id: int, role: Role, from_at: datetime, until_at: datetime) -> None:
    taken = db.session.execute(
        select(
            exists().where(
                StandIn.person_id == person_id,
                StandIn.role == role,
                StandIn.ended_at.is_(None),
                StandIn.from_at < until_at,
                StandIn.until_at > from_at,
            )
        )
    ).scalar_one()
    if taken:
        raise RuleViolation("This person stands in with that role on some of these days already", field="who")


def _proposed(act_id: int) -> dict[str, Any]:
    open_acts = {act.id: act.payload for act in queries.open_acts(ActKind.GRANT_ROLE)}
    if "for" not in open_acts.get(act_id, {}):
        raise Conflict("There is nothing left to decide. It was confirmed or taken back meanwhile.")
    return open_acts[act_id]


def _name(
    actor: Actor,
    for_person_id: int,
    person_id: int,
    role: Role,
    from_at: datetime,
    until_at: datetime,
    *,
    now: datetime,
    alone: bool = False,
    named_by: int | None = None,
) -> None:
    stand_in_id: int = db.session.execute(
        insert(StandIn)
        .values(
            person_id=person_id,
            for_person_id=for_person_id,
            role=role,
            from_at=from_at,
            until_at=until_at,
            named_by_id=named_by or actor.person_id,
            named_at=now,
        )
        .returning(StandIn.id)
    ).scalar_one()
    record(
        actor,
        "stand_in.name",
        f"person:{person_id}",
        now=now,
        id=stand_in_id,
        role=role,
        away=f"person:{for_person_id}",
        first=iso(from_at),
        until=iso(until_at),
        alone=alone,
    )
    notices.stand_in_named(stand_in_id, [person_id, for_person_id], now=now)
