"""How the judges' scores become the score that counts: fixed at publication, and said to everyone. Pure."""

from __future__ import annotations

from enum import StrEnum


class DecisionBasis(StrEnum):
    """What the total of a pitch is made from."""

    MODERATED = "moderated"
    RAW_MEAN = "raw_mean"


#: Basis → its name on a form, and what suppliers read of it.
BASES: dict[DecisionBasis, tuple[str, str]] = {
    DecisionBasis.MODERATED: (
        "The judges meet where they differ, and agree one score",
        (
            "Where judges differ on an answer by two fifths of the scale or more, or stand on both sides"
            " of a minimum, they meet, agree one score and say why. From 8 pitches on they also look at one"
            " answer in ten, drawn by lot. Everywhere else the mean of their scores counts."
        ),
    ),
    DecisionBasis.RAW_MEAN: (
        "The mean of the judges’ scores counts, as they signed them",
        "The mean of the judges’ scores counts.",
    ),
}
