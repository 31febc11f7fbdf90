"""Turning a finding on an opened pitch: the procurement lead and a second person."""

from __future__ import annotations

from datetime import datetime

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.db import db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.errors import Conflict, Problem, RuleViolation
from pitchfest.kernel.text import tidy
from pitchfest.pitches.operations.findings import check_no_ties, held, write_finding
from pitchfest.pitches.queries import clearing, revealed
from pitchfest.pitches.rules.clearing import turning_problems
from pitchfest.pitches.rules.permissions import Permission

_NOTHING_YET = "Nobody has decided about this pitch yet, so an officer or the procurement lead simply does."


def propose_turning(
    actor: Actor, *, reference: str, reason: str, expected_version: int | None = None, now: datetime
) -> None:
    """Put forward, for a second person, that a pitch found eligible is not, or the other way round.

    Raises RuleViolation without a reason, Conflict where nothing was found or it is proposed already,
    ProofNeeded, NotFound while it is sealed.
    """
    _, facts = held(actor, Permission.ELIGIBILITY_OVERTURN, reference, expected_version)
    check_no_ties(actor, now)
    eligible = not _newest(facts).eligible
    words = tidy(reason)
    if problems := turning_problems(words, eligible=eligible, challenge=facts.challenge_state):
        raise RuleViolation(*problems)
    accounts.propose(
        actor,
        kind=ActKind.OVERTURN,
        object=f"pitch:{reference}",
        object_version=facts.version,
        payload={"eligible": eligible, "reason": words},
        now=now,
    )


def take_back_turning(actor: Actor, *, reference: str, now: datetime) -> None:
    """Take one's own proposal back."""
    held(actor, Permission.ELIGIBILITY_OVERTURN, reference, None)
    accounts.take_back(actor, kind=ActKind.OVERTURN, object=f"pitch:{reference}", now=now)


def turn(actor: Actor, *, reference: str, expected_act: int | None = None, now: datetime) -> None:
    """Be the second person: the finding says otherwise from now on, with the reason that was proposed.

    Raises RuleViolation unless one of the two is the procurement lead and the other an officer or
    approver who had no part in a finding on this pitch, Conflict when nothing waits or the pitch changed
    since, StaleForm when another proposal than `expected_act` stands there, ProofNeeded.
    """
    pitch, facts = held(actor, Permission.ELIGIBILITY_OVERTURN, reference, None)
    check_no_ties(actor, now)
    _newest(facts)
    act = accounts.confirm(
        actor,
        kind=ActKind.OVERTURN,
        object=f"pitch:{reference}",
        object_version=facts.version,
        practice=facts.practice,
        expected_act=expected_act,
        now=now,
    )
    _lead_and_another(facts.id, act.proposer_id, actor.person_id, now)
    write_finding(
        actor,
        pitch,
        facts,
        eligible=bool(act.payload["eligible"]),
        reason=str(act.payload["reason"]),
        first_id=act.proposer_id,
        now=now,
    )
    db.session.flush()


def _newest(facts: revealed.OpenedPitch) -> clearing.FindingRow:
    earlier = clearing.findings(facts.id)
    if not earlier:
        raise Conflict(_NOTHING_YET)
    if facts.withdrawn_at is not None:
        raise Conflict("This pitch was withdrawn, so there is nothing left to decide.")
    return earlier[-1]


def _lead_and_another(pitch_id: int, one: int, other: int, now: datetime) -> None:
    leads = {person.id for person in people.staff(Role.LEAD, now=now)}
    if not leads & {one, other}:
        raise RuleViolation("One of the two people must be the procurement lead.")
    made = {who for finding in clearing.findings(pitch_id) for who in (finding.by_id, finding.second_id)}
    if not any(lead in leads and second not in made for lead, second in ((one, other), (other, one))):
        raise RuleViolation(
            Problem("The second person, besides the lead, must be one who did not find it so before.")
        )
