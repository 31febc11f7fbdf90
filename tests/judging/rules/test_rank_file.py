import csv
import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.rules.csv_rows import BadFileError, decode
from pitchfest.judging.rules.rank_file import as_json, as_table, number, rank

SKATING = Path(__file__).parents[2] / "data" / "panel-skating.csv"
HEAD = "pitch,judge,criterion,score,weight\n"


def ranking(text, **options):
    return as_json(rank(text, **options))["pitches"]


def refusal(text, **options):
    with pytest.raises(BadFileError) as caught:
        rank(text, **options)
    return caught.value.line, caught.value.reason


# A real round


def test_the_skating_panel_agrees_with_the_definition_worked_out_apart():
    """Each figure from the plain definition, straight from the rows, with nothing of ours in between."""
    with SKATING.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1665
    weights = {row["criterion"]: Fraction(row["weight"]) for row in rows}
    scores: dict[str, dict[str, dict[str, Fraction]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        scores[row["pitch"]][row["judge"]][row["criterion"]] = Fraction(row["score"])

    result = ranking(SKATING.read_text())
    assert {row["pitch"] for row in result} == scores.keys()
    assert len(result) == 37
    totals = {}
    for row in result:
        cards = scores[row["pitch"]].values()
        share = sum((w * mean(card[c] for card in cards) / 10 for c, w in weights.items()), Fraction())
        own = [
            sum((w * card[c] for c, w in weights.items()), Fraction()) / 10 / sum(weights.values()) * 100
            for card in cards
        ]
        totals[row["pitch"]] = share / sum(weights.values()) * 100
        figures = (totals[row["pitch"]], mean(own), median(own), max(own) - min(own))
        texts = (row["total"], row["mean"], row["median"], row["spread"])
        assert texts == tuple(f"{value.numerator}/{value.denominator}" for value in figures)
        exact = Decimal(figures[0].numerator) / figures[0].denominator
        assert row["total_2dp"] == str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
        assert row["reviews"] == 9

    best_first = sorted(totals, key=lambda name: (-totals[name], name))
    assert [row["pitch"] for row in result] == best_first
    assert [row["rank"] for row in result] == [
        1 + sum(other > totals[name] for other in totals.values()) for name in best_first
    ]


def test_the_best_skater_by_hand():
    # The 45 scores of skater 32 sum to 415.25, with equal weights: 415.25 / 450.
    assert ranking(SKATING.read_text())[0] == {
        "rank": 1,
        "pitch": "Skater 32",
        "total": "1661/18",
        "total_2dp": "92.28",
        "mean": "1661/18",
        "median": "183/2",
        "spread": "7/1",
        "reviews": 9,
    }


# Made rounds


def test_weights_count_as_shares_of_their_sum_and_whole_numbers_stay_fractions():
    text = HEAD + "A,ann,x,5,3\nA,ann,y,1,1\nA,bob,x,7,3\nA,bob,y,3,1\n"
    # Means 6 and 2 of 10: (3 x 0.6 + 1 x 0.2) / 4 = 50. Own totals 40 and 60.
    assert ranking(text) == [
        {
            "rank": 1,
            "pitch": "A",
            "total": "50/1",
            "total_2dp": "50.00",
            "mean": "50/1",
            "median": "50/1",
            "spread": "20/1",
            "reviews": 2,
        }
    ]
    assert json.loads(json.dumps(as_json(rank(text)))) == as_json(rank(text))


def test_equal_totals_share_a_rank_in_order_of_reference():
    text = HEAD + "".join(
        f"{pitch},ann,x,{score},1\n" for pitch, score in [("D", 1), ("C", 5), ("A", 9), ("B", 5)]
    )
    assert [(row["rank"], row["pitch"]) for row in ranking(text)] == [(1, "A"), (2, "B"), (2, "C"), (4, "D")]


def test_a_judge_may_be_absent_from_a_pitch():
    rows = ranking(HEAD + "A,ann,x,5,1\nA,bob,x,10,1\nB,ann,x,7.5,1\n")
    assert [(row["pitch"], row["rank"], row["total"], row["reviews"]) for row in rows] == [
        ("A", 1, "75/1", 2),
        ("B", 1, "75/1", 1),
    ]


def test_the_scale_can_have_another_maximum():
    text = HEAD + "A,ann,x,3,1\n"
    assert ranking(text, scale_max=Fraction(5))[0]["total"] == "60/1"
    assert ranking(text, scale_max=Fraction("4.5"))[0]["total"] == "200/3"
    with pytest.raises(ValueError, match="above zero"):
        rank(text, scale_max=Fraction(0))


def test_decimals_are_exact_where_floats_are_not():
    rows = ranking(HEAD + "A,ann,x,0.1,0.1\nA,ann,y,0.2,0.2\nA,ann,z,.3,0.3\n")
    assert rows[0]["total"] == "7/3"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEAD + "A,ann,x,5,1\n",
        (HEAD + "A,ann,x,5,1\n").replace("\n", "\r\n"),
        HEAD + "A,ann,x,5,1",
        HEAD + "\n  A , ann,x, 5 ,1\n\n",
        'judge,note,weight,"pitch",score,criterion\nann,"a, ""long""\nnote",1,A,5,x\n',
    ],
    ids=["byte order mark", "CRLF", "no last line end", "blanks", "other columns, other order, quotes"],
)
def test_files_as_spreadsheets_write_them_are_read(text):
    assert [(row["pitch"], row["total"]) for row in ranking(text)] == [("A", "50/1")]


