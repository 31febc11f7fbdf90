"""Matching many judges to many pitches, as the engine does it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pitchfest.judging.rules.matching import Matching, Panel, match

PITCHES, JUDGES, REVIEWS, SUBJECTS, CONFLICTS = 1_000, 60, 4, 8, 0.03
#: Seconds within which the assignment of that round is there, best floor and one piece included.
LIMIT = 0.5


def panel(seed: int) -> Panel:
    """A round in which a judge suits a pitch by how far their mixtures of subjects overlap, up to 1,000."""
    chance = np.random.default_rng(seed)
    of_pitch, of_judge = (chance.dirichlet(np.full(SUBJECTS, 0.6), size) for size in (PITCHES, JUDGES))
    pitches = tuple(f"P{at:04}" for at in range(PITCHES))
    judges = tuple(f"J{at:03}" for at in range(JUDGES))
    conflicts = np.argwhere(chance.random((PITCHES, JUDGES)) < CONFLICTS)
    return Panel(
        pitches,
        judges,
        gain=np.rint(1_000 * np.sqrt(of_pitch) @ np.sqrt(of_judge).T).astype(np.int64),
        reviews=dict.fromkeys(pitches, REVIEWS),
        forbidden=frozenset((judges[judge], pitches[pitch]) for pitch, judge in conflicts),
    )


def assignment(seed: int) -> Callable[[], Matching]:
    """A run to time, its round made ready."""
    given = panel(seed)
    return lambda: match(given)
