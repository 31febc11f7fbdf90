"""Reading pitches: one's own, the opened ones, and what waits."""

from pitchfest.pitches.queries.reminding import due_to_remind
from pitchfest.pitches.queries.revealed import (
    EligibilityRow,
    OpenedPitch,
    OpeningRow,
    count,
    counts,
    due_to_seal,
    eligibility,
    lowest_price,
    member_ids,
    opened,
    opened_answers,
    opened_by_id,
    opened_by_reference,
    opening,
)
from pitchfest.pitches.queries.sealed import PitchRow, mine, own
from pitchfest.pitches.queries.tasks import waiting

__all__ = [
    "EligibilityRow",
    "OpenedPitch",
    "OpeningRow",
    "PitchRow",
    "count",
    "counts",
    "due_to_remind",
    "due_to_seal",
    "eligibility",
    "lowest_price",
    "member_ids",
    "mine",
    "opened",
    "opened_answers",
    "opened_by_id",
    "opened_by_reference",
    "opening",
    "own",
    "waiting",
]
