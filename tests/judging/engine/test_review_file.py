import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.rules.csv_rows import BadFileError, decode
from pitchfest.judging.rules.review_file import Review, reviews

ROUND = "pitch,judge,score\n"
RATINGS = "item,rater,y\n"


def refusal(text, **options):
    with pytest.raises(BadFileError) as caught:
        reviews(text, **options)
    return caught.value.line, caught.value.reason


@pytest.mark.parametrize("head", [ROUND, RATINGS])
def test_both_sets_of_columns_in_any_order_with_others_beside_them(head):
    assert reviews(head + "A,Ann,7.5\nB,Bo,-2\n") == [Review("A", "Ann", 7.5), Review("B", "Bo", -2.0)]
    first, second, third = head.strip().split(",")
    turned = f"{third},note,{second},{first}\n7.5,x,Ann,A\n"
    assert reviews(turned) == [Review("A", "Ann", 7.5)]


def test_a_file_of_excel_with_its_mark_quotes_and_line_ends():
    data = '\ufeff"item","rater","y"\r\n"A, the first"," Zoë ",27\r\n\r\n"B","Zoë",1e+05\r\n'.encode()
    assert reviews(decode(data)) == [Review("A, the first", "Zoë", 27.0), Review("B", "Zoë", 100000.0)]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "The heading lacks: pitch, judge, score."),
        ("a,b\n1,2\n", 1, "The heading lacks: pitch, judge, score."),
        ("item,y\n1,2\n", 1, "The heading lacks: rater."),
        ("pitch;judge;score\nA;Ann;1\n", 1, "The heading lacks: pitch, judge, score."),
        ("pitch,judge,score,score\nA,Ann,1,1\n", 1, "The heading has this more than once: score."),
        (ROUND, 1, "There are no scores below the heading."),
        (ROUND + "A,Ann\n", 2, "The line has 2 cells, the heading has 3."),
        (ROUND + "A,Ann,1\n\nA,,1\n", 4, "The judge is empty."),
        (RATINGS + " ,Ann,1\n", 2, "The item is empty."),
        (ROUND + "A,Ann,\n", 2, "The score is empty."),
        *(
            (RATINGS + f"A,Ann,{text}\n", 2, f'The y "{text}" is not a number.')
            for text in ("NA", "nan", "inf", "-Infinity", "1_0", "١", "0x1", ".", "1 2")
        ),
        (RATINGS + "A,Ann,-1e101\n", 2, 'The y "-1e101" is too large.'),
        (RATINGS + "A,Ann,1e999\n", 2, 'The y "1e999" is too large.'),
        (ROUND + 'A,Ann,"1,5"\n', 2, 'The score "1,5" is not a number.'),
        (ROUND + 'A,"Ann,1\n', 2, "The line is not valid CSV: unexpected end of data."),
        (ROUND + "A,Ann,1\nB,Ann,2\nA,Ann,1\n", 4, '"Ann" scores "A" a second time, after line 2.'),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(text, line, reason):
    assert refusal(text) == (line, reason)


def test_only_ratings_in_general_may_repeat_and_only_where_asked():
    twice = "A,Ann,1\nA,Ann,2\n"
    assert reviews(RATINGS + twice, repeats=True) == [Review("A", "Ann", 1.0), Review("A", "Ann", 2.0)]
    assert refusal(RATINGS + twice)[0] == 3
    assert refusal(ROUND + twice, repeats=True)[0] == 3


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ABC"), st.sampled_from(["x", "y,z", 'q"r'])),
        st.floats(-1e100, 1e100),
        min_size=1,
    )
)
def test_every_number_that_python_writes_comes_back(scores):
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(["pitch", "judge", "score"])
    writer.writerows([pitch, judge, repr(score)] for (pitch, judge), score in scores.items())
    assert reviews(page.getvalue()) == [
        Review(pitch, judge, score) for (pitch, judge), score in scores.items()
    ]


def test_a_number_too_small_to_tell_from_zero_is_zero():
    assert reviews(ROUND + "A,Ann,1e-999\n")[0].score == 0.0
