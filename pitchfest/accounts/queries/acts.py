"""Reading acts of two people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from pitchfest.accounts.models import Invitation, Person, RoleGrant, TwoPersonAct
from pitchfest.accounts.queries.region import region
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.db import db
from pitchfest.kernel.actor import ROLE_NAMES, Actor, Role
from pitchfest.kernel.waiting import Waiting

_ACT = TwoPersonAct.__table__.c
_FINISH = Waiting(
    text="Finish setting up, so that suppliers can come in and challenges can be published",
    button="Go on",
    endpoint="admin.set_up",
    blocks_others=True,
)


@dataclass(frozen=True, slots=True)
class OpenAct:
    """A proposal that waits for a second person."""

    id: int
    kind: ActKind
    object: str
    object_version: int
    proposer_id: int
    proposer_name: str
    proposed_at: datetime
    payload: dict[str, Any]


def open_act(kind: ActKind, object: str) -> OpenAct | None:  # noqa: A002
    """The proposal of this kind for an object that waits for a second person, or None."""
    return next(iter(_open(_ACT.kind == kind, _ACT.object == object)), None)


def act_that_counts(kind: ActKind, object: str, version: int) -> OpenAct | None:  # noqa: A002
    """The same, None also where the object has changed since: then nobody can agree to it any more."""
    act = open_act(kind, object)
    return act if act is not None and act.object_version == version else None


def open_acts(*kinds: ActKind) -> list[OpenAct]:
    """Every proposal of these kinds that waits, oldest first."""
    return _open(_ACT.kind.in_(kinds))


def open_acts_of(person_id: int) -> list[OpenAct]:
    """Every proposal that a person made and that waits, oldest first."""
    return _open(_ACT.proposer_id == person_id)


def two_step_object(person_id: int) -> str:
    """The object of a proposal to take somebody's second step away."""
    return f"person:{person_id}:two-step"


def waiting(actor: Actor, now: datetime) -> list[Waiting]:  # noqa: ARG001 - every feature's has this shape
    """What waits for an administrator: finishing the set-up, and what another one proposed about people.

    One statement.
    """
    if not actor.has(Role.ADMIN):
        return []
    unfinished = [] if region().is_finished else [_FINISH]
    return unfinished + [
        Waiting(
            text=_asked(act),
            button="Look and decide",
            endpoint="admin.person",
            values={"person_id": act.payload.get("for", act.payload["person"])},
            since=act.proposed_at,
        )
        for act in open_acts(ActKind.GRANT_ROLE, ActKind.RESET_TWO_STEP)
        if actor.person_id not in (act.proposer_id, act.payload["person"])
    ]


def _asked(act: OpenAct) -> str:
    if act.kind is ActKind.RESET_TWO_STEP:
        return f"{act.proposer_name} wants to take somebody’s two-step sign-in away"
    name = ROLE_NAMES[Role(act.payload["role"])].lower()
    if "for" in act.payload:
        return f"{act.proposer_name} wants someone to stand in as {name}"
    return f"{act.proposer_name} wants to make someone {name}"


def grant_version(person_id: int) -> int:
    """A number that changes with each grant and each end of a role of a person."""
    return db.session.execute(
        select(func.count(RoleGrant.id) + func.count(RoleGrant.ended_at)).where(
            RoleGrant.person_id == person_id
        )
    ).scalar_one()


def tied_at(one: int, other: int) -> datetime | None:
    """When one of two people last invited the other, handed the other a link, or was one of those who took
    the other's second step of signing in away.
    """
    invited = db.session.execute(
        select(func.max(Invitation.created_at)).where(
            or_(
                (Invitation.invited_by_id == one) & (Invitation.person_id == other),
                (Invitation.invited_by_id == other) & (Invitation.person_id == one),
            )
        )
    ).scalar_one()
    reset = db.session.execute(
        select(func.max(Person.reset_at)).where(
            or_(
                (Person.id == one) & (Person.reset_by_id == other),
                (Person.id == other) & (Person.reset_by_id == one),
            )
        )
    ).scalar_one()
    taken = db.session.execute(
        select(func.max(_ACT.decided_at)).where(
            _ACT.kind == ActKind.RESET_TWO_STEP,
            _ACT.outcome == ActOutcome.CONFIRMED,
            or_(
                (_ACT.object == two_step_object(one))
                & or_(_ACT.proposer_id == other, _ACT.confirmer_id == other),
                (_ACT.object == two_step_object(other))
                & or_(_ACT.proposer_id == one, _ACT.confirmer_id == one),
            ),
        )
    ).scalar_one()
    return max((moment for moment in (invited, reset, taken) if moment), default=None)


def _open(*wanted: Any) -> list[OpenAct]:
    rows = db.session.execute(
        select(
            _ACT.id,
            _ACT.kind,
            _ACT.object,
            _ACT.object_version,
            _ACT.proposer_id,
            Person.name.label("proposer_name"),
            _ACT.proposed_at,
            _ACT.payload,
        )
        .join(Person, Person.id == _ACT.proposer_id)
        .where(_ACT.outcome == ActOutcome.PROPOSED, *wanted)
        .order_by(_ACT.id)
    )
    return [OpenAct(**{**row._mapping, "payload": json.loads(row.payload)}) for row in rows]
