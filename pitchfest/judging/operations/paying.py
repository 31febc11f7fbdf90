"""Paying judges for their time: agreeing, claiming, accepting, sending back, marking as paid.

Whoever accepts a claim is neither the judge nor the one who marks it as paid.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select

from pitchfest.accounts import queries as accounts
from pitchfest.audit import operations as audit
from pitchfest.db import db
from pitchfest.judging import notices, queries
from pitchfest.judging.models import JudgePay, PanelMember
from pitchfest.judging.operations.rounds import hashed, opened, reason_of
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.pay import (
    PAY,
    PayBasis,
    PayState,
    agreement_problems,
    amount,
    claim_problem,
    may_claim,
)
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.errors import Conflict, NotFound, Problem, RuleViolation, StaleForm
from pitchfest.kernel.text import tidy, tidy_line


def agree_pay(
    actor: Actor,
    *,
    reference: str,
    member_id: int,
    basis: PayBasis,
    pence: int,
    quarters: int,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Agree on a fee with a judge, or change what was agreed until there is a claim.

    Raises RuleViolation for whoever has a staff role, oneself included, and for no sensible fee.
    """
    round_ = opened(actor, Permission.PAY, reference, now=now)
    person_id = _person(round_, member_id)
    _not_of_the_staff(person_id, now=now)
    if problems := agreement_problems(basis, pence, quarters):
        raise RuleViolation(*(Problem(why, field) for field, why in problems.items()))
    row = _found(member_id, expected_version)
    if row is None:
        # an agreement that was taken back goes on counting: a page open on it must not fit the new one
        row = JudgePay(member_id=member_id, version=queries.pay_acts(reference, person_id))
        db.session.add(row)
    else:
        row.state = PAY.fire(row.state, "change", None).target
    row.basis, row.pence, row.quarters = basis, pence, quarters
    if row.claimed is not None and row.claimed > quarters:
        row.claimed = quarters  # it was sent back, so the judge claims anew anyway
    row.agreed_by_id, row.agreed_at, row.version = actor.person_id, now, row.version + 1
    _record(actor, round_, "agree_pay", person_id, now=now, basis=basis, pence=pence, quarters=quarters)
    db.session.flush()


def drop_pay(
    actor: Actor, *, reference: str, member_id: int, now: datetime, expected_version: int | None = None
) -> None:
    """Take an agreement back for which nothing was claimed. Raises NotFound where there is none."""
    round_ = opened(actor, Permission.PAY, reference, now=now)
    person_id = _person(round_, member_id)
    if (row := _found(member_id, expected_version)) is None:
        raise NotFound
    if row.state != PayState.AGREED:
        raise Conflict("There is a claim already. Send it back with a reason instead.")
    db.session.execute(delete(JudgePay).where(JudgePay.member_id == member_id))
    _record(actor, round_, "drop_pay", person_id, now=now)


