"""Easy Read: what the advice notices in a sentence, and which record a version tells."""

from __future__ import annotations

import pytest

from pitchfest.challenges.rules import EASY_WORDS, EasyRead, easy_advice
from pitchfest.challenges.rules.plain import Concern

FIFTEEN = "We want to know which of the drains near your home will block in winter."


def concerns(*sentences: str) -> list[list[tuple[Concern, str]]]:
    return [[(a.concern, a.quote) for a in found] for found in easy_advice(sentences)]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Rain makes the drains block.", []),
        (FIFTEEN, []),
        (FIFTEEN.replace("in winter", "in the winter"), [Concern.LONG_SENTENCE]),
        ("Tell us. We listen.", [Concern.TWO_IDEAS]),
        ("It costs £3.50 at calderwick.example today.", []),
        ("We utilise it.", [Concern.JARGON]),
        ("The RBA helps.", [Concern.ABBREVIATION]),
        ("Your community knows.", [Concern.HARD_WORD]),
        ("The methodology is new.", [Concern.JARGON]),
        ("", []),
    ],
)
def test_advice_is_for_readers_to_whom_reading_is_hard(sentence, found):
    assert [concern for concern, _ in concerns(sentence)[0]] == found


def test_fifteen_words_are_the_most():
    assert len(FIFTEEN.split()) == EASY_WORDS


def test_a_hard_word_or_abbreviation_is_asked_about_where_it_first_stands():
    assert concerns("The RBA helps the community.", "A Community needs the RBA.") == [
        [(Concern.ABBREVIATION, "RBA"), (Concern.HARD_WORD, "community")],
        [],
    ]


@pytest.mark.parametrize(
    ("record", "newest", "behind"),
    [(0, 1, False), (1, 1, False), (0, 2, True), (1, 2, True), (2, 2, False), (2, 4, True)],
)
def test_it_is_behind_once_a_later_record_is_published(record, newest, behind):
    assert EasyRead(record, 1, ()).is_behind(newest) is behind
