import pytest

from pitchfest.awards.rules import Choice, Outcome, decision_problems, follows_ranking

WON, RESERVE, LOST = Outcome.WON, Outcome.RESERVE, Outcome.UNSUCCESSFUL


def choices(*rows):
    return [
        Choice(f"PF-{i}", rank, meets, outcome, "A reason in words.")
        for i, (rank, meets, outcome) in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("rows", "follows"),
    [
        ([], True),
        ([(1, True, WON), (2, True, RESERVE), (3, True, LOST)], True),
        ([(1, True, WON), (2, True, WON), (3, True, LOST)], True),
        ([(1, True, LOST), (2, True, LOST)], True),
        ([(1, True, LOST), (2, True, WON)], False),
        ([(1, True, RESERVE), (2, True, WON)], False),
        ([(1, False, LOST), (2, True, WON)], True),
        ([(1, False, WON), (2, True, RESERVE)], False),
        ([(1, True, WON), (1, True, WON)], True),
        ([(1, True, WON), (1, True, LOST)], False),
    ],
)
def test_what_follows_the_ranking(rows, follows):
    assert follows_ranking(choices(*rows)) is follows


def test_a_departure_needs_a_note_of_ten_words():
    made = choices((1, True, LOST), (2, True, WON))
    (problem,) = decision_problems(made, "nine words that are not yet enough for this")
    assert problem.field == "note"
    assert decision_problems(made, "these ten words are quite enough to say it all") == []


def test_each_pitch_is_named_with_what_it_lacks():
    lacking = [Choice("PF-1", 1, True, None, "two words"), Choice("PF-2", 2, True, WON, "")]
    assert [p.field for p in decision_problems(lacking, "")] == ["outcome_PF-1", "reason_PF-1", "reason_PF-2"]
