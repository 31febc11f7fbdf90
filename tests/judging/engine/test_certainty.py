"""What the page on how sure a ranking is says of a round."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from pitchfest.judging.rules.certainty import Change, Review, certainty
from pitchfest.judging.rules.scoring import Criterion, Tally

CRITERIA = (Criterion("fit", 60), Criterion("delivery", 40))


def a_round(pitches=12, judges=6, each=3, generous=0.0, seed=3):
    """Reviews of pitches A, B, … in falling order of worth; judge j1 gives `generous` points more."""
    chance = random.Random(seed)
    reviews = []
    for number in range(pitches):
        for judge in chance.sample(range(judges), each):
            points = 90 - 4 * number + chance.gauss(0, 3) + (generous if judge == 1 else 0)
            reviews.append(Review(chr(65 + number), f"j{judge}", Fraction(round(points * 100), 100)))
    return reviews


def of(reviews, k=1, tallies=None, prices=None):
    names = {review.pitch for review in reviews}
    return certainty(reviews, tallies or {}, CRITERIA, prices or dict.fromkeys(names, Fraction(0)), k)


def test_places_are_those_of_the_plain_mean_with_what_is_sure_beside_them():
    found = of(a_round(), k=3)
    assert [p.rank for p in found.places] == sorted(p.rank for p in found.places)
    for place in found.places:
        assert 1 <= place.low <= place.high <= 12
        assert place.low <= place.rank + 3
        assert 0 <= place.p_top <= 1
    assert found.places[0].p_top > 0.5 > found.places[-1].p_top
    assert sum(place.p_top for place in found.places) == pytest.approx(3)


def test_the_same_reviews_in_another_order_say_the_same():
    reviews = a_round()
    shuffled = random.Random(1).sample(reviews, len(reviews))
    assert of(reviews, k=2) == of(shuffled, k=2)


def test_a_generous_judge_is_found_and_the_calibrated_score_allows_for_them():
    found = of(a_round(generous=20.0))
    assert "differ in severity" in found.advice
    by_name = {fit.judge: fit.generosity for fit in found.judges}
    assert max(by_name, key=lambda judge: by_name[judge]) == "j1"
    assert by_name["j1"] > 8


def test_the_judge_without_whom_another_would_come_first_is_named():
    reviews = [
        Review("A", "one", Fraction(100)),
        Review("A", "two", Fraction(60)),
        Review("B", "two", Fraction(70)),
        Review("B", "three", Fraction(75)),
        Review("C", "one", Fraction(20)),
        Review("C", "three", Fraction(30)),
    ]
    found = of(reviews)
    assert found.places[0].pitch == "A"
    assert found.without == {"one": Change(("B",), ("A",))}


def test_a_weight_that_decides_is_named_exactly():
    tallies = {
        "A": {"fit": Tally(500, 1), "delivery": Tally(300, 1)},  # 60 + 24 = 84
        "B": {"fit": Tally(400, 1), "delivery": Tally(440, 1)},  # 48 + 35.2 = 83.2
    }
    reviews = [Review("A", "j", Fraction(84)), Review("B", "j", Fraction("83.2"))]
    found = of(reviews, tallies=tallies)
    assert found.reweighed == {
        ("fit", False): Change(("B",), ("A",)),
        ("delivery", True): Change(("B",), ("A",)),
    }
    tied = of(reviews, tallies=tallies, prices={"A": Fraction(0), "B": Fraction("0.8")})
    assert ("fit", True) in tied.reweighed, "B shared the top and would not"


def test_means_that_differ_in_the_last_digit_only_are_not_tied():
    third = Fraction(1, 3)
    reviews = [Review("A", "x", third), Review("A", "y", third), Review("B", "x", third + Fraction(1, 10**9))]
    found = of(reviews)
    assert [(p.pitch, p.rank, p.tied) for p in found.places] == [("B", 1, False), ("A", 2, False)]


@pytest.mark.parametrize(
    "reviews",
    [
        [Review("A", "x", Fraction(50))],
        [Review("A", "x", Fraction(50)), Review("B", "x", Fraction(50))],
        [Review(p, j, Fraction(50)) for p in "ABC" for j in "xyz"],
        [Review("A", "x", Fraction(50)), Review("B", "y", Fraction(60))],
    ],
    ids=["one review", "one judge, the same", "all the same", "two groups"],
)
def test_what_cannot_be_reckoned_is_a_sentence_and_no_crash(reviews):
    found = of(reviews, k=9)
    assert found.k == len({review.pitch for review in reviews})
    assert found.advice.endswith(".")


def test_nothing_reviewed_is_an_error():
    with pytest.raises(ValueError, match="nothing was reviewed"):
        certainty([], {}, CRITERIA, {}, 1)
