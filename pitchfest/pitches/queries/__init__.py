"""Reading pitches: one's own, the opened ones, and what waits."""

from pitchfest.pitches.queries.numbers import Numbers, few, numbers
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
from pitchfest.pitches.queries.saving import SavedPages, saved_pages
from pitchfest.pitches.queries.sealed import PitchRow, mine, own
from pitchfest.pitches.queries.tasks import waiting

__all__ = [
    "EligibilityRow",
    "Numbers",
    "OpenedPitch",
    "OpeningRow",
    "PitchRow",
    "SavedPages",
    "count",
    "counts",
    "due_to_remind",
    "due_to_seal",
    "eligibility",
    "few",
    "lowest_price",
    "member_ids",
    "mine",
    "numbers",
    "opened",
    "opened_answers",
    "opened_by_id",
    "opened_by_reference",
    "opening",
    "own",
    "saved_pages",
    "waiting",
]
