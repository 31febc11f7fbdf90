"""Judges as one types or pastes them."""

import time

import pytest

from pitchfest.judging.rules.people import read_people


@pytest.mark.parametrize(
    ("typed", "person"),
    [
        ("idris@example.com", ("", "idris@example.com")),
        ("Idris Vaughan <Idris@Example.com>", ("Idris Vaughan", "idris@example.com")),
        ("idris@example.com, Idris Vaughan", ("Idris Vaughan", "idris@example.com")),
        ("Idris Vaughan\tidris@example.com", ("Idris Vaughan", "idris@example.com")),
        ('"Vaughan, Idris" <idris@example.com>;', ("Vaughan Idris", "idris@example.com")),
    ],
)
def test_a_line_may_have_a_name_or_not(typed, person):
    assert read_people(typed) == ([person], [])


def test_each_address_counts_once_in_order_and_what_is_none_is_named():
    text = "a@example.com\n\nnobody here\nB <b@example.com>\nA@EXAMPLE.com"
    assert read_people(text) == ([("", "a@example.com"), ("B", "b@example.com")], ["nobody here"])


@pytest.mark.parametrize("bad", ["a" * 200_000, "@" * 200_000, "a@" * 100_000, "a." * 100_000 + "@"])
def test_a_long_run_without_an_address_is_read_at_once_and_the_rest_still_counts(bad):
    began = time.process_time()
    assert read_people(f"{bad}\n{bad} idris@example.com")[1] == [bad]
    assert time.process_time() - began < 2
