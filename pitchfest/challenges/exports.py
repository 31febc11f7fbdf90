"""Files that go out: the staff list as a table, and the QR code of a challenge's page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

from pitchfest.challenges.queries import AnswerRow, ListedChallenge
from pitchfest.challenges.rules import LABELS, WAITS_FOR
from pitchfest.kernel.tabular import Cell

_HEADERS = (
    "Reference",
    "Title",
    "Question",
    "Owner",
    "Budget in pounds",
    "State",
    "Since",
    "Waits for",
    "Published",
    "Closes",
    "Decision due",
)


def staff_table(rows: Sequence[ListedChallenge]) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    """Headers and rows. Moments are London wall-clock times."""
    return _HEADERS, [_cells(row) for row in rows]


def _cells(row: ListedChallenge) -> Sequence[Cell]:
    return (
        row.reference,
        row.title,
        row.question,
        row.owner_organisation,
        None if row.budget_pence is None else Decimal(row.budget_pence) / 100,
        LABELS[row.state][0],
        row.state_since,
        WAITS_FOR.get(row.state, ""),
        row.published_at,
        row.closes_at,
        row.decision_due,
    )


_ANSWER_HEADERS = ("Number", "Question", "Answer", "Published", "Replaces", "Replaced by")


def answers_table(rows: Sequence[AnswerRow]) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    """Headers and rows of what was published, the first answer first."""
    return _ANSWER_HEADERS, [
        (row.number, row.question, row.answer, row.at, row.supersedes, row.superseded_by)
        for row in sorted(rows, key=lambda row: row.number)
    ]


def qr_code(url: str) -> bytes:
    """An SVG that a phone's camera reads as the address, black on white with its quiet border."""
    import segno  # noqa: PLC0415 - here only: the server starts without it

    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        out, kind="svg", border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
    )
    return out.getvalue()
