"""What judges are paid: the whole panel for who runs it, their own for each judge."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Person
from pitchfest.audit import queries as log
from pitchfest.challenges.models import Challenge
from pitchfest.db import db
from pitchfest.judging.models import JudgePay, PanelMember
from pitchfest.judging.rules.pay import PAY_ACTS, Pay, PayState, say_agreement, type_hours
from pitchfest.kernel.clock import say_day
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.privacy import Erasing, Remains, Section
from pitchfest.kernel.text import plural

_PAY = JudgePay.__table__.c
_MEMBER = PanelMember.__table__.c


def _pays() -> Select[Any]:
    agreer, decider, payer = aliased(Person), aliased(Person), aliased(Person)
    return (
        select(
            _PAY.member_id,
            Person.id,
            Person.name,
            Person.email,
            _PAY.version,
            _PAY.state,
            _PAY.basis,
            _PAY.pence,
            _PAY.quarters,
            _PAY.agreed_at,
            _PAY.claimed,
            _PAY.note,
            _PAY.claimed_at,
            _PAY.decided_at,
            _PAY.decided_by_id,
            _PAY.reason,
            _PAY.paid_on,
            _PAY.paid_reference,
            agreer.name,
            decider.name,
            payer.name,
        )
        .join(PanelMember, _MEMBER.id == _PAY.member_id)
        .join(Person, Person.id == _MEMBER.person_id)
        .join(agreer, agreer.id == _PAY.agreed_by_id)
        .outerjoin(decider, decider.id == _PAY.decided_by_id)
        .outerjoin(payer, payer.id == _PAY.paid_by_id)
        .order_by(Person.name, _PAY.member_id)
    )


def payments(challenge_id: int) -> list[Pay]:
    """Every payment that was agreed for the panel, released judges included, by name."""
    return [Pay(*row) for row in db.session.execute(_pays().where(_MEMBER.challenge_id == challenge_id))]


def pay_of(member_id: int) -> Pay | None:
    """The payment of one member of a panel, None where none was agreed."""
    row = db.session.execute(_pays().where(_PAY.member_id == member_id)).one_or_none()
    return Pay(*row) if row else None


def pay_acts(reference: str, person_id: int) -> int:
    """How many acts on a judge's pay the log holds of a challenge: no version of it was ever higher, also
    where the agreement was taken back since.
    """
    entries = log.about([f"challenge:{reference}"], [f"judging.{act}" for act in PAY_ACTS])
    return sum(json.loads(entry["detail"])["person"] == person_id for entry in entries)


def own_payments(person_id: int) -> Section:
    """What a person was paid for judging, for their own copy."""
    rows = db.session.execute(
        _pays()
        .join(Challenge, Challenge.id == _MEMBER.challenge_id)
        .add_columns(Challenge.reference)
        .where(_MEMBER.person_id == person_id)
    )
    return Section(
        "What you are paid for judging",
        (
            "Challenge",
            "Agreed",
            "Hours claimed",
            "Comes to",
            "Your note",
            "State",
            "Reason",
            "Paid",
            "Reference",
        ),
        tuple(
            (
                reference,
                say_agreement(pay.basis, pay.pence, pay.quarters),
                type_hours(pay.claimed),
                "" if pay.due is None else say_pounds(pay.due),
                pay.note,
                pay.label,
                pay.reason,
                say_day(pay.paid_on) if pay.paid_on else "",
                pay.paid_reference,
            )
            for *row, reference in rows
            for pay in (Pay(*row),)
        ),
    )


def payments_in_erasing(person_id: int) -> Erasing:
    """What erasing a judge means for payments: an open claim forbids it, a record of money stays."""
    rows = db.session.execute(
        select(_PAY.state, func.count())
        .join(PanelMember, _MEMBER.id == _PAY.member_id)
        .where(_MEMBER.person_id == person_id, _PAY.claimed_at.is_not(None))
        .group_by(_PAY.state)
        .order_by(_PAY.state)
    )
    numbers: dict[PayState, int] = dict(rows.all())
    waits = numbers.get(PayState.CLAIMED, 0) + numbers.get(PayState.ACCEPTED, 0)
    total = sum(numbers.values())
    why = "The authority has to be able to show what public money was paid for."
    records = f"{plural(total, 'record')} of what was claimed and paid for judging, without the name"
    blocker = "A claim for judging is not paid yet. Ask the innovation unit to settle it first."
    return Erasing(blockers=(blocker,) if waits else (), stays=(Remains(records, why),) if total else ())