def claim_pay(
    actor: Actor,
    *,
    reference: str,
    quarters: int,
    note: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Claim one's own hours, or correct the claim until it is paid.

    An accepted claim that is corrected has to be accepted again. Raises NotFound where nothing was
    agreed; RuleViolation before scoring is closed and for more hours than were agreed.
    """
    round_ = opened(actor, Permission.OWN_PAY, reference, now=now)
    assert round_.member_id is not None
    if (row := _found(round_.member_id, expected_version)) is None:
        raise NotFound
    if not may_claim(round_.state, round_.released):
        raise RuleViolation("You can claim once scoring is closed")
    if why := claim_problem(row.quarters, quarters):
        raise RuleViolation(why, field="hours")
    row.state = PAY.fire(row.state, "claim", None).target
    row.claimed, row.note, row.claimed_at = quarters, tidy(note), now
    row.decided_by_id, row.decided_at, row.reason, row.version = None, None, "", row.version + 1
    _record(
        actor,
        round_,
        "claim_pay",
        actor.person_id,
        now=now,
        quarters=quarters,
        pence=_due(row),
        note=row.note,
    )
    notices.pay_claimed(round_.id, round_.officer_id, round_.member_id, now=now)
    db.session.flush()


def accept_claim(
    actor: Actor, *, reference: str, member_id: int, now: datetime, expected_version: int | None = None
) -> None:
    """Accept a judge's claim. Raises RuleViolation for one's own, and for who works here by now."""
    round_, row, person_id = _to_decide(actor, reference, member_id, expected_version, now=now)
    _not_of_the_staff(person_id, now=now)
    row.state = PAY.fire(row.state, "accept", None).target
    row.decided_by_id, row.decided_at, row.version = actor.person_id, now, row.version + 1
    _record(actor, round_, "accept_claim", person_id, now=now, quarters=row.claimed, pence=_due(row))
    notices.pay_decided(round_.id, person_id, member_id, now=now)
    db.session.flush()


def send_back_claim(
    actor: Actor,
    *,
    reference: str,
    member_id: int,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Send a claim back to its judge, who reads the reason and can claim again."""
    round_, row, person_id = _to_decide(actor, reference, member_id, expected_version, now=now)
    why = reason_of(reason)
    row.state = PAY.fire(row.state, "send_back", None).target
    row.decided_by_id, row.decided_at, row.reason = actor.person_id, now, why
    row.version += 1
    _record(actor, round_, "send_back_claim", person_id, now=now, note=why)
    notices.pay_decided(round_.id, person_id, member_id, now=now)
    db.session.flush()


def mark_paid(
    actor: Actor,
    *,
    reference: str,
    member_id: int,
    paid_on: date,
    paid_reference: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Note that an accepted claim was paid. Raises RuleViolation for who accepted it."""
    round_, row, person_id = _to_decide(actor, reference, member_id, expected_version, now=now)
    step = PAY.fire(row.state, "pay", None)
    if row.decided_by_id == actor.person_id:
        raise RuleViolation("You accepted this claim. Someone else must mark it as paid.")
    if not (said := tidy_line(paid_reference)):
        raise RuleViolation("Enter the reference of the payment", field="paid_reference")
    if not _day(row.agreed_at) <= paid_on <= _day(now):
        raise RuleViolation("Enter a day between the agreement and today", field="paid_on")
    row.state, row.paid_on, row.paid_reference = step.target, paid_on, said
    row.paid_by_id, row.paid_at, row.version = actor.person_id, now, row.version + 1
    _record(actor, round_, "mark_paid", person_id, now=now, pence=_due(row), paid_on=paid_on.isoformat())
    notices.pay_decided(round_.id, person_id, member_id, now=now)
    db.session.flush()


def _person(round_: Round, member_id: int) -> int:
    """Who the member of this round's panel is, released or not. Raises NotFound, also for who said no."""
    row = db.session.get(PanelMember, member_id)
    if row is None or row.challenge_id != round_.id or row.refusal is not None:
        raise NotFound
    return row.person_id


def _found(member_id: int, expected_version: int | None) -> JudgePay | None:
    row = db.session.scalar(select(JudgePay).where(JudgePay.member_id == member_id).with_for_update())
    if row is not None and expected_version is not None and row.version != expected_version:
        raise StaleForm("This payment was changed meanwhile. Look at it again.")
    return row


def _to_decide(
    actor: Actor, reference: str, member_id: int, expected_version: int | None, *, now: datetime
) -> tuple[Round, JudgePay, int]:
    """The payment of somebody else, held. Raises NotFound where nothing was agreed."""
    round_ = opened(actor, Permission.PAY, reference, now=now)
    person_id, row = _person(round_, member_id), _found(member_id, expected_version)
    if row is None:
        raise NotFound
    if person_id == actor.person_id:
        raise RuleViolation("This is your own payment. Someone else must do this.")
    return round_, row, person_id


def _not_of_the_staff(person_id: int, *, now: datetime) -> None:
    if any(row.id == person_id for row in accounts.staff(now=now)):
        raise RuleViolation("This person has a staff role here, and cannot be paid for judging")


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def _due(row: JudgePay) -> int:
    return amount(row.basis, row.pence, row.claimed or 0)


def _record(
    actor: Actor,
    round_: Round,
    act: str,
    person_id: int,
    *,
    now: datetime,
    note: str = "",
    **facts: str | int | None,
) -> None:
    words = hashed(note) if note else {}
    subject = f"challenge:{round_.reference}"
    audit.record(actor, f"judging.{act}", subject, now=now, person=person_id, **facts, **words)
