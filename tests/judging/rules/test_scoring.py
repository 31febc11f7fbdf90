from fractions import Fraction
from itertools import combinations, permutations, product
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.rules.scoring import (
    Criterion,
    Entry,
    JudgedTotals,
    Kind,
    Missed,
    PitchAggregate,
    Tally,
    aggregate,
    criterion_mean,
    judged_points,
    own_total,
    points_text,
    price_points,
    ranked,
    rescale,
    round_half_up,
    standings,
    total,
    validate_score,
    worded_level,
)

FIT = Criterion("fit", 30, threshold=300)
IDEA = Criterion("idea", 25)
DELIVERY = Criterion("delivery", 20, maximum=1000, step=25)
TEAM = Criterion("team", 15, minimum=100, maximum=400)
PRICE = Criterion("price", 10, kind=Kind.PRICE)
CRITERIA = (FIT, IDEA, DELIVERY, TEAM, PRICE)
JUDGED = CRITERIA[:-1]

cards = st.fixed_dictionaries(
    {
        criterion.key: st.sampled_from(range(criterion.minimum, criterion.maximum + 1, criterion.step))
        for criterion in JUDGED
    }
)
panels = st.lists(cards, min_size=1, max_size=6)
prices = st.integers(1, 10**9)


def naive_total(panel):
    """The definition, word for word: weight x mean of score / maximum, summed."""
    return sum(mean(Fraction(card[c.key], c.maximum) for card in panel) * c.weight for c in JUDGED)


def naive_own(card):
    return sum(Fraction(card[c.key], c.maximum) * c.weight for c in JUDGED) / 90 * 100


def test_a_round_worked_by_hand():
    panel = [
        {"fit": 400, "idea": 300, "delivery": 750, "team": 200},
        {"fit": 500, "idea": 200, "delivery": 625, "team": 300},
    ]
    # Means 4.5, 2.5, 6.875 and 2.5: 27 + 12.5 + 13.75 + 9.375 = 62.625. Price 40,000 / 50,000 x 10 = 8.
    result = aggregate(panel, CRITERIA)
    assert result.reviews == 2
    assert result.tallies == {
        "fit": Tally(900, 2),
        "idea": Tally(500, 2),
        "delivery": Tally(1375, 2),
        "team": Tally(500, 2),
    }
    # The first judge: 24 + 15 + 15 + 7.5 = 61.5 of 90; the second: 30 + 10 + 12.5 + 11.25 = 63.75 of 90.
    assert result.totals == JudgedTotals(
        points=Fraction("62.625"),
        mean=Fraction("62.625") / 90 * 100,
        median=Fraction("62.625") / 90 * 100,
        spread=Fraction("2.25") / 90 * 100,
    )
    assert total(result, CRITERIA, price_pence=50_000, lowest_pence=40_000) == Fraction("70.625")


def test_full_marks_at_the_lowest_price_are_exactly_100():
    best = {c.key: c.maximum for c in JUDGED}
    result = aggregate([best] * 3, CRITERIA)
    assert total(result, CRITERIA, price_pence=7, lowest_pence=7) == 100
    assert result.totals == JudgedTotals(Fraction(90), Fraction(100), Fraction(100), Fraction(0))


def test_a_scale_that_starts_above_zero_still_counts_as_score_over_maximum():
    only = [Criterion("team", 100, minimum=100, maximum=400)]
    assert total(aggregate([{"team": 100}], only), only) == 25


@given(panels)
def test_totals_agree_with_the_definition(panel):
    result = aggregate(panel, CRITERIA)
    own = [naive_own(card) for card in panel]
    assert result.totals == JudgedTotals(naive_total(panel), mean(own), median(own), max(own) - min(own))
    assert judged_points(result.tallies, CRITERIA) == naive_total(panel)


@given(st.data(), panels)
def test_the_order_of_judges_and_criteria_changes_nothing(data, panel):
    shuffled = data.draw(st.permutations(panel))
    criteria = data.draw(st.permutations(CRITERIA))
    assert aggregate(shuffled, criteria) == aggregate(panel, CRITERIA)


