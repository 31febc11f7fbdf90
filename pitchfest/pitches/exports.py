"""Opened pitches as a table to download: what the person may see on the page, no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pitchfest.kernel.tabular import Cell
from pitchfest.pitches.queries import EligibilityRow, OpenedPitch
from pitchfest.pitches.rules import Way
from pitchfest.pitches.rules.states import STAFF_LABELS

_HEADERS = (
    "Reference",
    "Organisation",
    "Place",
    "Size",
    "Number",
    "Price in pounds",
    "How it came",
    "State",
    "Reason",
    "Found by",
    "Found at",
)


def eligibility_table(
    pitches: Sequence[OpenedPitch], findings: Mapping[int, EligibilityRow], ways: Mapping[int, Way]
) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    """Headers and one row for each opened pitch. Moments are London wall-clock times."""
    return _HEADERS, [_cells(pitch, findings.get(pitch.id), ways[pitch.id]) for pitch in pitches]


def _cells(pitch: OpenedPitch, finding: EligibilityRow | None, way: Way) -> Sequence[Cell]:
    return (
        pitch.reference,
        pitch.organisation_name,
        pitch.organisation_place,
        pitch.organisation_size.replace("_", " "),
        pitch.organisation_number or "",
        None if pitch.price_pence is None else pitch.price_pence / 100,
        way.says or "Through the form",
        STAFF_LABELS[pitch.state][0],
        finding.reason if finding else "",
        finding.by if finding else "",
        finding.at if finding else None,
    )
