"""What judges are paid, as a table for payroll."""

from __future__ import annotations

from collections.abc import Sequence

from pitchfest.judging.rules.pay import FOR_PAYROLL, Pay, PayBasis, PayState, type_hours
from pitchfest.kernel.money import type_pounds
from pitchfest.kernel.tabular import Cell

_PAY = (
    *("Name", "Email", "Challenge", "Fee in pounds", "Fee is for", "Hours agreed", "Hours claimed"),
    *(
        "Comes to in pounds",
        "Still to pay in pounds",
        "State",
        "Claimed",
        "Accepted",
        "Paid",
        "Payment reference",
    ),
)


def pay_table(reference: str, payments: Sequence[Pay]) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Headers and rows for payroll: one line for each claim that was accepted, also once it is paid, and none
    for what was only agreed, claimed or sent back. No bank details.
    """
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
            type_pounds(0 if pay.state == PayState.PAID else pay.due),
            pay.label,
            pay.claimed_at,
            pay.decided_at,
            pay.paid_on,
            pay.paid_reference,
        ]
        for pay in payments
        if pay.state in FOR_PAYROLL
    ]