@given(st.data(), panels)
def test_a_higher_score_never_lowers_and_always_raises_the_total(data, panel):
    judge = data.draw(st.integers(0, len(panel) - 1))
    criterion = data.draw(st.sampled_from(JUDGED))
    score = panel[judge][criterion.key]
    if score == criterion.maximum:
        return
    better = [dict(card) for card in panel]
    better[judge][criterion.key] = score + criterion.step
    assert naive_total(panel) == total_of(panel) < total_of(better)


def total_of(panel):
    return total(aggregate(panel, JUDGED), JUDGED)


@given(cards)
def test_one_judge_is_the_mean_and_the_median_without_spread(card):
    own = naive_own(card)
    assert aggregate([card], CRITERIA).totals == JudgedTotals(own * 90 / 100, own, own, Fraction(0))


def test_a_pitch_without_signed_cards_has_no_total():
    empty = aggregate([], CRITERIA)
    assert empty == PitchAggregate(0, {c.key: Tally(0, 0) for c in JUDGED}, None)
    with pytest.raises(ValueError, match="without a signed card"):
        total(empty, CRITERIA, price_pence=1, lowest_pence=1)
    with pytest.raises(ValueError, match="no signed score"):
        criterion_mean(empty.tallies["fit"])


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"fit": 300, "idea": 300, "delivery": 300, "team": 300, "price": 300},
    ],
    ids=["every criterion left out", "a price scored by a judge"],
)
def test_a_card_that_does_not_match_the_criteria_is_refused(card):
    with pytest.raises(ValueError, match="scores judged criteria"):
        aggregate([card], CRITERIA)


@given(panels, st.data())
def test_a_criterion_left_out_counts_neither_for_nor_against(panel, data):
    keys = sorted(panel[0])
    left_out = [data.draw(st.sets(st.sampled_from(keys), max_size=len(keys) - 1)) for _ in panel[1:]]
    cut = [
        {key: score for key, score in card.items() if key not in out}
        for card, out in zip(panel[1:], left_out, strict=True)
    ]
    found = aggregate([panel[0], *cut], CRITERIA).totals
    assert found is not None
    assert found.points == sum(
        mean(Fraction(card[c.key], c.maximum) for card in (panel[0], *cut) if c.key in card) * c.weight
        for c in JUDGED
    )
    own = [own_total(card, CRITERIA) for card in (panel[0], *cut)]
    for card, given_ in zip((panel[0], *cut), own, strict=True):
        judged = [c for c in JUDGED if c.key in card]
        full = sum(c.weight for c in judged)
        assert given_ == sum(Fraction(card[c.key] * c.weight * 100, c.maximum * full) for c in judged)
    assert (found.mean, found.spread) == (mean(own), max(own) - min(own))


def test_there_is_no_total_while_nobody_has_scored_some_criterion():
    found = aggregate([{"fit": 400}, {"fit": 200, "idea": 300}], CRITERIA)
    assert (found.reviews, found.totals) == (2, None)


def test_the_figures_of_many_judges_who_left_out_other_criteria_each_fit_into_a_column():
    weights = (7, 11, 13, 17, 19, 33)
    criteria = [Criterion(str(weight), weight) for weight in weights]
    sets = [set(pair) for pair in combinations(weights, 2)] + [{weight} for weight in weights]
    panel = [
        {str(w): 100 + 100 * ((w + place) % 5) for w in weights if w not in left_out}
        for place, left_out in enumerate(sets)
    ]
    found = aggregate(panel, criteria).totals
    assert found is not None
    for value in (found.points, found.mean, found.median, found.spread):
        assert max(value.numerator, value.denominator) < 2**63
    exact = mean([own_total(card, criteria) for card in panel])
    assert exact.denominator > 2**63
    assert abs(found.mean - exact) < Fraction(1, 10**15)


def test_a_challenge_with_nothing_to_judge_is_refused():
    with pytest.raises(ValueError, match="at least one criterion"):
        aggregate([], [PRICE])


# Price


