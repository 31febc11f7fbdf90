import json
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.awards.rules import (
    Assessed,
    Line,
    Outcome,
    Party,
    assessed_body,
    freeze,
    ineligible_body,
    names_in,
    price_explanation,
)

COMMON = {"challenge": {"reference": "CH-2026-001", "title": "Drains"}, "received": 3}


def a_pitch(name, outcome=Outcome.UNSUCCESSFUL, mean=Fraction(7, 2), reference="PF-AAAA"):
    return Assessed(
        reference,
        Party(name, "Testford", ""),
        outcome,
        "The scores say so.",
        2,
        False,
        3,
        mean * 18 + 10,
        (
            Line("Fit", 90, mean * 18, "In answer 1 you say it well.", mean, "Good", 500, 300),
            Line("Price", 10, Fraction(10), "Your price was £1."),
        ),
    )


def test_figures_are_exact_first_and_rounded_half_up_on_the_page():
    body = assessed_body(a_pitch("Us"), [], COMMON, minimum_total=7300)
    assert (body["total"], body["total_exact"]) == ("73.00", "73/1")
    assert body["below_minimum_total"] is False
    assert body["judged"] == {"points": "63.00", "weight": 90}
    assert body["criteria"][0]["mean"] == "3.50"
    assert assessed_body(a_pitch("Us"), [], COMMON, minimum_total=7301)["below_minimum_total"] is True


def test_a_mean_exactly_at_its_minimum_reaches_it():
    at, under = (a_pitch("Us", mean=mean) for mean in (Fraction(3), Fraction(899, 300)))
    assert assessed_body(at, [], COMMON, minimum_total=None)["criteria"][0]["below_minimum"] is False
    assert assessed_body(under, [], COMMON, minimum_total=None)["criteria"][0]["below_minimum"] is True


def test_a_winner_is_named_with_points_but_not_with_what_judges_said_to_it():
    winner = a_pitch("Winner Ltd", Outcome.WON, reference="PF-BBBB")
    body = assessed_body(a_pitch("Us"), [winner], COMMON, minimum_total=None)
    assert body["winners"][0]["name"] == "Winner Ltd"
    assert "explanation" not in json.dumps(body["winners"])
    assert assessed_body(winner, [winner], COMMON, minimum_total=None)["winners"] == []


@given(st.lists(st.text("αβγδεζηθ", min_size=8, max_size=8), min_size=4, unique=True))
def test_a_loser_stands_in_no_letter_but_its_own(names):
    winner, us, *losers = [a_pitch(name, reference=f"PF-{i}") for i, name in enumerate(names)]
    for body in (
        assessed_body(us, [winner], COMMON, minimum_total=None),
        assessed_body(winner, [winner], COMMON, minimum_total=None),
        ineligible_body("PF-X", us.party, "Too late.", [winner], COMMON),
    ):
        text, _ = freeze(body, datetime(2026, 11, 23, tzinfo=UTC))
        assert not any(json.dumps(loser.party.name, ensure_ascii=False)[1:-1] in text for loser in losers)


@given(
    st.text(st.characters(categories=["L", "Nd"]), min_size=3).filter(str.strip),
    st.sampled_from(["{}", "Unlike {}, you", "({})", "“{}” and you", "as\n{}\nsaid"]),
)
def test_a_name_in_a_sentence_is_found_however_it_is_written(name, sentence):
    for spelt in (name, name.swapcase() if name.swapcase().casefold() == name.casefold() else name):
        assert names_in(sentence.format(spelt), [name]) == [name]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gullywatch has shown this before.", ["Gullywatch Ltd"]),
        ("GULLYWATCH  LTD has shown it.", ["Gullywatch Ltd"]),
        ("Ｇullywatch Ltd has shown it.", ["Gullywatch Ltd"]),
        ("A gullywatcher would know.", []),
        ("The data was good.", []),
        ("You used data ltd so to say.", ["Data Ltd"]),
        ("Kestrel Rounds Ltd won.", []),
    ],
)
def test_names_with_and_without_their_legal_ending(text, found):
    assert (
        names_in(text, ["Gullywatch Ltd", "Data Ltd", "Rounds Ltd"], allowed=["Kestrel Rounds Ltd"]) == found
    )


def test_the_system_explains_the_price():
    assert price_explanation(5_400_000, 5_000_000, 10, Fraction(250, 27)) == (
        "Your price was £54,000 including VAT. The lowest eligible price was £50,000. "
        "The lowest price divided by yours, times 10, gives your points: 9.26 of 10."
    )
    assert "No eligible pitch asked for less" in price_explanation(100, 100, 10, Fraction(10))