scores = st.dictionaries(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from(["ann", "bob", "cat"])),
    st.tuples(*[st.integers(0, 40)] * 3),
    min_size=1,
)


def as_rows(round_):
    return [
        f"{pitch},{judge},{criterion},{Decimal(score) / 4},{weight}"
        for (pitch, judge), card in round_.items()
        for criterion, score, weight in zip("xyz", card, ("0.5", "1.25", "2"), strict=True)
    ]


@given(st.data(), scores)
def test_the_order_of_the_lines_changes_nothing(data, round_):
    rows = as_rows(round_)
    shuffled = data.draw(st.permutations(rows))
    assert ranking(HEAD + "\n".join(shuffled)) == ranking(HEAD + "\n".join(rows))


@given(scores)
def test_any_round_agrees_with_the_definition(round_):
    weights = (Fraction(1, 2), Fraction(5, 4), Fraction(2))
    for row in ranking(HEAD + "\n".join(as_rows(round_))):
        cards = [card for (pitch, _), card in round_.items() if pitch == row["pitch"]]
        own = [
            sum(w * Fraction(s, 40) for w, s in zip(weights, card, strict=True)) * 100 / Fraction(15, 4)
            for card in cards
        ]
        assert Fraction(row["total"]) == Fraction(row["mean"]) == mean(own)
        assert Fraction(row["median"]) == median(own)
        assert Fraction(row["spread"]) == max(own) - min(own)
        assert row["reviews"] == len(cards)


# Refused


@pytest.mark.parametrize(
    ("lines", "line", "reason"),
    [
        ("A,ann,x,five,1", 2, 'The score "five" is not a number.'),
        ("A,ann,x,5,1\nA,bob,x,5,heavy", 3, 'The weight "heavy" is not a number.'),
        ("A,ann,x,5,1\nA,,x,5,1", 3, "The judge is empty."),
        ("A,ann,x,5,1\nA,  ,x,5,1", 3, "The judge is empty."),
        (",ann,x,5,1", 2, "The pitch is empty."),
        ("A,ann,,5,1", 2, "The criterion is empty."),
        ("A,ann,x,,1", 2, "The score is empty."),
        ("A,ann,x,5,", 2, "The weight is empty."),
        ("A,ann,x,5,1\nA,bob,x,5,1\nA,ann,x,5,1", 4, '"ann" scores "x" of "A" a second time.'),
        ("A,ann,x,5,1\nB,ann,x,5,2", 3, 'The weight of "x" differs from the one on line 2.'),
        ("A,ann,x,10.25,1", 2, 'The score "10.25" is outside 0 to 10.'),
        ("A,ann,x,-0.25,1", 2, 'The score "-0.25" is outside 0 to 10.'),
        ("A,ann,x,5,0", 2, 'The weight "0" is not above zero.'),
        ("A,ann,x,5,-1", 2, 'The weight "-1" is not above zero.'),
        ("A,ann,x,5,1\n\nA,ann,y,5,1\nA,bob,y,5,1", 5, '"bob" scores "A" but leaves out: "x".'),
        ("A,ann,x,5", 2, "The line has 4 cells, the heading has 5."),
        ("A,ann,x,5,1,6", 2, "The line has 6 cells, the heading has 5."),
        ("A,ann,x,5,1\nA,b\0b,x,5,1", 3, "The line has a NUL byte in it. Save the file as CSV UTF-8."),
        ("", 1, "There are no scores below the heading."),
    ],
)
def test_a_bad_line_is_refused_with_its_number_and_the_reason(lines, line, reason):
    assert refusal(HEAD + lines) == (line, reason)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "The heading lacks: pitch, judge, criterion, score, weight."),
        ("pitch,judge,score\nA,ann,5\n", 1, "The heading lacks: criterion, weight."),
        (
            "pitch;judge;criterion;score;weight\n",
            1,
            "The heading lacks: pitch, judge, criterion, score, weight.",
        ),
        ("pitch,judge,criterion,score,weight,score\n", 1, "The heading has this more than once: score."),
    ],
)
def test_a_heading_without_the_columns_is_refused(text, line, reason):
    assert refusal(text) == (line, reason)


