"""Finding pitches eligible or not, the lowest price, and what became of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from pitchfest.accounts import queries as accounts
from pitchfest.audit.operations import record
from pitchfest.challenges.models import Criterion
from pitchfest.challenges.rules import ChallengeState, CriterionKind
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import tidy
from pitchfest.pitches.models import Eligibility, LowestPrice, Pitch
from pitchfest.pitches.operations.roots import lock_challenge, move, touch_challenge
from pitchfest.pitches.queries import clearing
from pitchfest.pitches.queries import revealed as queries
from pitchfest.pitches.rules.clearing import needs_two
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import ELIGIBLE_REASON, PITCH, Find, PitchState


def find(
    actor: Actor,
    *,
    reference: str,
    eligible: bool,
    reason: str,
    expected_version: int | None = None,
    now: datetime,
) -> None:
    """Record whether a pitch may be judged, and why.

    An empty reason for an eligible one becomes "Meets every rule of the brief". A finding that says
    otherwise than the one before takes two people (`turn`); only whoever made it may put a slip right
    alone, within ten minutes. Raises NotFound while it is sealed, RuleViolation where a reason is
    missing, two people are needed, the supplier may still answer or judging has begun, Conflict when
    it was withdrawn.
    """
    pitch, facts = held(actor, Permission.ELIGIBILITY_DECIDE, reference, expected_version)
    check_no_ties(actor, now)
    earlier = clearing.findings(facts.id)
    if needs_two(earlier, eligible=eligible, person_id=actor.person_id or 0, now=now):
        raise RuleViolation(TAKES_TWO, field="eligible")
    write_finding(actor, pitch, facts, eligible=eligible, reason=reason, now=now)


TAKES_TWO = (
    "This pitch was found otherwise before. The procurement lead and a second person change that together"
)


def check_no_ties(actor: Actor, now: datetime) -> None:
    """Raise RuleViolation where the actor belongs to a supplier, or lately did: it may be a rival."""
    if accounts.has_supplier_ties(actor.person_id or 0, now):
        raise RuleViolation(
            "You belong to a supplier, or did in the last 12 months, so someone else has to do this."
        )


def held(
    actor: Actor, permission: Permission, reference: str, expected_version: int | None
) -> tuple[Pitch, queries.OpenedPitch]:
    """An opened pitch and its challenge, held, once the actor is allowed and the form is not stale."""
    seen = queries.opened_by_reference(reference)
    lock_challenge(seen.challenge_id)
    pitch = _locked(seen.id)
    facts = queries.opened_by_id(pitch.id)
    authorise(PERMISSIONS, permission, actor, facts)
    if expected_version is not None and expected_version != facts.version:
        raise queries.changed_since(pitch.id)
    return pitch, facts


def write_finding(
    actor: Actor,
    pitch: Pitch,
    facts: queries.OpenedPitch,
    *,
    eligible: bool,
    reason: str,
    first_id: int | None = None,
    now: datetime,
) -> None:
    """Write a finding on a held pitch; `first_id` proposed it where the actor is the second person."""
    words = tidy(reason) or (ELIGIBLE_REASON if eligible else "")
    action = "find_eligible" if eligible else "find_ineligible"
    by_two = first_id is not None
    try:
        step = PITCH.fire(
            facts.state, action, Find(words, facts.challenge_state, by_two, facts.answer_until(now))
        )
    except RuleViolation as refusal:
        at_reason = facts.challenge_state == ChallengeState.ELIGIBILITY and facts.answer_until(now) is None
        raise RuleViolation(
            *(Problem(p.message, "reason" if at_reason else "") for p in refusal.problems)
        ) from None
    db.session.add(
        Eligibility(
            pitch_id=pitch.id,
            eligible=eligible,
            reason=words,
            by_id=first_id or actor.person_id,
            second_id=actor.person_id if by_two else None,
            at=now,
        )
    )
    move(pitch, step.target)
    keep_lowest_price(facts.challenge_id)
    touch_challenge(facts.challenge_id)
    first = {"first": f"person:{first_id}"} if by_two else {}
    record(actor, f"pitch.{action}", f"pitch:{facts.reference}", now=now, **first)
    db.session.flush()


def _locked(pitch_id: int) -> Pitch:
    """The pitch's row, held until the end of the write. Raises NotFound."""
    pitch = db.session.execute(
        select(Pitch).where(Pitch.id == pitch_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if pitch is None:
        raise NotFound
    return pitch


def keep_lowest_price(challenge_id: int) -> None:
    """Bring the challenge's one row of the lowest price up to date; without a price criterion
    there is none.
    """
    priced = db.session.execute(
        select(Criterion.id).where(
            Criterion.challenge_id == challenge_id, Criterion.kind == CriterionKind.PRICE
        )
    ).first()
    if priced is None:
        return
    lowest = min(queries.prices(challenge_id), default=None)
    hit = db.session.execute(
        update(LowestPrice).where(LowestPrice.challenge_id == challenge_id).values(pence=lowest)
    )
    if hit.rowcount == 0:  # type: ignore[attr-defined]
        db.session.execute(insert(LowestPrice).values(challenge_id=challenge_id, pence=lowest))


def record_outcome(actor: Actor, pitch_id: int, state: PitchState, now: datetime) -> None:
    """Write what became of an eligible pitch: won, reserve or unsuccessful. The caller has
    authorised it and holds the challenge's row. Raises Conflict for any other pitch.
    """
    pitch = _locked(pitch_id)
    step = PITCH.fire(pitch.state, f"record_{state}", None)
    reference = pitch.reference
    move(pitch, step.target)
    record(actor, f"pitch.{step.action}", f"pitch:{reference}", now=now)
