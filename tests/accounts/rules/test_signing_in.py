"""Passwords, addresses, delays and sessions, decided without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from pitchfest.accounts import rules
from pitchfest.accounts.rules import Scope
from pitchfest.kernel.actor import Actor

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "password",
    ["short", "elevenchars", "password1234", "PASSWORD1234", "aaaaaaaaaaaaaaaa", "abababababab", "x" * 501],
)
def test_passwords_that_are_refused(password):
    assert rules.password_problem(password)


@pytest.mark.parametrize(
    "password", ["three words you", "grün grün grün ist", " leading space kept", "twelve chars"]
)
def test_passwords_that_are_taken(password):
    assert not rules.password_problem(password)


def test_a_password_is_not_the_address():
    assert rules.password_problem("rosa@kestrel.example", "rosa@kestrel.example")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "rosa",
        "rosa@",
        "@x.example",
        "a b@x.example",
        "a@b",
        "a@x..example",
        "a@x.example\nbcc:b@y.example",
        "büro@x.example",
        "а@x.example",  # a Cyrillic letter
        "a\x00b@x.example",
        "a\ud800@x.example",
        "=?utf-8?q?a=40evil.example?=@x.example",
        "a=?@x.example",
        "a:b@x.example",
    ],
)
def test_addresses_that_are_refused(address):
    assert rules.address_problem(address)


def test_an_address_is_kept_in_lower_case():
    assert rules.tidy_address("  Rosa.W+pitch@Kestrel.Example ") == "rosa.w+pitch@kestrel.example"
    assert not rules.address_problem("rosa.w+pitch@kestrel.example")
    assert not rules.address_problem("o'brien_7=x/y@kestrel.example")


def test_delays_grow_for_one_browser_and_stay_short_for_an_account_or_an_address():
    waits = [rules.delay(Scope.BROWSER, n).total_seconds() for n in range(40)]
    assert waits[:4] == [0, 0, 0, 0]
    assert waits == sorted(waits)
    assert waits[4:7] == [2, 4, 8]
    assert waits[-1] == 15 * 60
    assert max(rules.delay(Scope.ACCOUNT, n) for n in range(5_000)) == timedelta(seconds=10)
    assert max(rules.delay(Scope.ADDRESS, n) for n in range(5_000)) == timedelta(seconds=5)


def test_many_people_at_one_address_at_once_are_not_kept_waiting():
    """In a hall before the deadline one attempt is counted a moment before another that came first."""
    assert rules.again_at(Scope.ADDRESS, 30, NOW + timedelta(milliseconds=5), NOW) is None


def test_a_delay_ends_to_the_second_and_failures_are_forgotten_after_half_a_day():
    again = rules.again_at(Scope.BROWSER, 5, NOW, NOW)
    assert again == NOW + timedelta(seconds=4)
    assert rules.again_at(Scope.BROWSER, 5, NOW, again) is None
    assert rules.again_at(Scope.BROWSER, 500, NOW, NOW + timedelta(hours=12)) is None


@pytest.mark.parametrize(
    ("age", "idle", "ended", "counts"),
    [
        (timedelta(0), timedelta(0), False, True),
        (timedelta(hours=11, minutes=59), timedelta(minutes=59), False, True),
        (timedelta(hours=2), timedelta(hours=1), False, False),
        (timedelta(hours=12), timedelta(0), False, False),
        (timedelta(minutes=1), timedelta(0), True, False),
    ],
)
def test_a_session_ends_when_idle_or_old_or_ended(age, idle, ended, counts):
    assert rules.session_counts(NOW - age, NOW - idle, NOW if ended else None, NOW) is counts


def test_a_proof_counts_for_five_minutes():
    def after(**span):
        return rules.proved(Actor(1, "A", proved_at=NOW), NOW + timedelta(**span))

    assert after(minutes=4, seconds=59)
    assert not after(minutes=5)
    assert not rules.proved(Actor(1, "A"), NOW)
