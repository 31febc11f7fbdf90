"""The overview as a table to download: exactly what that person may see."""

from __future__ import annotations

from collections.abc import Sequence

from pitchfest.challenges.rules import LABELS
from pitchfest.home.queries import Overview
from pitchfest.kernel.tabular import Cell

_HEADERS = (
    "Reference",
    "Title",
    "Owner",
    "State",
    "Since",
    "Closes",
    "Pitches",
    "Letters sent",
    "Working days from closing to letters",
    "Late",
    "Whose move",
    "Late since",
)


def overview_table(found: Overview) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    """Headers and rows. Moments are London wall-clock times."""
    return _HEADERS, [
        (
            row.reference,
            row.title,
            row.owner,
            LABELS[row.state][0],
            row.state_since,
            row.closes_at,
            row.pitches,
            row.letters_at,
            row.feedback,
            row.late.what if row.late else "",
            row.late.whose if row.late else "",
            row.late.since if row.late else None,
        )
        for row in found.rows
    ]
