"""Acts of two people: proposed by one, confirmed later by another from their own sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from pitchfest.accounts import queries
from pitchfest.accounts.models import TwoPersonAct
from pitchfest.accounts.operations.sessions import require_proof
from pitchfest.accounts.rules import ActKind, ActOutcome, TwoPeople, opener_problem, two_person
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotAllowed, RuleViolation, StaleForm
from pitchfest.kernel.text import canonical_json

_ACT = TwoPersonAct.__table__.c


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What two people have now agreed on. `exceptions`: sentences that the record must say."""

    act_id: int
    proposer_id: int
    payload: dict[str, Any]
    exceptions: tuple[str, ...] = ()


def propose(
    actor: Actor,
    *,
    kind: ActKind,
    object: str,  # noqa: A002
    object_version: int,
    payload: dict[str, Any] | None = None,
    now: datetime,
) -> int:
    """Put something forward for a second person; the act's id.

    An open proposal on an older version of the object is voided. Raises ProofNeeded, Conflict
    when one is open already, RuleViolation when the proposer could never be one of the two.
    """
    require_proof(actor, now)
    if kind is ActKind.OPEN_PITCHES and queries.has_supplier_ties(actor.person_id, now):
        raise RuleViolation(opener_problem(yours=True))
    earlier = queries.open_act(kind, object)
    if earlier is not None:
        if earlier.object_version == object_version:
            raise Conflict(
                f"{earlier.proposer_name} has already proposed this. It waits for a second person."
            )
        void(actor, kind=kind, object=object, now=now)
    act = TwoPersonAct(
        kind=kind,
        object=object,
        object_version=object_version,
        payload=canonical_json(payload or {}),
        proposer_id=actor.person_id,
        proposed_at=now,
        outcome=ActOutcome.PROPOSED,
    )
    db.session.add(act)
    db.session.flush()
    record(actor, "act.propose", object, now=now, kind=kind, act=act.id, version=object_version)
    return act.id


def confirm(
    actor: Actor,
    *,
    kind: ActKind,
    object: str,  # noqa: A002
    object_version: int,
    now: datetime,
    practice: bool = False,
    expected_act: int | None = None,
) -> Confirmed:
    """Be the second person: from here on, in this transaction, the act may happen.

    `practice`: it is about a practice challenge. `expected_act`: the proposal that the person read.
    Raises ProofNeeded; Conflict when nothing is open or the object changed since; StaleForm when
    another proposal stands there now; RuleViolation when these two people may not act together.
    """
    require_proof(actor, now)
    db.session.execute(
        select(_ACT.id)
        .where(_ACT.kind == kind, _ACT.object == object, _ACT.outcome == ActOutcome.PROPOSED)
        .with_for_update()
    )
    act = queries.open_act(kind, object)
    if act is None:
        raise Conflict("There is nothing left to confirm. It was confirmed or taken back meanwhile.")
    if expected_act is not None and act.id != expected_act:
        raise StaleForm("It was proposed anew, perhaps in other words, after you opened your page.")
    if act.object_version != object_version:
        raise Conflict(
            "This changed after it was proposed, so the proposal no longer counts. Propose it again."
        )
    problems, exceptions = two_person(_two_people(act, actor, kind, now, practice=practice))
    if problems:
        raise RuleViolation(*problems)
    _decide(act.id, ActOutcome.CONFIRMED, now=now, confirmer_id=actor.person_id)
    record(
        actor,
        "act.confirm",
        object,
        now=now,
        kind=kind,
        act=act.id,
        proposer=f"person:{act.proposer_id}",
        exceptions=list(exceptions),
    )
    return Confirmed(act.id, act.proposer_id, act.payload, exceptions)


def take_back(actor: Actor, *, kind: ActKind, object: str, now: datetime) -> None:  # noqa: A002
    """Withdraw one's own proposal. Raises Conflict when none is open, NotAllowed for others."""
    act = queries.open_act(kind, object)
    if act is None:
        raise Conflict("There is nothing left to take back. It was confirmed or taken back meanwhile.")
    if act.proposer_id != actor.person_id:
        raise NotAllowed(f"Only {act.proposer_name}, who proposed it, can take it back.")
    _decide(act.id, ActOutcome.WITHDRAWN, now=now)
    record(actor, "act.take_back", object, now=now, kind=kind, act=act.id)


def void(actor: Actor, *, kind: ActKind, object: str, now: datetime) -> None:  # noqa: A002
    """Void the open proposal on something, if there is one: it was overtaken."""
    act = queries.open_act(kind, object)
    if act is not None:
        _decide(act.id, ActOutcome.VOIDED, now=now)
        record(actor, "act.void", object, now=now, kind=kind, act=act.id)


def void_proposals_of(actor: Actor, person_id: int, *, now: datetime) -> None:
    """Void what a person proposed and nobody has confirmed: they lost a role, or their account."""
    for act in queries.open_acts_of(person_id):
        _decide(act.id, ActOutcome.VOIDED, now=now)
        record(actor, "act.void", act.object, now=now, kind=act.kind, act=act.id)


def void_proposal(actor: Actor, *, kind: ActKind, object: str, now: datetime) -> None:  # noqa: A002
    """Void a proposal, if there is one: what it is about is gone."""
    act = queries.open_act(kind, object)
    if act is not None:
        _decide(act.id, ActOutcome.VOIDED, now=now)
        record(actor, "act.void", object, now=now, kind=kind, act=act.id)


def _two_people(
    act: queries.OpenAct, actor: Actor, kind: ActKind, now: datetime, *, practice: bool
) -> TwoPeople:
    pair = (act.proposer_id, actor.person_id)
    return TwoPeople(
        kind=kind,
        proposer_id=act.proposer_id,
        confirmer_id=actor.person_id,
        now=now,
        tied_at=queries.tied_at(*pair),
        supplier_ties=frozenset(i for i in pair if queries.has_supplier_ties(i, now)),
        staff_count=queries.working_count(now),
        is_demo=queries.region().is_demo,
        is_practice=practice,
    )


def _decide(act_id: int, outcome: ActOutcome, *, now: datetime, confirmer_id: int | None = None) -> None:
    result = db.session.execute(
        update(TwoPersonAct)
        .where(_ACT.id == act_id, _ACT.outcome == ActOutcome.PROPOSED)
        .values(outcome=outcome, decided_at=now, confirmer_id=confirmer_id)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Someone else decided this at the same moment.")
