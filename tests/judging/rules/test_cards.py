"""Reading typed scores, and what a card still lacks."""

from __future__ import annotations

import pytest

from pitchfest.judging.rules.cards import ALL_LEFT_OUT, Mark, digest, missing, picked, read_points, scale
from pitchfest.judging.rules.scoring import Criterion


@pytest.mark.parametrize(
    ("typed", "hundredths"), [("3", 300), (" 7.25 ", 725), ("0", 0), ("10", 1000), ("2.5", 250), ("0.05", 5)]
)
def test_points_are_read_exactly(typed: str, hundredths: int) -> None:
    assert read_points(typed) == hundredths


@pytest.mark.parametrize("typed", ["", "three", "-1", "+1", "1e2", "7,25", "1.234", "٣", "99999", ".5", "5."])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Give the score as a number"):
        read_points(typed)


def test_a_short_scale_is_picked_and_a_long_one_typed() -> None:
    assert picked(Criterion("a", 20, 0, 500, 100))
    assert list(scale(Criterion("a", 20, 0, 500, 100))) == [500, 400, 300, 200, 100, 0]
    assert picked(Criterion("a", 20, 0, 1000, 100))
    assert not picked(Criterion("a", 20, 0, 1000, 25))


def test_a_criterion_that_cannot_be_judged_needs_a_word_and_no_score() -> None:
    criteria = [(1, "Fit"), (2, "Price")]
    scored = Mark(300, "one two three")
    assert not missing(criteria, {1: scored, 2: Mark(None, "Beyond me", unable=True)}, 3)
    [lack] = missing(criteria, {1: scored, 2: Mark(None, "", unable=True)}, 3)
    assert (lack.field, lack.message) == ("reason-2", "Price: say why you cannot judge it")
    nothing = dict.fromkeys((1, 2), Mark(None, "Beyond me", unable=True))
    assert [lack.message for lack in missing(criteria, nothing, 3)] == [ALL_LEFT_OUT]
    assert digest({1: Mark(None, "Why", unable=True)}) != digest({1: Mark(None, "Why")})


def test_missing_names_scores_and_reasons_in_the_order_of_the_criteria() -> None:
    found = missing([(2, "Fit"), (1, "Price")], {1: Mark(None, "one two three")}, 3)
    assert [(lack.field, lack.message) for lack in found] == [
        ("score-2", "Fit: give a score"),
        ("reason-2", "Fit: give a reason"),
        ("score-1", "Price: give a score"),
    ]
    [short] = missing([(1, "Fit")], {1: Mark(0, "one two")}, 3)
    assert short.message.replace("\u00a0", " ") == "Fit: the reason needs 1 more word"


def test_a_digest_changes_with_any_score_or_word() -> None:
    one = digest({1: Mark(300, "Because of this")})
    assert one == digest({1: Mark(300, "Because of this")})
    assert one != digest({1: Mark(400, "Because of this")})
    assert one != digest({1: Mark(300, "Because of that")})
