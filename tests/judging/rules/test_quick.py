"""The most time that a judge can have spent on a card."""

from datetime import UTC, datetime, timedelta

from pitchfest.judging.rules.quick import FASTEST, is_quick, most_spent

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_time_goes_to_the_card_that_is_saved_or_signed_next():
    saves = [(at(10), 1), (at(11), 2), (at(30), 1)]
    spent = most_spent(saves, {1: at(31), 2: at(33)}, {1: START, 2: START})
    assert spent == {1: timedelta(minutes=10 + 19 + 1), 2: timedelta(minutes=1 + 2)}


def test_a_card_that_is_not_signed_takes_its_time_and_is_not_named():
    assert most_spent([(at(10), 1), (at(12), 2)], {2: at(13)}, {1: START, 2: START}) == {
        2: timedelta(minutes=3)
    }


def test_cards_that_came_together_from_a_sheet_say_nothing():
    saves = [(at(10), 1), (at(10), 2), (at(11), 3)]
    assert most_spent(saves, {1: at(12), 2: at(12.1), 3: at(13)}, dict.fromkeys((1, 2, 3), START)).keys() == {
        3
    }


def test_quick_is_three_times_the_usual_pace_of_reading():
    assert not is_quick(timedelta(minutes=1), FASTEST)
    assert is_quick(timedelta(minutes=1), FASTEST + 1)
    assert not is_quick(timedelta(0), 0), "a pitch that came on paper has no words here"
