"""How long a judge still needs, and the order in which they meet the pitches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.judging.rules.order import own_order
from pitchfest.judging.rules.pace import minutes_left, say_minutes

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def saves(*minutes_and_cards: tuple[float, int]) -> list[tuple[datetime, int]]:
    return [(START + timedelta(minutes=minutes), card) for minutes, card in minutes_and_cards]


STEADY = saves((0, 1), (10, 1), (20, 2), (30, 3))


def test_ten_minutes_a_card_are_ten_for_each_that_is_left() -> None:
    assert minutes_left(STEADY, {1, 2, 3}, 4) == 40


def test_nothing_is_said_before_three_cards_or_with_none_left() -> None:
    assert minutes_left(STEADY, {1, 2}, 4) is None
    assert minutes_left(STEADY, {1, 2, 3}, 0) is None
    assert minutes_left([], set(), 4) is None


def test_a_night_between_two_saves_is_no_work() -> None:
    pause = saves((0, 1), (10, 1), (20, 2), (900, 3), (910, 3), (920, 4))
    assert minutes_left(pause, {1, 2, 3, 4}, 2) == 20


def test_many_saves_of_one_card_add_up() -> None:
    often = saves(*((minute, 1 + minute // 10) for minute in range(40)))
    assert minutes_left(often, {1, 2, 3, 4}, 1) == 10


def test_one_long_card_changes_little() -> None:
    assert minutes_left([*STEADY, *saves((59, 4))], {1, 2, 3, 4}, 1) == 10


def test_cards_that_came_from_a_file_say_nothing() -> None:
    file = saves((0, 1), (5, 1), (5, 2), (5, 3), (5, 4))
    assert minutes_left(file, {1, 2, 3, 4}, 3) is None


def test_a_card_that_is_not_done_says_nothing() -> None:
    assert minutes_left(STEADY, {1, 2, 9}, 3) is None


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "about 1 minute"),
        (8, "about 8 minutes"),
        (42, "about 40 minutes"),
        (90, "about 90 minutes"),
        (100, "about 1 and a half hours"),
        (118, "about 2 hours"),
        (400, "about 6 and a half hours"),
    ],
)
def test_it_is_said_no_more_exactly_than_it_is_known(minutes: int, said: str) -> None:
    assert say_minutes(minutes).replace("\u00a0", " ") == said


@given(st.sets(st.integers(1, 10_000), min_size=1, max_size=40), st.integers(1, 99))
def test_an_own_order_is_the_same_each_time_and_a_new_card_moves_no_other(cards, member) -> None:
    order = own_order(member, cards)
    assert sorted(order) == sorted(cards)
    assert order == own_order(member, sorted(cards, reverse=True))
    assert [card for card in own_order(member, cards | {10_001}) if card != 10_001] == order


def test_no_pitch_is_last_for_everyone() -> None:
    last = [own_order(member, range(1, 6))[-1] for member in range(1, 200)]
    assert {last.count(card) > 20 for card in range(1, 6)} == {True}
