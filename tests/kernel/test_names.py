"""When two names may mean the same."""

from __future__ import annotations

import pytest

from pitchfest.kernel.names import same_name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Tidewater", "Tidewater Systems Ltd", True),
        ("TIDEWATER SYSTEMS LIMITED", "Tidewater Systems Ltd.", True),
        ("Jo at Tidewater Systems", "Tidewater Systems Ltd", True),
        ("O’Brien & Sons", "OBrien and Sons Ltd", True),
        ("Tide", "Tidewater Systems Ltd", False),
        ("Systems Tidewater", "Tidewater Systems Ltd", False),
        ("Calderwick Water", "Calderwick Drains Ltd", False),
        ("Ltd", "Tidewater Systems Ltd", False),
        ("The", "The Company Ltd", False),
        ("Ada", "Ada Lamps Ltd", False),
        ("", "Tidewater Systems Ltd", False),
        ("Łódź Świat", "łódź świat CIC", True),
    ],
)
def test_names_that_may_mean_the_same(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
    assert same_name(other, one) is same
