"""How the judges' scores become the score that counts: fixed at publication, and said to everyone. Pure."""

from __future__ import annotations

from enum import StrEnum

from pitchfest.challenges.rules.route import REGULATED, ROUTE_NAMES, Route


class DecisionBasis(StrEnum):
    """What the total of a pitch is made from."""

    MODERATED = "moderated"
    RAW_MEAN = "raw_mean"
    CALIBRATED = "calibrated"


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
    DecisionBasis.CALIBRATED: (
        "The mean counts, adjusted for how strict the judges were who read the pitch (not for purchases)",
        (
            "Judges differ in how strict they are. So each pitch’s total is adjusted for which judges read"
            " it, in the same way for all and from the judges’ own scores alone. If the judges cannot be"
            " compared, because there are fewer than 8 pitches, one judge only, or groups of pitches that"
            " share no judge, or if every judge read every pitch, then the plain mean counts for all. The"
            " price is not adjusted, and minimums are looked up in the total before it is adjusted. Each"
            " letter shows both totals."
        ),
    ),
}


def basis_problem(basis: DecisionBasis, route: Route | None) -> str:
    """Why this basis does not go with this route, or ""."""
    if basis != DecisionBasis.CALIBRATED or route not in REGULATED:
        return ""
    return (
        f"Totals cannot be adjusted where we buy under the Procurement Act ({ROUTE_NAMES[route].lower()}):"
        " there each score must be one that a judge gave and wrote a reason for. Choose one of the other ways"
    )
