"""What people do about the pay of a judge, one act each, in a test."""

from __future__ import annotations

from datetime import date, datetime

from pitchfest.db import transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.rules.pay import (
    PayBasis,
    PayState,
)
from tests.judging.setting import Setting


def agree(setting: Setting, now: datetime, judge: int = 0, **values: object) -> None:
    fee = {"basis": PayBasis.HOURLY, "pence": 2_550, "quarters": 32, **values}
    with transaction():
        operations.agree_pay(
            setting.actor(setting.officer),
            reference=setting.reference,
            member_id=setting.members[judge],
            now=now,
            **fee,  # type: ignore[arg-type]
        )


def claim(setting: Setting, now: datetime, judge: int = 0, quarters: int = 30, note: str = "") -> None:
    with transaction():
        operations.claim_pay(
            setting.actor(setting.judges[judge]),
            reference=setting.reference,
            quarters=quarters,
            note=note,
            now=now,
        )


def accept(setting: Setting, person: int, now: datetime, judge: int = 0) -> None:
    with transaction():
        operations.accept_claim(
            setting.actor(person), reference=setting.reference, member_id=setting.members[judge], now=now
        )


def pay(
    setting: Setting, person: int, now: datetime, *, on: date | None = None, ref: str = "BACS 17"
) -> None:
    with transaction():
        operations.mark_paid(
            setting.actor(person),
            reference=setting.reference,
            member_id=setting.members[0],
            paid_on=on or now.date(),
            paid_reference=ref,
            now=now,
        )


def state(setting: Setting, judge: int = 0) -> PayState:
    found = queries.pay_of(setting.members[judge])
    assert found is not None
    return found.state
