"""What the page on how sure a ranking is says of a round."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from pitchfest.judging.rules.certainty import Agreement, certainty

WHOLE = {"all": Fraction(100)}


def cards_of(*reviews):
    """Cards with one criterion of 100 points from (pitch, judge, points)."""
    cards: dict[str, dict[str, dict[str, Fraction]]] = {}
    for pitch, judge, points in reviews:
        cards.setdefault(pitch, {})[judge] = {"all": Fraction(points) / 100}
    return cards


def a_round(pitches=12, judges=6, each=3, generous=0.0, seed=3):
    """Pitches A, B, … in falling order of worth; judge j1 gives `generous` points more."""
    chance = random.Random(seed)
    reviews = []
    for number in range(pitches):
        for judge in chance.sample(range(judges), each):
            points = 90 - 4 * number + chance.gauss(0, 3) + (generous if judge == 1 else 0)
            reviews.append((chr(65 + number), f"j{judge}", Fraction(round(points * 100), 100)))
    return reviews


def of(*reviews, k=1):
    return certainty(cards_of(*reviews), WHOLE, {}, k)


def test_places_are_those_of_the_plain_mean_with_what_is_sure_beside_them():
    found = of(*a_round(), k=3)
    assert [p.rank for p in found.places] == sorted(p.rank for p in found.places)
    for place in found.places:
        assert 1 <= place.low <= place.high <= 12
        assert 0 <= place.p_top <= 1
    assert found.places[0].p_top > 0.5 > found.places[-1].p_top
    assert sum(place.p_top for place in found.places) == pytest.approx(3)


def test_the_same_reviews_in_another_order_say_the_same():
    reviews = a_round()
    shuffled = random.Random(1).sample(reviews, len(reviews))
    assert of(*reviews, k=2) == of(*shuffled, k=2)


def test_a_generous_judge_is_found_and_the_calibrated_score_allows_for_them():
    found = of(*a_round(generous=20.0))
    assert "differ in severity" in found.advice
    by_name = {fit.judge: fit.generosity for fit in found.judges}
    assert max(by_name, key=lambda judge: by_name[judge]) == "j1"
    assert by_name["j1"] > 8


def test_the_judge_without_whom_another_would_come_first_is_named_and_no_other():
    found = of(
        ("A", "one", 100),
        ("A", "two", 60),
        ("B", "two", 70),
        ("B", "three", 75),
        ("C", "one", 20),
        ("C", "three", 30),
    )
    assert found.places[0].pitch == "A"
    assert [(c.what, c.entering, c.leaving) for c in found.without] == [("one", ("B",), ("A",))]


def test_a_weight_that_decides_is_named_exactly_and_the_price_counts():
    weights = {"fit": Fraction(60), "delivery": Fraction(30), "price": Fraction(10)}
    cards = {
        "A": {"j": {"fit": Fraction(1), "delivery": Fraction(6, 10)}},  # 60 + 18 + 5 = 83
        "B": {"j": {"fit": Fraction(8, 10), "delivery": Fraction(88, 100)}},  # 48 + 26.4 + 8.5 = 82.9
    }
    prices = {"A": {"price": Fraction(1, 2)}, "B": {"price": Fraction(85, 100)}}
    found = certainty(cards, weights, prices, 1)
    assert [(place.pitch, place.mean) for place in found.places] == [("A", 83), ("B", Fraction("82.9"))]
    assert {(c.what, c.factor > 1) for c in found.reweighed} == {
        ("fit", False),
        ("delivery", True),
        ("price", True),
    }


def test_means_that_differ_in_the_last_digit_only_are_not_tied():
    third = Fraction(100, 3)
    found = of(("A", "x", third), ("A", "y", third), ("B", "x", third + Fraction(1, 10**9)))
    assert [(p.pitch, p.rank, p.tied) for p in found.places] == [("B", 1, False), ("A", 2, False)]


@pytest.mark.parametrize(
    "reviews",
    [
        [("A", "x", 50)],
        [("A", "x", 50), ("B", "x", 50)],
        [(p, j, 50) for p in "ABC" for j in "xyz"],
        [("A", "x", 50), ("B", "y", 60)],
    ],
    ids=["one review", "one judge, the same", "all the same", "two groups"],
)
def test_what_cannot_be_reckoned_is_a_sentence_and_no_crash(reviews):
    found = of(*reviews, k=9)
    assert found.k == len({pitch for pitch, _, _ in reviews})
    assert found.advice.endswith(".")


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (
            Agreement(5, 0.54, 18),
            "5\xa0judges read each pitch. That is too few to be sure of the ranking: about 18",
        ),
        (Agreement(1, 0.8, 1), "1\xa0judge read each pitch. That is enough to go by."),
        (Agreement(3.37, 0.7, 6), "3.3 judges read each pitch on average. That is too few"),
        (Agreement(4, 0.0, None), "hardly tells the pitches apart"),
        (Agreement(4, 0.0001, 160_000), "hardly tells the pitches apart"),
    ],
)
def test_whether_the_judges_were_enough_is_said_in_plain_words(found, says):
    assert says in found.says
    assert f"{int(100 * found.share)}% is the pitches" in found.says


def test_how_many_judges_would_be_enough_follows_from_how_they_agree():
    found = of(*a_round()).agreement
    assert found is not None
    assert found.reviews == 3
    one = found.share / (3 - 2 * found.share)  # Spearman and Brown, from three reviews to one
    assert found.needed * one / (1 + (found.needed - 1) * one) >= 0.8
    assert found.enough == (found.needed <= 3)


def test_nothing_reviewed_is_an_error():
    with pytest.raises(ValueError, match="nothing was reviewed"):
        certainty({}, WHOLE, {}, 1)
