"""Advice on plain English: what it notices, what it leaves alone, and that it never breaks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.challenges.rules.plain import JARGON, Concern, advise, reading

LONG = (
    "We want to find out which of the many road drains in the region will block before it rains hard again, "
    * 2
)


def concerns(text: str) -> list[tuple[Concern, str]]:
    return [(a.concern, a.quote) for a in advise({"The problem": text})]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Drains block. Homes flood.", []),
        ("We will utilise sensors.", [(Concern.JARGON, "utilise")]),
        ("Leverage it. LEVERAGE it.", [(Concern.JARGON, "leverage")]),
        ("In order to start.", [(Concern.JARGON, "in order to")]),
        ("Coleverage and robustness are other words.", []),
        ("Ask the RBA first. The RBA knows.", [(Concern.ABBREVIATION, "RBA")]),
        ("The Road Board Agency (RBA) knows. Ask the RBA.", []),
        ("Tell us your KPIs. A KPI is a number.", [(Concern.ABBREVIATION, "KPIs")]),
        ("R&D by SMEs.", [(Concern.ABBREVIATION, "R&D"), (Concern.ABBREVIATION, "SMEs")]),
        ("Your key performance indicators (KPIs), and each KPI. Research (R&D): R&D.", []),
        ("GPs ask by SMS for PINs. A&B", [(Concern.ABBREVIATION, "A&B")]),
        ("Read the PDF of the NHS in the UK.", []),
        ("It costs £95,000 and 3.5 hours. See calderwick.example today.", []),
    ],
)
def test_it_notices_jargon_and_abbreviations(text, found):
    assert concerns(text) == found


def test_a_long_sentence_is_quoted_by_its_beginning_and_a_list_is_many_sentences():
    (advice,) = advise({"The problem": LONG})
    assert advice.concern is Concern.LONG_SENTENCE
    assert advice.quote.startswith("We want to find out which of the many")
    assert advice.suggestion.startswith("42 words")
    items = "\n".join(f"- drain number {n} on the road to the sea" for n in range(12))
    assert advise({"The problem": items}) == []


def test_links_and_marks_are_not_words():
    assert advise({"The problem": "**Read** [the note](https://calderwick.example/RBA_ROBUST) first."}) == []


def test_an_abbreviation_may_be_explained_in_another_part():
    fields = {"The problem": "The RBA knows.", "Who has it": "The Road Board Agency (RBA)."}
    assert advise(fields) == []


EASY = "The road floods when it rains. The drain is full of leaves. We do not know which drain is next. " * 2
HARD = (
    "Organisational transformation necessitates comprehensive reconsideration of infrastructural "
    "interdependencies alongside the systematic prioritisation of preventative maintenance activities "
    "throughout geographically distributed municipalities, notwithstanding budgetary considerations. "
) * 2


def test_the_grade_tells_easy_from_hard():
    easy, hard = reading({"a": EASY}), reading({"a": HARD})
    assert easy.grade is not None
    assert easy.grade < 4
    assert not easy.hard
    assert hard.grade is not None
    assert hard.grade > 20
    assert hard.hard
    assert (easy.words, easy.sentences) == (40, 6)


def test_too_few_words_have_no_grade():
    short = reading({"a": "Drains block."})
    assert (short.grade, short.age, short.hard) == (None, None, False)


@pytest.mark.parametrize("phrase", sorted(JARGON))
def test_every_phrase_is_found_whole_and_its_advice_avoids_it(phrase):
    assert (Concern.JARGON, phrase) in concerns(f"We {phrase} now.")
    assert phrase not in JARGON[phrase].split()


@given(st.text(max_size=400))
def test_any_text_gets_an_answer(text):
    advise({"a": text})
    assert reading({"a": text}).sentences >= 0


def test_a_long_text_takes_no_time():
    began = time.process_time()
    for text in ("a." * 10_000, "A" * 20_000, "(" * 20_000, "word " * 4_000, "- " * 10_000):
        advise({"a": text})
        reading({"a": text})
    assert time.process_time() - began < 3
