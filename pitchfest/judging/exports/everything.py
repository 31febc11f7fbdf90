"""Everything of a round that was judged, in one file: a workbook, or its sheets as CSV in a zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from pitchfest.judging import queries
from pitchfest.judging.exports import results_table
from pitchfest.judging.queries.everything import every_card, every_score
from pitchfest.judging.rules import Round
from pitchfest.judging.rules.cards import CANNOT
from pitchfest.judging.rules.moderation import TRIGGERS
from pitchfest.judging.rules.scoring import points_text
from pitchfest.judging.rules.states import CardState, DeclarationState
from pitchfest.kernel.tabular import Cell, Sheet, to_csv, to_workbook

_CARD_WORDS = {
    CardState.ASSIGNED: "Not signed off",
    CardState.SIGNED: "Signed off",
    CardState.LOCKED: "Signed off",
    CardState.VOIDED: "Does not count",
    CardState.RELEASED: "Taken off the judge",
}
_DECLARED_WORDS = {
    DeclarationState.CLEARED: "Nothing to declare",
    DeclarationState.INTEREST: "Interest declared, not decided",
    DeclarationState.CLEARED_BY_LEAD: "Interest declared, may judge",
    DeclarationState.CLEARED_WITH_CONDITIONS: "Interest declared, may judge with conditions",
    DeclarationState.RECUSED: "Does not judge this pitch",
    DeclarationState.ASKED: "Asked to declare again",
}
#: Zipped files carry a time: the same one each time, so that the same rows are the same bytes.
_MADE = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: each column's name and what it holds, and the rows."""

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: list[list[Cell]]

    @property
    def headers(self) -> list[str]:
        """The columns' names."""
        return [name for name, _ in self.columns]


#: A judge's own words about a conflict, and what was decided on them, are for whoever runs the round.
Maker = Callable[[Round, bool], Table]


def _totals(round_: Round, _words: bool) -> Table:
    headers, rows = results_table(queries.results(round_.id, names=round_.names))
    return Table("Totals", tuple((name, _TOTALS[name]) for name in headers), rows)


_TOTALS = {
    "Rank": "Place in the ranking, best first; pitches with the same total share it.",
    "Tied": "yes where another pitch has the same total.",
    "Place, ties settled": "The rank, with equal totals told apart as published."
    " Empty until the lot is known.",
    "Reference": "The pitch’s reference.",
    "Supplier": "Who sent it.",
    "Total": "Points out of 100: what decides, but where totals are adjusted. Rounded to two places here.",
    "Judged points": "The part of the total that the judges gave.",
    "Price points": "The part of the total for the price, if price is a criterion.",
    "Mean": "Mean of the judges’ own totals, each out of 100, without the price.",
    "Median": "Median of the same.",
    "Spread": "The highest of the same less the lowest.",
    "Scorecards": "How many signed scorecards count.",
    "Price in pounds": "The price in the pitch.",
    "Minimums missed": "Each minimum that the pitch does not reach; or why it is not in the ranking.",
    "Exact total": "The total as a fraction, without rounding.",
    "Adjusted total": "The total adjusted for how strict the judges were who read the pitch: what decides,"
    " in place of the total. Empty where totals could not be adjusted; the plain mean decides there.",
}


def _scores(round_: Round, _words: bool) -> Table:
    rows: list[list[Cell]] = [
        [
            row.pitch,
            row.supplier,
            row.judge,
            row.criterion,
            row.weight,
            Fraction(points_text(row.lowest)),
            Fraction(points_text(row.highest)),
            CANNOT if row.hundredths is None else Fraction(row.hundredths, 100),
            row.reason,
            row.counts,
            "" if row.counts else row.end_reason,
        ]
        for row in every_score(round_.id)
    ]
    columns = (
        ("Pitch", "The pitch’s reference."),
        ("Supplier", "Who sent it."),
        ("Judge", "Who gave the score."),
        ("Criterion", "What was scored."),
        ("Weight", "Points of the criterion out of 100."),
        ("Lowest", "The lowest score on its scale."),
        ("Highest", "The highest score on its scale."),
        ("Score", f"The score as the judge signed it; “{CANNOT}” where they left the criterion out."),
        ("Reason", "The judge’s reason, unchanged."),
        (
            "Counts",
            "yes where it is in the totals, no where the scorecard was taken out after signing.",
        ),
        ("Why not", "Why the scorecard was taken out."),
    )
    return Table("Scores", columns, rows)


def _assignments(round_: Round, _words: bool) -> Table:
    origins = queries.origins(round_.id)
    rows: list[list[Cell]] = [
        [
            row.pitch,
            row.supplier,
            row.judge,
            row.is_chair,
            row.assigned_at,
            _CARD_WORDS[row.state],
            row.signed_at,
            due is not None and row.signed_at is not None and row.signed_at > due,
            row.own,
            row.ended_at,
            row.end_reason,
            *((came.name, came.sha256, came.by_name, came.confirmed_by) if came else ("", "", "", "")),
        ]
        for row in every_card(round_.id)
        for due in [row.further_due or round_.judging_deadline]
        for came in [origins.get(row.card_id)]
    ]
    columns = (
        ("Pitch", "The pitch’s reference."),
        ("Supplier", "Who sent it."),
        ("Judge", "Who was given it."),
        ("Chair", "yes where the judge chairs the panel."),
        ("Given", "When the pitch was given to the judge; times are those of the clock in London."),
        ("State", "What became of the scorecard."),
        ("Signed off", "When the judge signed it off."),
        ("Late", "yes where that was after the judging deadline, or a further review’s own date."),
        ("Own total", "The judge’s own total out of 100, without the price."),
        ("Ended", "When the scorecard was taken off the judge, or out of the totals."),
        ("Why", "The reason for that."),
        ("File", "The file from which its scores were brought, where the judge gave them elsewhere."),
        ("SHA-256", "The SHA-256 of that file."),
        ("Brought by", "Who brought the file."),
        ("Confirmed by", "Who confirmed its scores, as the second person."),
    )
    return Table("Assignments", columns, rows)


