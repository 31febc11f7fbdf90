"""Why somebody says no, and what a panel lacks then."""

from __future__ import annotations

import pytest

from pitchfest.judging.rules.refusals import CHOICES, LONGEST, WORDS, Refusal, lacking, note_problem


def test_every_reason_has_its_words() -> None:
    assert CHOICES.keys() == WORDS.keys() == set(Refusal)


@pytest.mark.parametrize("refusal", Refusal)
def test_only_another_reason_needs_words(refusal: Refusal) -> None:
    assert bool(note_problem(refusal, "")) is (refusal is Refusal.OTHER)
    assert note_problem(refusal, "x" * LONGEST) == ""
    assert note_problem(refusal, "x" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("judges", "chaired", "lacks"),
    [
        (0, True, ""),
        (-1, True, ""),
        (1, True, "invite 1 more judge"),
        (0, False, "choose who chairs"),
        (2, False, "invite 2 more judges and choose who chairs"),
    ],
)
def test_what_a_panel_lacks(judges: int, chaired: bool, lacks: str) -> None:
    assert lacking(judges, chaired=chaired).replace("\u00a0", " ") == lacks
