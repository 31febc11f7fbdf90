"""A judge's own scorecards as a sheet to take away: Excel, or CSV with the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from pitchfest.judging.rules.cards import CANNOT, Mark, picked, scale
from pitchfest.judging.rules.offline import HEADERS, KEY, REASON, SCORE, TITLE, Line
from pitchfest.judging.rules.scoring import points_text
from pitchfest.kernel.tabular import Allowed, Cell, Sheet, to_csv, to_workbook

_WIDTHS = {"Answers": 80, "Scale": 45, REASON: 60, "Supplier": 24, "Criterion": 20, KEY: 20}
_HOW = (
    "Fill in the sheet called Scorecards. There is one row for each pitch and criterion.",
    "Choose a score from the list in the cell, or type a number within the scale.",
    f"Where you cannot judge a criterion, write “{CANNOT}” in place of the score, and why as the reason.",
    "Type your reason beside it. The column Words wanted says how long it has to be before you can sign off.",
    "All other cells are locked, so that no score slips beside another pitch. Do not move or sort rows.",
    "Leave a row empty if you have not come to it. You can bring the file back as often as you like.",
    "When you are online again, go to My judging, Work away from the screen, and choose this file.",
    "You are shown what will change before anything is saved, and you sign off each scorecard on its page.",
    "If you have a conflict of interest with a pitch, stop reading it. Report it on My judging, online.",
    "A file that a supplier added is not in here. It stands on the scorecard’s page.",
    "Keep this file to yourself, and delete it afterwards: it holds what suppliers wrote in confidence.",
)


def offline_rows(lines: Sequence[Line]) -> list[list[Cell]]:
    """The rows below HEADERS; a key holds the row's place as a spreadsheet counts, the headers being 1."""
    rows: list[list[Cell]] = []
    for place, line in enumerate(lines, start=2):
        rows.append([*line.locked, _score(line.mark), line.mark.reason, line.key(place)])
    return rows


def _score(mark: Mark) -> Cell:
    if mark.unable:
        return CANNOT
    return None if mark.hundredths is None else Decimal(mark.hundredths) / 100


def offline_csv(lines: Sequence[Line]) -> str:
    """The sheet as CSV, with the mark at its beginning by which Excel knows UTF-8."""
    return "\ufeff" + to_csv(HEADERS, offline_rows(lines))


def offline_workbook(lines: Sequence[Line], title: str) -> bytes:
    """The sheet as a workbook, opened at the scores, with a page before it that says how it is used."""
    score, reason = HEADERS.index(SCORE), HEADERS.index(REASON)
    sheet = Sheet(
        TITLE,
        HEADERS,
        offline_rows(lines),
        widths=[_WIDTHS.get(name, 12) for name in HEADERS],
        unlocked=frozenset({score, reason}),
        hidden=frozenset({HEADERS.index(KEY)}),
        allowed={(row, score): _allowed(line) for row, line in enumerate(lines)},
    )
    names = ", ".join(name for name, _ in groupby(line.supplier for line in lines))
    how: list[list[Cell]] = [[text] for text in (f"Scorecards for {title}: {names}", *_HOW)]
    return to_workbook([Sheet("How to", ("How to use this file",), how, widths=[100]), sheet], opens_at=1)


def _allowed(line: Line) -> Allowed:
    limits = line.limits
    lowest, highest = (Decimal(value) / 100 for value in (limits.minimum, limits.maximum))
    ends = f"{points_text(limits.minimum)} to {points_text(limits.maximum)}"
    hint = f"A number from {ends}, or: {CANNOT}"
    values = tuple(Decimal(value) / 100 for value in scale(limits)) if picked(limits) else ()
    return Allowed(hint, values, lowest, highest, (CANNOT,))