def _further(round_: Round, _words: bool) -> Table:
    rows: list[list[Cell]] = [
        [
            row.pitch_reference,
            row.organisation_name,
            row.judge,
            row.asked_at,
            row.asked_by,
            row.why,
            row.due_at,
            row.says,
            row.signed_at,
            row.ended_at,
            row.end_reason,
        ]
        for row in queries.further_reviews(round_.id, names=round_.names)
    ]
    columns = (
        ("Pitch", "The pitch’s reference."),
        ("Supplier", "Who sent it."),
        ("Judge", "Who was asked for one more review, after scoring was closed."),
        ("Asked", "When; times are those of the clock in London."),
        ("Asked by", "Who asked."),
        ("Why", "Why they asked. The judge did not read it."),
        ("By when", "The date that the judge was given."),
        ("State", "What became of it."),
        ("Signed off", "When the judge signed it off."),
        ("Ended", "When it was taken back, or ended with a pitch that was withdrawn."),
        ("Why ended", "The reason for that."),
    )
    return Table("Further reviews", columns, rows)


def _conflicts(round_: Round, words: bool) -> Table:
    own = (
        ("Interest", "What the judge wrote."),
        ("Reason", "The reason for the decision."),
        ("Conditions", "What the judge keeps to where they were cleared with conditions."),
    )
    rows: list[list[Cell]] = [
        [
            row.pitch_reference,
            row.organisation_name,
            row.judge_name,
            _DECLARED_WORDS[row.state],
            row.declared_at,
            row.decided_at,
            *((row.interest, row.reason, row.conditions) if words else ()),
        ]
        for row in queries.declarations(round_.id)
    ]
    columns = (
        ("Pitch", "The pitch’s reference."),
        ("Supplier", "Who sent it."),
        ("Judge", "Who declared."),
        ("State", "What was declared, and what came of it."),
        ("Declared", "When the judge declared."),
        ("Decided", "When the procurement lead decided, if there was anything to decide."),
        *(own if words else ()),
    )
    return Table("Conflicts", columns, rows)


def _agreed(round_: Round, _words: bool) -> Table:
    names = queries.panel_names(round_.id)
    rows: list[list[Cell]] = [
        [
            row.pitch_reference,
            row.organisation_name,
            row.criterion_name,
            ", ".join(TRIGGERS[name] for name in row.triggers),
            None if agreed is None or agreed.hundredths is None else Fraction(agreed.hundredths, 100),
            "" if agreed is None else "no" if agreed.waits else "yes",
            agreed.reason if agreed else "",
            agreed.points if agreed else "",
            agreed.dissent if agreed else "",
            ", ".join(names[key] for key in (agreed.present if agreed else ()) if key in names),
            ", ".join(names[key] for key in (agreed.sent_out if agreed else ()) if key in names),
            agreed.by if agreed else "",
            agreed.at if agreed else None,
            agreed.second if agreed else "",
            agreed.second_at if agreed else None,
        ]
        for row in queries.agenda(round_.id, names=round_.names)
        for agreed in [row.agreement]
    ]
    columns = (
        ("Pitch", "The pitch’s reference."),
        ("Supplier", "Who sent it."),
        ("Criterion", "What was talked about."),
        ("Why", "Why it was on the agenda of moderation."),
        ("Agreed score", "What the panel agreed; empty where the mean stands."),
        ("Counts", "yes where it is in the totals, no while it waits for a second person."),
        ("Reason", "Why."),
        ("Points made", "What was said."),
        ("Dissent", "Who does not agree, and why."),
        ("Took part", "The members of the panel who were there."),
        ("Out of the room", "The members who are not cleared for the pitch."),
        ("Recorded by", "Who recorded it."),
        ("Recorded", "When; times are those of the clock in London."),
        ("Second person", "Who agreed to a score that no judge gave, as the second person."),
        ("Second agreed", "When they did."),
    )
    return Table("Agreed scores", columns, rows)


#: The sheets in order. A further one is a line here.
MAKERS: tuple[Maker, ...] = (_totals, _scores, _agreed, _assignments, _further, _conflicts)


def _tables(round_: Round, *, words: bool) -> list[Table]:
    tables = [make(round_, words) for make in MAKERS]
    told: list[list[Cell]] = [[t.title, name, holds] for t in tables for name, holds in t.columns]
    columns = (("Sheet", ""), ("Column", ""), ("What it holds", ""))
    return [Table("Read me", columns, told), *tables]


def everything_workbook(round_: Round, *, words: bool) -> bytes:
    """All of the round as a workbook; its first sheet explains each column of the others. With `words` what
    judges wrote about conflicts is in it.
    """
    return to_workbook([Sheet(t.title, t.headers, t.rows) for t in _tables(round_, words=words)])


def everything_zip(round_: Round, *, words: bool) -> bytes:
    """The same sheets, each as a CSV file, in a zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, table in enumerate(_tables(round_, words=words), start=1):
            name = f"{number}-{table.title.lower().replace(' ', '-')}.csv"
            archive.writestr(
                zipfile.ZipInfo(name, _MADE), to_csv(table.headers, table.rows), zipfile.ZIP_DEFLATED
            )
    return file.getvalue()