def test_price_points_are_exact():
    assert price_points(30_000, 10_000, 10) == Fraction(10, 3)
    assert price_points(10_000, 10_000, 10) == 10


@given(prices, prices, st.integers(1, 100))
def test_a_lower_price_earns_more_and_never_more_than_the_weight(one, other, weight):
    lowest = min(one, other)
    earned = [price_points(price, lowest, weight) for price in (one, other)]
    assert max(earned) == weight
    assert min(earned) > 0
    assert (one < other) == (earned[0] > earned[1])


@pytest.mark.parametrize(("price", "lowest"), [(0, 0), (0, 5), (5, 0), (-5, -5), (5, 6)])
def test_a_price_of_nothing_or_below_the_lowest_is_refused(price, lowest):
    with pytest.raises(ValueError, match="price"):
        price_points(price, lowest, 10)


@pytest.mark.parametrize("given_prices", [{"price_pence": 5}, {"lowest_pence": 5}, {}])
def test_where_price_counts_both_prices_are_needed(given_prices):
    result = aggregate([{"fit": 300, "idea": 300, "delivery": 300, "team": 300}], CRITERIA)
    with pytest.raises(ValueError, match="price"):
        total(result, CRITERIA, **given_prices)


# Ranking


ONLY_FIT = (Criterion("fit", 100),)


def pitch(reference, *scores, price=None, criteria=ONLY_FIT):
    return Entry(reference, aggregate([{"fit": score} for score in scores], criteria), price)


def test_ties_share_a_rank_and_the_next_rank_is_skipped():
    entries = [pitch("PF-D", 100), pitch("PF-C", 300), pitch("PF-A", 500), pitch("PF-B", 200, 400)]
    rows = standings(entries, ONLY_FIT)
    assert [(row.rank, row.tied, row.reference, row.total) for row in rows] == [
        (1, False, "PF-A", Fraction(100)),
        (2, True, "PF-B", Fraction(60)),
        (2, True, "PF-C", Fraction(60)),
        (4, False, "PF-D", Fraction(20)),
    ]
    assert [row.reviews for row in rows] == [1, 2, 1, 1]


def test_totals_that_only_round_to_the_same_are_no_tie():
    assert ranked({"A": Fraction(2, 3), "B": Fraction(666667, 1000000)}) == [(1, False, "B"), (2, False, "A")]


def test_nothing_to_rank_is_an_empty_table():
    assert standings([], CRITERIA) == []


def test_price_can_decide_the_ranking():
    criteria = (Criterion("fit", 60), Criterion("price", 40, kind=Kind.PRICE))
    entries = [
        pitch("PF-A", 400, price=40_000, criteria=criteria),
        pitch("PF-B", 300, price=20_000, criteria=criteria),
    ]
    rows = standings(entries, criteria, lowest_pence=20_000)
    assert [(row.reference, row.total, row.price, row.judged.points) for row in rows] == [
        ("PF-B", Fraction(76), Fraction(40), Fraction(36)),
        ("PF-A", Fraction(68), Fraction(20), Fraction(48)),
    ]


def test_every_small_table_is_ranked_by_how_many_are_better():
    for values in product(range(3), repeat=4):
        totals = dict(zip("CADB", map(Fraction, values), strict=True))
        expected = sorted(
            (1 + sum(other > mine for other in values), values.count(mine) > 1, name)
            for name, mine in totals.items()
        )
        assert ranked(totals) == expected


def test_ranking_does_not_depend_on_the_order_given():
    entries = [pitch("PF-A", 300), pitch("PF-B", 300), pitch("PF-C", 500), pitch("PF-D", 0)]
    tables = [standings(order, ONLY_FIT) for order in permutations(entries)]
    assert all(table == tables[0] for table in tables)


# Minimums


def test_a_mean_at_the_minimum_meets_it_and_one_just_below_does_not():
    criteria = [Criterion("fit", 100, threshold=300)]
    at, below = standings(
        [pitch("PF-A", 300, 300, criteria=criteria), pitch("PF-B", 200, 300, 300, criteria=criteria)],
        criteria,
    )
    assert at.meets_all
    assert below.missed == (Missed("fit", Fraction(3), Fraction(8, 3)),)


