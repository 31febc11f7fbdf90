"""What a sheet of scorecards that comes back would change, and which of its rows are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.exports.offline import offline_rows
from pitchfest.judging.rules import offline
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.offline import HEADERS, Line, compare
from pitchfest.judging.rules.scoring import Criterion

SCALE = Criterion("", 40, 0, 500, 50)
LINES = [
    Line(
        card,
        1,
        criterion,
        f"PF-{card}",
        f"Supplier {card}",
        f"Criterion {criterion}",
        40,
        "What?\nWe ride along.",
        "From 0 to 5",
        20,
        SCALE,
        Mark(None, ""),
    )
    for card in (7, 8)
    for criterion in (1, 2)
]


def sheet(lines=LINES):
    """What was downloaded, as it comes back untouched."""
    rows = [["" if cell is None else str(cell) for cell in row] for row in offline_rows(lines)]
    return [list(HEADERS), *rows]


def at(name):
    return HEADERS.index(name)


def against(rows, lines=LINES):
    return compare(rows, {(line.card_id, line.criterion_id): line for line in lines})


def filled(row=1, score="4", reason="Because they ride along."):
    rows = sheet()
    rows[row][at("Score")], rows[row][at("Reason")] = score, reason
    return rows


def reasons(outcome):
    return [(refused.row, refused.why) for refused in outcome.refused]


def test_an_untouched_sheet_changes_nothing() -> None:
    outcome = against(sheet())
    assert (outcome.changes, outcome.refused, outcome.same) == ((), (), 4)


@pytest.mark.parametrize(("typed", "points"), [("4", 400), (" 4.50 ", 450), ("0", 0)])
def test_a_score_and_a_reason_are_read(typed: str, points: int) -> None:
    [change] = against(filled(score=typed)).changes
    assert (change.row, change.line, change.mark) == (
        2,
        LINES[0],
        Mark(points, "Because they ride along."),
    )


@pytest.mark.parametrize("typed", ["6", "4.25", "-1", "four", "4,5", "٤", "1e2", "2026-05-04"])
def test_a_score_that_is_not_on_the_scale_is_refused(typed: str) -> None:
    outcome = against(filled(score=typed))
    assert outcome.changes == ()
    [refused] = outcome.refused
    assert refused.about == "Supplier 7, Criterion 1"
    assert refused.why.endswith(".")


@pytest.mark.parametrize("name", offline.LOCKED[1:])
def test_an_edited_lock_is_refused_and_named(name: str) -> None:
    rows = filled()
    rows[1][at(name)] += " and more"
    outcome = against(rows)
    assert outcome.changes == ()
    assert reasons(outcome) == [
        (2, f"{name}: this was changed, and is locked. Download the file again to go on.")
    ]


def test_scores_beside_another_pitch_are_refused() -> None:
    rows = filled()
    for name in offline.LOCKED:  # somebody sorted all columns but the hidden one
        rows[1][at(name)], rows[3][at(name)] = rows[3][at(name)], rows[1][at(name)]
    outcome = against(rows)
    assert outcome.changes == ()
    assert reasons(outcome)[0] == (
        2,
        "This row says PF-8, and its key belongs to PF-7: rows got mixed up.",
    )
    assert len(outcome.refused) == 2


def test_a_row_that_was_moved_is_refused_and_the_others_are_taken() -> None:
    rows = filled()
    rows[2][at("Score")] = "3"
    rows.append(rows.pop(1))
    outcome = against(rows)
    assert [change.line for change in outcome.changes] == [LINES[1]]
    assert reasons(outcome) == [(5, offline.MOVED)]


def test_rows_may_be_taken_out() -> None:
    rows = filled(row=4)
    del rows[1:3]
    assert [change.line for change in against(rows).changes] == [LINES[3]]


def test_a_row_that_stands_twice_is_refused_both_times() -> None:
    rows = filled()
    rows.insert(2, [*rows[1]])
    assert reasons(against(rows)) == [(2, offline.TWICE), (3, offline.TWICE)]


@pytest.mark.parametrize("key", ["", "r2", "=1+1", "r2.c7.k1.000000000000"])
def test_a_row_without_its_key_is_refused(key: str) -> None:
    rows = filled()
    rows[1][at("Row key")] = key
    assert reasons(against(rows)) == [(2, offline.NO_KEY)]


def test_a_key_that_was_made_up_is_refused() -> None:
    rows = filled()
    rows[1][at("Row key")] = rows[1][at("Row key")].replace("r2.", "r1.")
    assert against(rows).changes == ()


def test_a_card_of_somebody_else_is_refused_without_a_word_about_it() -> None:
    theirs = [replace(line, card_id=line.card_id + 90) for line in LINES]
    outcome = against(sheet(theirs))
    assert outcome.changes == ()
    assert {refused.why for refused in outcome.refused} == {offline.NOT_OURS}
    assert {refused.line for refused in outcome.refused} == {None}


def test_a_card_that_was_closed_meanwhile_takes_nothing_and_complains_only_of_changes() -> None:
    lines = [replace(line, closed="You signed off.") if line.card_id == 7 else line for line in LINES]
    outcome = against(filled(), lines)
    assert reasons(outcome) == [(2, "You signed off.")]
    assert outcome.same == 3


def test_a_formula_is_refused() -> None:
    rows = filled()
    rows[1][at("Reason")] = None
    assert reasons(against(rows)) == [(2, offline.FORMULA)]


def test_a_reason_beyond_what_is_kept_is_refused() -> None:
    assert reasons(against(filled(reason="x" * 20_001))) == [(2, offline.TOO_LONG)]


def test_what_changed_on_the_page_meanwhile_is_not_overwritten() -> None:
    page = [replace(LINES[0], mark=Mark(300, "Typed on the page.")), *LINES[1:]]
    [refused] = against(filled(), page).refused
    assert refused.why == offline.BOTH_CHANGED
    assert refused.line is not None
    assert refused.line.mark == Mark(300, "Typed on the page.")
    assert refused.mine == Mark(400, "Because they ride along.")
    assert against(sheet(), page).same == 4, "the file did not touch it, so the page's words stay"


def test_another_criterion_of_a_card_that_changed_meanwhile_is_taken() -> None:
    page = [LINES[0], replace(LINES[1], mark=Mark(300, "Typed on the page."), version=9), *LINES[2:]]
    assert [change.line for change in against(filled(), page).changes] == [LINES[0]]


def test_a_score_can_be_taken_back() -> None:
    scored = [replace(line, mark=Mark(400, "Good.")) for line in LINES]
    rows = sheet(scored)
    rows[1][at("Score")] = ""
    [change] = against(rows, scored).changes
    assert change.mark == Mark(None, "Good.")


@pytest.mark.parametrize("rows", [[], [["Name", "Score"]], [list(HEADERS[:-1])], [[None, ""]]])
def test_another_file_is_none_of_ours(rows) -> None:
    with pytest.raises(offline.NotTheSheet):
        against(rows)


def test_columns_may_stand_in_another_order_and_empty_rows_between() -> None:
    rows = [[*reversed(row)] for row in filled()]
    rows.insert(1, [""] * len(HEADERS))
    assert len(against(rows).changes) == 1


def test_a_long_answer_is_cut_and_says_so() -> None:
    line = replace(LINES[0], answers="word " * 10_000)
    [row] = offline_rows([line])
    assert len(str(row[at("Answers")])) < 32_767
    assert "Read the rest on the scorecard" in str(row[at("Answers")])
    assert against(sheet([line]), [line]).refused == ()


@given(st.permutations(range(1, 5)))
def test_however_rows_are_shuffled_a_score_never_lands_on_another_pitch(order) -> None:
    rows = sheet()
    for number, row in enumerate(rows[1:], start=1):
        row[at("Score")] = str(number)
    outcome = against([rows[0], *(rows[number] for number in order)])
    assert all(LINES[(c.mark.hundredths or 0) // 100 - 1] == c.line for c in outcome.changes)
    assert len(outcome.changes) + len(outcome.refused) == 4
