"""How many judges read a pitch, and what an assignment is made of. `matching` finds one."""

from typing import NamedTuple

Pair = tuple[str, str]
"""A judge and a pitch, in this order."""

READ_BY_ALL_UP_TO = 8
JUDGES_A_PITCH = 3


class Unmet(NamedTuple):
    """A pitch with too few readers: how many are missing, and why, as a sentence for the page."""

    pitch: str
    missing: int
    why: str


def per_pitch(wanted: int | None, n_pitches: int, n_judges: int) -> int | None:
    """How many of the judges read each pitch; None where all of them do, and nothing is to be planned.

    `wanted` is what people chose. Where they chose nothing, all read everything up to 8 pitches, and three
    judges a pitch above that.
    """
    if wanted is None and n_pitches <= READ_BY_ALL_UP_TO:
        return None
    each = wanted or JUDGES_A_PITCH
    return each if each < n_judges else None