def test_a_minimum_in_all_is_not_met_by_rounding():
    criteria = ONLY_FIT
    entries = [pitch("PF-A", 300, criteria=criteria), pitch("PF-B", *[300] * 9999, 299, criteria=criteria)]
    met, missed = standings(entries, criteria, minimum_total=6000)
    assert met.meets_all
    assert round_half_up(missed.total) == "60.00"
    assert [(miss.key, miss.minimum) for miss in missed.missed] == [(None, Fraction(60))]


def test_a_pitch_that_misses_a_minimum_keeps_its_place():
    criteria = [FIT, Criterion("idea", 70)]
    strong = Entry("PF-A", aggregate([{"fit": 200, "idea": 500}], criteria))
    weak = Entry("PF-B", aggregate([{"fit": 300, "idea": 100}], criteria))
    rows = standings([weak, strong], criteria, minimum_total=6000)
    assert [(row.rank, row.reference, [miss.key for miss in row.missed]) for row in rows] == [
        (1, "PF-A", ["fit"]),
        (2, "PF-B", [None]),
    ]


# Scales, words and rounding


def test_exactly_the_scores_of_the_scale_are_allowed():
    for criterion in JUDGED:
        scale = range(criterion.minimum, criterion.maximum + 1, criterion.step)
        allowed = [score for score in range(-200, 1300) if validate_score(criterion, score) is None]
        assert allowed == list(scale)


def test_a_refused_score_says_which_scores_there_are():
    assert validate_score(DELIVERY, 10) == "Give a score from 0 to 10 in steps of 0.25."
    assert (
        validate_score(PRICE, 100) == "The price score is worked out from the prices. Judges do not score it."
    )


def test_scores_read_as_people_write_them():
    assert [points_text(n) for n in (0, 5, 25, 50, 100, 250, 1000, 10_000)] == [
        "0", "0.05", "0.25", "0.5", "1", "2.5", "10", "100",
    ]  # fmt: skip


ANCHORS = {0: "No answer", 100: "Poor", 200: "Weak", 300: "Acceptable", 400: "Good", 500: "Excellent"}


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("0", "No answer"),
        ("2.49", "Weak"),
        ("2.5", "Acceptable"),
        ("3.4999", "Acceptable"),
        ("5", "Excellent"),
    ],
)
def test_a_mean_reads_as_the_words_of_the_nearest_score_halves_up(points, words):
    assert worded_level(IDEA, ANCHORS, Fraction(points)) == words


def test_between_anchors_the_lower_words_count():
    anchors = {0: "None", 500: "Half", 1000: "Full"}
    assert worded_level(DELIVERY, anchors, Fraction("9.87")) == "Half"
    assert worded_level(DELIVERY, anchors, Fraction("9.875")) == "Full"
    assert worded_level(TEAM, {200: "Low", 400: "High"}, Fraction(1)) == "Low"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(200, 3), 2, "66.67"),
        (Fraction(5, 1000), 2, "0.01"),
        (Fraction(4999, 10**6), 2, "0.00"),
        (Fraction("66.665"), 2, "66.67"),
        (Fraction(100), 2, "100.00"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(5, 2), 0, "3"),
        (Fraction("-2.25"), 1, "-2.3"),
        (Fraction("-0.001"), 2, "0.00"),
        (Fraction("99.995"), 2, "100.00"),
    ],
)
def test_halves_round_up(value, places, text):
    assert round_half_up(value, places) == text


@given(st.fractions(0, 100), st.integers(0, 6))
def test_rounding_is_never_more_than_half_a_place_away(value, places):
    gap = Fraction(round_half_up(value, places)) - value
    assert Fraction(-1, 2) < gap * 10**places <= Fraction(1, 2)


def test_rescale_makes_a_share_of_100():
    assert rescale(45, 90) == 50
    assert rescale(Fraction(1, 3), 3) == Fraction(100, 9)
