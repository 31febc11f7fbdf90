"""Paying judges for their time: what was agreed, claimed, accepted and paid. Pure.

Hours are whole quarters of an hour, money is whole pence. Nothing here knows of a score.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pitchfest.challenges.rules import PUBLISHED, ChallengeState
from pitchfest.judging.rules.access import PANEL_OPEN
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.workflow import Transition, Workflow

#: Bounds against slips of the keyboard: 200 hours, and £10,000 in all.
MOST_QUARTERS = 800
MOST_PENCE = 1_000_000
#: While or after which states time may be claimed; a judge who was released may claim at once.
CLAIM_STATES = PUBLISHED - PANEL_OPEN - {ChallengeState.ON_HOLD}

_HOURS = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?")
_PARTS = {"": 0, "0": 0, "00": 0, "25": 1, "5": 2, "50": 2, "75": 3}


class PayBasis(StrEnum):
    """What the fee is for."""

    HOURLY = "hourly"
    LUMP = "lump"


class PayState(StrEnum):
    """How far the payment of one judge is."""

    AGREED = "agreed"
    CLAIMED = "claimed"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"
    PAID = "paid"


S = PayState
_UNPAID = frozenset(S) - {S.PAID}
#: Accepted claims, paid or not: what the file for payroll holds.
FOR_PAYROLL = frozenset({S.ACCEPTED, S.PAID})

#: A claim that was accepted and then corrected has to be accepted again.
PAY: Workflow[PayState] = Workflow(
    "payment",
    (
        Transition(frozenset({S.AGREED}), "change", S.AGREED, "pay:manage", "judging"),
        Transition(frozenset({S.SENT_BACK}), "change", S.SENT_BACK, "pay:manage", "judging"),
        Transition(_UNPAID, "claim", S.CLAIMED, "pay:own", "judging"),
        Transition(frozenset({S.CLAIMED}), "accept", S.ACCEPTED, "pay:manage", "judging"),
        Transition(frozenset({S.CLAIMED, S.ACCEPTED}), "send_back", S.SENT_BACK, "pay:manage", "judging"),
        Transition(frozenset({S.ACCEPTED}), "pay", S.PAID, "pay:manage", "judging"),
    ),
)
#: What the log calls the acts on the pay of a judge; each that leaves a payment makes its next version.
PAY_ACTS = ("agree_pay", "drop_pay", "claim_pay", "accept_claim", "send_back_claim", "mark_paid")
#: State → what it is called, and the colour of its tag.
PAY_LABELS: dict[PayState, tuple[str, str]] = {
    S.AGREED: ("Agreed", "grey"),
    S.CLAIMED: ("Claimed", "orange"),
    S.SENT_BACK: ("Sent back", "orange"),
    S.ACCEPTED: ("To be paid", "blue"),
    S.PAID: ("Paid", "green"),
}


@dataclass(frozen=True, slots=True)
class Pay:
    """The payment of one judge of one challenge. `claimed` is None until there is a claim."""

    member_id: int
    person_id: int
    name: str
    email: str
    version: int
    state: PayState
    basis: PayBasis
    pence: int
    quarters: int
    agreed_at: datetime
    claimed: int | None
    note: str
    claimed_at: datetime | None
    decided_at: datetime | None
    decided_by_id: int | None
    reason: str
    paid_on: date | None
    paid_reference: str
    agreed_by: str
    decided_by: str | None
    paid_by: str | None

    @property
    def label(self) -> str:
        """The state in a word or two."""
        return PAY_LABELS[self.state][0]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return PAY_LABELS[self.state][1]

    @property
    def agreement(self) -> str:
        """What was agreed, in words."""
        return say_agreement(self.basis, self.pence, self.quarters)

    @property
    def due(self) -> int | None:
        """What the claim comes to, in pence; None without one."""
        return None if self.claimed is None else amount(self.basis, self.pence, self.claimed)

    @property
    def hours_claimed(self) -> str:
        """The hours of the claim, in words; nothing without one."""
        return "" if self.claimed is None else say_hours(self.claimed)

    def may(self, action: str) -> bool:
        """Whether the table of states has this step from here."""
        return PAY.find(self.state, action) is not None


def parse_hours(text: str) -> int:
    """Quarters of an hour from what a person typed: `7.5` → 30. Raises ValueError otherwise."""
    match = _HOURS.fullmatch(text.strip()) if text.isascii() else None
    if match is None or (match[2] or "") not in _PARTS:
        raise ValueError("Enter hours in quarters, like 6 or 7.5 or 7.25")
    return int(match[1]) * 4 + _PARTS[match[2] or ""]


def type_hours(quarters: int | None) -> str:
    """The hours as a form field and a file show them: `7.5`; nothing for None."""
    if quarters is None:
        return ""
    return f"{quarters // 4}{('', '.25', '.5', '.75')[quarters % 4]}"


def say_hours(quarters: int) -> str:
    """`1 hour`, `7.5 hours`."""
    return "1 hour" if quarters == 4 else f"{type_hours(quarters)} hours"


def amount(basis: PayBasis, pence: int, quarters: int) -> int:
    """What so much time comes to in pence, half a penny rounded up; a lump sum is what it is."""
    return pence if basis == PayBasis.LUMP else (pence * quarters + 2) // 4


def say_agreement(basis: PayBasis, pence: int, quarters: int) -> str:
    """`£25 an hour for up to 8 hours`, or `£200 in all for about 8 hours`."""
    if basis == PayBasis.HOURLY:
        return f"{say_pounds(pence)} an hour for up to {say_hours(quarters)}"
    return f"{say_pounds(pence)} in all for about {say_hours(quarters)}"


def agreement_problems(basis: PayBasis, pence: int, quarters: int) -> dict[str, str]:
    """What stands against an agreement, by field of its form."""
    found = {}
    if not 0 < quarters <= MOST_QUARTERS:
        found["hours"] = f"Enter between a quarter of an hour and {MOST_QUARTERS // 4} hours"
    if pence <= 0:
        found["pence"] = "Enter what is paid, more than £0"
    elif amount(basis, pence, min(quarters, MOST_QUARTERS)) > MOST_PENCE or pence > MOST_PENCE:
        found["pence"] = f"That comes to more than {say_pounds(MOST_PENCE)}. Check the amount"
    return found


def claim_problem(agreed: int, claimed: int) -> str | None:
    """What stands against so many quarters of an hour where so many were agreed."""
    if claimed <= 0:
        return "Enter how many hours you worked"
    if claimed > agreed:
        return (
            f"You agreed on at most {say_hours(agreed)}. If it took longer, send what was agreed, or ask the "
            "innovation unit to agree on more hours first"
        )
    return None


def may_claim(state: ChallengeState, released: bool) -> bool:
    """Whether judging is over for this judge: scoring was closed, the challenge ended, or they left."""
    return released or state in CLAIM_STATES
