"""The template for scores given elsewhere, and the rows of a file that waits for its second person."""

from __future__ import annotations

from decimal import Decimal

from pitchfest.judging.queries.elsewhere import OpenFile
from pitchfest.judging.queries.rounds import PanelRow, PitchRow
from pitchfest.judging.rules.cards import CANNOT, shown
from pitchfest.judging.rules.elsewhere import HEADERS, TITLE, Ground
from pitchfest.judging.rules.scoring import points_text
from pitchfest.kernel.tabular import Allowed, Cell, Sheet, to_csv, to_workbook

_WIDTHS = (14, 26, 30, 22, 22, 10, 60)
_HOW = (
    "Fill in the columns Score and Reason of the sheet called Scores. One row is one score.",
    f"Where a judge could not judge a criterion, write “{CANNOT}” as the score, and why as the reason.",
    "Leave out the scorecards that you do not have: either all of a judge’s rows for a pitch, or none.",
    "Keep the first row as it is.",
    "You can also bring a file of your own with one row for each pitch and judge.",
    "It then needs a column for the score, and one for the reason, of each criterion.",
    "Choose the file on the page from which this one came, and see there what each row would do.",
    "Nothing counts before a second person has confirmed it.",
)


def template_workbook(title: str, ground: Ground, pitches: list[PitchRow], judges: list[PanelRow]) -> bytes:
    """A workbook to fill in: a row for each judge, pitch and criterion that can still come from a file."""
    rows: list[list[Cell]] = []
    allowed: dict[tuple[int, int], Allowed] = {}
    score = HEADERS.index("Score")
    for judge in judges:
        for pitch in pitches:
            if (judge.member_id, pitch.id) in ground.kept_from or not judge.active:
                continue
            for criterion_id, name in ground.criterion_names.items():
                limits = ground.limits[criterion_id]
                hint = f"A number from {points_text(limits.minimum)} to {points_text(limits.maximum)}"
                allowed[len(rows), score] = Allowed(
                    hint, (), Decimal(limits.minimum) / 100, Decimal(limits.maximum) / 100
                )
                rows.append(
                    [pitch.reference, pitch.organisation_name, judge.email, judge.name, name, None, ""]
                )
    how: list[list[Cell]] = [[text] for text in (f"Scores for {title}", *_HOW)]
    scores = Sheet(TITLE, HEADERS, rows, widths=_WIDTHS, allowed=allowed)
    return to_workbook([Sheet("How to", ("How to use this file",), how, widths=[100]), scores], opens_at=1)


def waiting_csv(file: OpenFile, ground: Ground) -> str:
    """What a proposed file would set, as CSV with the mark at its beginning by which Excel knows UTF-8."""
    pitches, judges, criteria = ground.pitch_names, ground.judge_names, ground.criterion_names
    rows: list[list[Cell]] = [
        [
            pitches.get(pair[1], ""),
            judges.get(pair[0], ""),
            criteria.get(key, ""),
            shown(mark),
            mark.reason,
        ]
        for pair, marks in file.cards.items()
        for key, mark in marks.items()
    ]
    return "\ufeff" + to_csv(("Pitch", "Judge", "Criterion", "Score", "Reason"), rows)
