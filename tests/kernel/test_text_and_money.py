"""Words and money as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.kernel import money, text


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("21500", 2_150_000),
        ("£21,500.50", 2_150_050),
        (" 0.5 ", 50),
        ("1,234,567", 123_456_700),
        ("£ 12", 1200),
    ],
)
def test_parse_pounds(typed: str, pence: int) -> None:
    assert money.parse_pounds(typed) == pence


@pytest.mark.parametrize(
    "typed", ["", "-5", "12.345", "1,2345", "12,34", "1e9", "٣", "£", "ten", "1 000", "12.", "nan"]
)
def test_parse_pounds_refuses(typed: str) -> None:
    with pytest.raises(ValueError, match="pounds"):
        money.parse_pounds(typed)


@pytest.mark.parametrize(("typed", "most"), [("9" * 13, money.MOST_PENCE), ("9" * 5000, 100), ("1.01", 100)])
def test_an_amount_that_is_too_large_is_told_apart_from_no_amount(typed: str, most: int) -> None:
    with pytest.raises(ValueError, match=f"smaller amount: {money.say_pounds(most)} at most"):
        money.parse_pounds(typed, most)


@given(st.integers(min_value=0, max_value=money.MOST_PENCE))
def test_pounds_survive_being_shown_and_typed(pence: int) -> None:
    assert money.parse_pounds(money.say_pounds(pence)) == pence
    assert money.parse_pounds(money.type_pounds(pence)) == pence


@pytest.mark.parametrize(
    ("words", "count"), [("", 0), ("one", 1), (" two  words\n", 2), ("co-operative isn't 3", 3), ("a—b", 1)]
)
def test_count_words(words: str, count: int) -> None:
    assert text.count_words(words) == count


#: Nothing shows of them: zero width space and joiners, marks of direction, a soft hyphen, a byte order mark,
#: fillers, a selector, an empty pattern of Braille.
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u061c\u00ad\u2060\ufeff\u115f\u3164\ufe0f\u2800"


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_nobody_sees_is_no_word_and_no_answer(unseen: str) -> None:
    assert text.count_words(f"one {unseen} two{unseen} {unseen}\n") == 2
    assert text.tidy(f" {unseen}\n{unseen} ") == text.tidy_line(unseen) == ""
    assert text.tidy(f"one{unseen}two") == f"one{unseen}two"


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("נבדוק 250 קולטנים, בכל שבוע.\u200f", 5),
        ("\u061cسنفحص ٢٥٠ بالوعة، كل أسبوع.", 5),
        ("Chu\u0301ng to\u0302i ki\u0309em tra", 4),
        ("हम क्\u200dष साफ़ करेंगे", 4),
    ],
)
def test_every_script_is_kept_as_it_was_written(written: str, count: int) -> None:
    assert text.tidy(written) == written
    assert text.count_words(written) == count


def test_a_sentence_ends_so_that_another_can_follow():
    ended = [text.as_sentence(said) for said in ("We forgot  who\npays", "Done.", "Why?", "")]
    assert ended == ["We forgot who pays.", "Done.", "Why?", ""]


def test_tidy_removes_what_a_database_cannot_keep() -> None:
    assert text.tidy("\r\none\0\x07\rtwo\ud800 ") == "one\ntwo"


@pytest.mark.parametrize("code", [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x1FFFF, 0x10FFFE, 0x10FFFF])
def test_code_points_that_are_no_characters_go(code: int) -> None:
    assert text.tidy(f"one{chr(code)}\ntwo") == "one\ntwo"
    assert text.tidy_line(f"one {chr(code)} two") == "one two"


@pytest.mark.parametrize("code", [0xFDCF, 0xFDF0, 0xFFFD, 0x10000, 0x1F600, 0x2000B])
def test_their_neighbours_stay(code: int) -> None:
    assert text.tidy(f"one{chr(code)}two") == f"one{chr(code)}two"


def test_marks_that_turn_the_direction_go_and_letters_stay() -> None:
    assert text.tidy_line("Ada\u202e lleveL\u2066!\u2069") == "Ada lleveL!"
    assert text.tidy("نور\u200f دانا") == "نور\u200f دانا"


def test_canonical_json_is_sorted_dense_and_not_escaped() -> None:
    assert text.canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'


def test_plural_and_lists() -> None:
    assert text.plural(1, "pitch", "pitches") == "1\u00a0pitch"
    assert text.plural(2, "pitch", "pitches") == "2\u00a0pitches"
    assert text.join_words(["a", "b", "c"]) == "a, b and c"


def test_speakable_codes_hold_nothing_that_can_be_mistaken() -> None:
    assert not set("0O1IL") & set(text.SPEAKABLE)
    assert len({text.speakable_code(4) for _ in range(200)}) > 190


def test_people_are_greeted_by_first_name_or_title() -> None:
    assert text.say_called("Martha Oyelaran") == "Martha"
    assert text.say_called("Dr Tomos Ellery") == "Dr Ellery"
    assert text.say_called("Dr") == "Dr"
    assert text.say_called("") == ""
