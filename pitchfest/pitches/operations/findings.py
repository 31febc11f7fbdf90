"""Finding pitches eligible or not, the lowest price, and what became of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from pitchfest.audit.operations import record
from pitchfest.challenges.models import Criterion
from pitchfest.challenges.rules import ChallengeState, CriterionKind
from pitchfest.db import db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import tidy
from pitchfest.pitches.models import Eligibility, LowestPrice, Pitch
from pitchfest.pitches.operations.roots import lock_challenge, move, touch_challenge
from pitchfest.pitches.queries import revealed as queries
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

    An empty reason for an eligible one becomes "Meets every rule of the brief". Changeable until
    judging starts; after that the procurement lead may still let one in. Raises NotFound while
    it is sealed, RuleViolation where a reason is missing or judging has begun, Conflict when it
    was withdrawn.
    """
    seen = queries.opened_by_reference(reference)
    lock_challenge(seen.challenge_id)
    pitch = _locked(seen.id)
    facts = queries.opened_by_id(pitch.id)
    authorise(PERMISSIONS, Permission.ELIGIBILITY_DECIDE, actor, facts)
    if expected_version is not None and expected_version != facts.version:
        raise queries.changed_since(pitch.id)
    words = tidy(reason) or (ELIGIBLE_REASON if eligible else "")
    action = "find_eligible" if eligible else "find_ineligible"
    try:
        step = PITCH.fire(facts.state, action, Find(words, facts.challenge_state, actor.has(Role.LEAD)))
    except RuleViolation as refusal:
        at_reason = facts.challenge_state == ChallengeState.ELIGIBILITY
        raise RuleViolation(
            *(Problem(p.message, "reason" if at_reason else "") for p in refusal.problems)
        ) from None
    db.session.add(
        Eligibility(pitch_id=pitch.id, eligible=eligible, reason=words, by_id=actor.person_id, at=now)
    )
    move(pitch, step.target)
    keep_lowest_price(seen.challenge_id)
    touch_challenge(seen.challenge_id)
    record(actor, f"pitch.{action}", f"pitch:{reference}", now=now)
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