@pytest.mark.parametrize(
    "text",
    ["nan", "inf", "-Infinity", "1e999", "1E2", "1_0", "٣", "５", "1/2", "0x5", "5,5", "5.5.5", ".", "-", "",
     "5 5", "5\n", "9" * 41, "9" * 5000],
)  # fmt: skip
def test_only_plain_decimals_are_numbers(text):
    with pytest.raises(ValueError, match="is not a number"):
        number(text)


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("+5.25", "21/4"), (".5", "1/2"), ("5.", 5), ("-0", 0)]
)
def test_plain_decimals_are_exact(text, value):
    assert number(text) == Fraction(value)


def test_a_line_is_counted_as_an_editor_does_when_a_cell_has_lines_in_it():
    text = 'pitch,judge,criterion,score,weight,note\nA,ann,x,5,1,"two\nlines"\nA,bob,x,six,1,ok\n'
    assert refusal(text) == (4, 'The score "six" is not a number.')


@pytest.mark.parametrize("cell", ['"never closed', '"closed"badly', "x" * 200_000])
def test_broken_csv_is_refused_on_the_line_where_it_begins(cell):
    line, reason = refusal(HEAD + f"A,ann,x,5,1\nA,{cell},x,5,1\n")
    assert line == 3
    assert reason.startswith("The line is not valid CSV: ")


def test_a_maximum_with_decimals_is_named_in_full():
    assert refusal(HEAD + "A,ann,x,9,1\n", scale_max=Fraction("8.125")) == (
        2,
        'The score "9" is outside 0 to 8.125.',
    )


def test_bytes_that_are_not_utf_8_are_refused_with_their_line():
    with pytest.raises(BadFileError, match=r"line 2: The file is not text in UTF-8\."):
        decode(HEAD.encode() + b"A,ann\xff,x,5,1\n")
    assert decode(b"\xef\xbb\xbfpitch") == "pitch"


def test_a_message_shows_neither_control_characters_nor_endless_text():
    _, reason = refusal(HEAD + "A,ann,x,\x1b[31m" + "9" * 1000 + ",1\n")
    assert "\x1b" not in reason
    assert len(reason) < 80


# The table


def test_the_table_lines_up_and_marks_ties():
    text = HEAD + "Drain sensors,ann,x,6.6665,1\nBus,ann,x,5,1\nCare,ann,x,5,1\n"
    assert as_table(rank(text)).splitlines() == [
        "Rank  Pitch          Total   Mean  Median  Spread  Judges",
        "1     Drain sensors  66.67  66.67   66.67    0.00       1",
        "2=    Bus            50.00  50.00   50.00    0.00       1",
        "2=    Care           50.00  50.00   50.00    0.00       1",
    ]


def test_the_table_sends_no_control_characters_to_the_terminal():
    assert "\x1b" not in as_table(rank(HEAD + "A\x1b[31m,ann,x,5,1\n"))
