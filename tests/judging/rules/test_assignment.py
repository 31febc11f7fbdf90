import pytest

from pitchfest.judging.rules.assignment import per_pitch


@pytest.mark.parametrize(
    ("wanted", "n_pitches", "n_judges", "each"),
    [
        (None, 8, 7, None),
        (None, 9, 7, 3),
        (None, 9, 4, 3),
        (None, 9, 3, None),
        (None, 300, 2, None),
        (None, 0, 0, None),
        (2, 3, 3, 2),
        (3, 3, 3, None),
        (5, 300, 20, 5),
        (50, 9, 7, None),
    ],
)
def test_all_read_everything_up_to_eight_pitches_or_where_that_many_are_wanted(
    wanted, n_pitches, n_judges, each
):
    assert per_pitch(wanted, n_pitches, n_judges) == each
