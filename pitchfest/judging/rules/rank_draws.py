"""How sure a ranking is: all pitches' worth drawn together, again and again, and what the ranks then do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchfest.judging.rules.calibration import Calibration, solution
from pitchfest.judging.rules.crossed_effects import Floats, draw

DRAWS = 4_000
#: What an interval of ranks covers, and from which probability on one pitch is told apart from another.
SHARE = 0.90


@dataclass(frozen=True, slots=True)
class RankDraws:
    """The ranks of I pitches, in order of their names, in each draw; 1 is the best and no two are equal."""

    pitches: tuple[str, ...]
    ranks: NDArray[Any]  # I x draws, whole numbers

    def top(self, k: int) -> dict[str, float]:
        """The probability that each pitch is among the best k."""
        shares = np.count_nonzero(self.ranks <= k, axis=1) / self.ranks.shape[1]
        return dict(zip(self.pitches, shares.tolist(), strict=True))

    def beats(self, pitch: str, other: str) -> float:
        """The probability that a pitch is worth more than another. Raises ValueError for an unknown one."""
        first, second = self.pitches.index(pitch), self.pitches.index(other)
        return float((self.ranks[first] < self.ranks[second]).mean())

    def intervals(self, share: float = SHARE) -> dict[str, tuple[int, int]]:
        """The best and the worst rank of each pitch, when as many draws are cut off above as below."""
        cut = round((1 - share) / 2 * self.ranks.shape[1])
        ordered = np.sort(self.ranks, axis=1)
        pairs = zip(ordered[:, cut].tolist(), ordered[:, -1 - cut].tolist(), strict=True)
        return dict(zip(self.pitches, pairs, strict=True))

    def groups(self, share: float = SHARE) -> list[tuple[str, ...]]:
        """Runs of the ranking in which no pitch beats a later one with a probability of `share`, best first.

        Each run is as long as can be. Runs overlap: two pitches that can be told apart may both be in a run
        with the one between them.
        """
        order = np.argsort(self.ranks.mean(axis=1), kind="stable")
        ranks = self.ranks[order]
        runs: list[tuple[int, int]] = []
        start = 0
        for at in range(1, len(order)):
            beaten = np.count_nonzero(ranks[start:at] < ranks[at], axis=1) >= share * ranks.shape[1]
            if beaten.any():
                runs.append((start, at))
                start += int(np.flatnonzero(beaten)[-1]) + 1
        if len(order):
            runs.append((start, len(order)))
        return [tuple(self.pitches[index] for index in order[first:last]) for first, last in runs]


def draw_ranks(of: Calibration, *, seed: int, draws: int = DRAWS) -> RankDraws:
    """Draw what the pitches are worth from what a calibration knows, and rank each draw.

    The same calibration, seed and number of draws give the same answer. Equals are put in order by chance.
    """
    chance = np.random.default_rng(seed)
    found = of.fit
    if found is None:
        return RankDraws(
            tuple(pitch.id for pitch in of.pitches), _ranks(np.zeros((len(of.pitches), draws)), chance)
        )
    shares = chance.multinomial(draws, [point.weight for point in found.points])
    parts = [
        draw(found.design, solution(found, point), int(count), chance)
        for point, count in zip(found.points, shares, strict=True)
        if count
    ]
    return RankDraws(tuple(pitch.id for pitch in of.pitches), _ranks(np.concatenate(parts, axis=1), chance))


def _ranks(worth: Floats, chance: np.random.Generator) -> NDArray[Any]:
    """I x draws: the ranks of what I pitches are worth.

    Whole numbers sort several times faster than floats are argsorted: 40 bits of worth, with chance in the
    last of them, above the pitch's own number.
    """
    pitches = len(worth)
    bits = pitches.bit_length()
    scale = 2.0**40 / (max(worth.max(initial=0.0), -worth.min(initial=0.0)) or 1.0)
    keys = (64 * chance.random(worth.T.shape, np.float32) - scale * worth.T).astype(np.int64, order="C")
    keys <<= bits
    keys += np.arange(pitches)
    keys.sort(axis=1)
    keys &= (1 << bits) - 1
    ranks = np.empty(keys.shape, np.min_scalar_type(pitches))
    np.put_along_axis(ranks, keys, np.arange(1, pitches + 1, dtype=ranks.dtype)[None, :], axis=1)
    return np.ascontiguousarray(ranks.T)
