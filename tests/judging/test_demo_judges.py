"""What the sign-in page of a demonstration says of judges."""

from pitchfest.challenges.rules import ChallengeState
from pitchfest.judging.queries.everyone import demo_judges, say_seats
from tests.judging.setting import a_round


def test_judges_of_a_demonstration_are_told_by_the_titles_of_challenges(app, now):
    assert say_seats([("Warm homes", False), ("Safe roads", True), ("Dry cellars", False)]) == (
        "Chairs “Safe roads”. Judges “Warm homes” and “Dry cellars”"
    )
    setting = a_round(now, state=ChallengeState.JUDGING)
    ((_, rows),) = demo_judges(now)
    assert setting.reference not in repr(rows)
    assert all("“" in note for _, _, note in rows)
