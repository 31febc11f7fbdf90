"""What takes two people, and what becomes of a proposal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ActKind(StrEnum):
    """The acts that need two people."""

    OPEN_PITCHES = "open_pitches"
    RELEASE_LETTERS = "release_letters"
    FEWER_CARDS = "fewer_cards"
    CANCEL = "cancel"
    REOPEN = "reopen"
    OVERTURN = "overturn"
    GRANT_ROLE = "grant_role"
    AGREE_OUTSIDE = "agree_outside"
    RESET_TWO_STEP = "reset_two_step"
    BRING_SCORES = "bring_scores"
    SET_ASIDE = "set_aside"


class ActOutcome(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    VOIDED = "voided"
    WITHDRAWN = "withdrawn"


TIED_FOR = timedelta(days=7)
SUPPLIER_TIES_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """What decides whether two people may do an act together.

    `tied_at`: when one of them last invited or reset the other. `supplier_ties`: who of the two
    belongs, or in the last 12 months belonged, to a supplier organisation. `staff_count`: how many
    people hold a region role. In a demonstration and in practice the seven days do not apply.
    """

    kind: ActKind
    proposer_id: int
    confirmer_id: int
    now: datetime
    tied_at: datetime | None = None
    supplier_ties: frozenset[int] = frozenset()
    staff_count: int = 99
    is_demo: bool = False
    is_practice: bool = False


ONLY_TWO_STAFF = (
    "The region’s only two members of staff invited one another, so they could act within 7 days of that."
)


def two_person(facts: TwoPeople) -> tuple[list[str], tuple[str, ...]]:
    """(what stands in the way, in plain English; exceptions made, which the record must say)."""
    problems: list[str] = []
    exceptions: tuple[str, ...] = ()
    if facts.proposer_id == facts.confirmer_id:
        problems.append("You proposed this yourself. Someone else has to confirm it.")
    waived = facts.is_demo or facts.is_practice
    if facts.tied_at is not None and facts.now < facts.tied_at + TIED_FOR and not waived:
        if facts.staff_count <= 2:
            exceptions = (ONLY_TWO_STAFF,)
        else:
            problems.append(
                "One of you invited the other, or handed the other a link, less than 7 days ago. "
                "Someone else has to confirm it."
            )
    if facts.kind is ActKind.OPEN_PITCHES:
        problems += [
            opener_problem(yours=person == facts.confirmer_id)
            for person in (facts.proposer_id, facts.confirmer_id)
            if person in facts.supplier_ties
        ]
    return problems, exceptions


def opener_problem(*, yours: bool) -> str:
    """Why someone with ties to a supplier does not open pitches."""
    who = "You belong" if yours else "The person who proposed this belongs"
    return (
        f"{who} to a supplier organisation, or did in the last 12 months, "
        "so someone else has to open the pitches."
    )
