"""What judges are paid, as a table for payroll."""

from __future__ import annotations

from collections.abc import Sequence

from pitchfest.judging.rules.pay import Pay, PayBasis, type_hours
from pitchfest.kernel.money import type_pounds
from pitchfest.kernel.tabular import Cell

_PAY = (
    *("Name", "Email", "Challenge", "Fee in pounds", "Fee is for", "Hours agreed", "Hours claimed"),
    *("Comes to in pounds", "State", "Claimed", "Accepted", "Paid", "Payment reference"),
)


def pay_table(reference: str, payments: Sequence[Pay]) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Headers and rows for payroll: one line for each judge with whom a fee was agreed. No bank details."""
    return _PAY, [
        [
            pay.name,
            pay.email,
            reference,
            type_pounds(pay.pence),
            "an hour" if pay.basis == PayBasis.HOURLY else "all of it",
            type_hours(pay.quarters),
            type_hours(pay.claimed),
            type_pounds(pay.due),
            pay.label,
            pay.claimed_at,
            pay.decided_at if pay.state in ("accepted", "paid") else None,
            pay.paid_on,
            pay.paid_reference,
        ]
        for pay in payments
    ]
