"""Results and conflicts of interest as tables, for files."""

from __future__ import annotations

from fractions import Fraction

from pitchfest.judging import queries
from pitchfest.judging.rules.cards import CANNOT
from pitchfest.kernel.tabular import Cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_RESULTS = (
    "Rank",
    "Tied",
    "Place, ties settled",
    "Reference",
    "Supplier",
    "Total",
    "Judged points",
    "Price points",
    "Mean",
    "Median",
    "Spread",
    "Scorecards",
    "Price in pounds",
    "Minimums missed",
    "Exact total",
)
#: One more column where totals are adjusted; it is there, and empty, where they could not be.
ADJUSTED = "Adjusted total"


def results_table(results: queries.Results) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Headers and rows of the results: what the page shows, and the exact total as n/d. The adjusted total
    comes last, where that is the basis.
    """
    rows: list[list[Cell]] = [
        [
            row.rank,
            "yes" if row.tied else "",
            place if row.tie_order or not row.tied else None,
            row.reference,
            row.organisation_name,
            *(_number(text) for text in (row.total_text, row.judged_text, row.price_text)),
            *(_number(text) for text in (row.mean_text, row.median_text, row.spread_text)),
            row.cards,
            None if row.price_pence is None else Fraction(row.price_pence, 100),
            "; ".join(row.missed),
            _exact(row.exact_total),
            *([_number(row.adjusted_text)] if results.adjusted else []),
        ]
        for place, row in enumerate(results.ranked, start=1)
    ]
    end: list[Cell] = [None] if results.adjusted else []
    rows += [
        [
            None,
            "",
            None,
            row.reference,
            row.organisation_name,
            *[None] * 8,
            row.state.replace("_", " "),
            "",
            *end,
        ]
        for row in results.apart
    ]
    return (*_RESULTS, ADJUSTED) if results.adjusted else _RESULTS, rows


def _exact(value: Fraction | None) -> str:
    return "" if value is None else f"{value.numerator}/{value.denominator}"


def _score(hundredths: int | None) -> Fraction | str:
    return CANNOT if hundredths is None else Fraction(hundredths, 100)


def _number(text: str) -> Fraction | None:
    return Fraction(text) if text else None


def scores_table(challenge_id: int, *, names: bool) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Headers and rows of every signed score: one line for each pitch, judge and criterion. `names`: whether
    the reader may know who pitches.
    """
    judged = {c.id: (c.name, c.weight) for c in queries.criteria(challenge_id)}
    rows: list[list[Cell]] = [
        [pitch, organisation, judge, *judged[criterion_id], _score(hundredths), reason]
        for pitch, organisation, judge, criterion_id, hundredths, reason in queries.all_scores(
            challenge_id, names=names
        )
    ]
    return ("Pitch", "Supplier", "Judge", "Criterion", "Weight", "Score", "Reason"), rows


_CONFLICTS = (
    *("Judge", "Chair", "Pitch", "Supplier", "Stands", "What happened", "Who", "When", "Words"),
    "Conditions",
)


def conflicts_table(found: queries.Assessment) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Headers and rows of the conflicts assessment: one line for each step of each declaration."""
    rows: list[list[Cell]] = []
    for part in found.judges:
        judge: list[Cell] = [part.judge.name, "yes" if part.judge.is_chair else ""]
        for row, steps in ((one.row, one.steps) for one in part.declared):
            about = [*judge, row.pitch_reference, row.organisation_name, row.says]
            rows += [
                [*about, step.says, step.by_name, step.at, step.words, step.conditions] for step in steps
            ] or [[*about, "", row.decided_by_name or "", row.declared_at, row.reason, row.conditions]]
        rows += [[*judge, "", name, "Not declared yet", "", "", None, "", ""] for name in part.undeclared]
    return _CONFLICTS, rows
