"""How well the judging engine decides: simulated rounds with known worth, against the plain mean.

A judge's score of a pitch is worth + severity + error, with variances that add up to 1; half of the error is
the review's, the rest each criterion's own. Five criteria of equal weight are scored 0 to 5 in whole points.
The regret of a choice is the worth of the best k less that of the k that were chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pitchfest.judging.rules.calibration import Calibration, Method, calibrate
from pitchfest.judging.rules.next_reviews import next_reviews
from pitchfest.judging.rules.rank_draws import draw_ranks

#: Designs of up to so many pitches are quick, and play three times the rounds, since each says less.
SMALL = 100
#: Between which shares a 90 % interval of ranks has to hold the true one.
COVERAGE = (0.88, 0.95)
CRITERIA, DRAWS = 5, 500
#: Of the reviews, how many a judge of the other track writes where there are two.
CROSSING = 0.20

Numbers = NDArray[np.float64]
Levels = NDArray[np.intp]


@dataclass(frozen=True)
class Design:
    """A kind of round: `shares` are the variances of worth, severity and error.

    The `top` are chosen. With `apart` above zero there are two tracks, one worth so much more.
    """

    name: str
    pitches: int
    judges: int
    each: int
    top: int
    shares: tuple[float, float, float]
    method: Method
    limit: float | None = None
    apart: float = 0.0


@dataclass
class Found:
    """What the rounds of a design came to, one figure for each round."""

    plain: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    covered: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> tuple[float, float]:
        """The regret against that of the plain way, and its standard error."""
        plain, other = np.array(self.plain), np.array(self.other)
        ratio = other.mean() / plain.mean()
        return float(ratio), float(np.std(other - ratio * plain) / plain.mean() / len(plain) ** 0.5)


DESIGNS = (
    Design("30 × 6, k = 3, 46/9/45", 30, 6, 3, 5, (0.46, 0.09, 0.45), "grid"),
    Design("30 × 6, k = 3, 40/20/40", 30, 6, 3, 5, (0.40, 0.20, 0.40), "grid", 0.93),
    Design("30 × 6, k = 3, 35/35/30", 30, 6, 3, 5, (0.35, 0.35, 0.30), "grid", 0.85),
    Design("30 × 6, k = 3, no severity", 30, 6, 3, 5, (0.50, 0.0, 0.50), "grid", 1.03),
    Design("300 × 20, k = 5, 40/20/40", 300, 20, 5, 30, (0.40, 0.20, 0.40), "reml", 0.84),
    Design("300 × 20, k = 5, 35/35/30", 300, 20, 5, 30, (0.35, 0.35, 0.30), "reml", 0.74),
    Design("300 × 20, k = 5, no severity", 300, 20, 5, 30, (0.50, 0.0, 0.50), "reml", 1.03),
    Design("30 × 6, k = 3, two tracks", 30, 6, 3, 5, (0.40, 0.20, 0.40), "grid", 0.90, apart=1.0),
)
TARGETED = Design("300 × 20, k = 3, 40/20/40", 300, 20, 3, 30, (0.40, 0.20, 0.40), "reml", 0.85)
BATCHES, BATCH = 3, 20


class Round:
    """One simulated round: who judges what, and what each judge makes of it."""

    def __init__(self, design: Design, chance: np.random.Generator) -> None:
        worth, severity, error = design.shares
        self.design, self.chance, self.error = design, chance, error
        self.track = np.arange(design.pitches) % 2 * bool(design.apart)
        self.worth = worth**0.5 * chance.normal(size=design.pitches) + design.apart * self.track
        self.severity = severity**0.5 * chance.normal(size=design.judges)
        self.pitch = np.repeat(np.arange(design.pitches), design.each)
        self.judge = self._dealt()
        self.scores = self.scored(self.pitch, self.judge)

    def _dealt(self) -> Levels:
        """The judges of each pitch in turn, loads even; where there are tracks, few cross."""
        design, chance = self.design, self.chance
        side = np.arange(design.judges) % 2
        load, dealt = np.zeros(design.judges), []
        for pitch in range(design.pitches):
            key = load + chance.random(design.judges)
            if design.apart:
                other = chance.binomial(design.each, CROSSING)
                away = 1e6 * (side != self.track[pitch])
                own, foreign = np.argsort(key + away), np.argsort(key - away)
                judges = np.concatenate([own[: design.each - other], foreign[:other]])
            else:
                judges = np.argsort(key)[: design.each]
            load[judges] += 1
            dealt.append(judges)
        return np.concatenate(dealt)

    def scored(self, pitch: Levels, judge: Levels) -> Numbers:
        """Totals out of 100."""
        half = (self.error / 2) ** 0.5
        review = self.worth[pitch] + self.severity[judge] + half * self.chance.normal(size=len(pitch))
        own = half * CRITERIA**0.5 * self.chance.normal(size=(len(pitch), CRITERIA))
        return np.asarray(np.clip(np.rint(2.5 + review[:, None] + own), 0, 5).mean(axis=1) * 20)

    def add(self, pitch: Levels, judge: Levels) -> None:
        """Further reviews."""
        self.scores = np.append(self.scores, self.scored(pitch, judge))
        self.pitch, self.judge = np.append(self.pitch, pitch), np.append(self.judge, judge)

    def calibrated(self) -> Calibration:
        """What the engine makes of it, tracks known."""
        names = zip(self.pitch.tolist(), self.judge.tolist(), self.scores.tolist(), strict=True)
        tracks = {f"{pitch:04}": str(track) for pitch, track in enumerate(self.track.tolist())}
        return calibrate(
            [(f"{pitch:04}", f"{judge:03}", score) for pitch, judge, score in names],
            tracks=tracks if self.design.apart else None,
            method=self.design.method,
        )

    def regret(self, values: Numbers) -> float:
        """Of choosing the best by these values; equals in order of their numbers, which chance gave them."""
        chosen = np.argsort(-values, kind="stable")[: self.design.top]
        return float(np.sort(self.worth)[-self.design.top :].mean() - self.worth[chosen].mean())

    def plain(self) -> Numbers:
        """The mean of each pitch's scores."""
        return np.asarray(np.bincount(self.pitch, self.scores) / np.bincount(self.pitch))


def calibrated(design: Design, seed: int, rounds: int) -> Found:
    """The calibrated choice against that by the plain mean, and how often intervals of ranks are right."""
    found = Found()
    for number in range(rounds):
        play = Round(design, np.random.default_rng([seed, number]))
        result = play.calibrated()
        found.plain.append(play.regret(play.plain()))
        found.other.append(play.regret(_effects(result)))
        true = np.argsort(np.argsort(-play.worth)) + 1
        intervals = np.array(list(draw_ranks(result, seed=number, draws=DRAWS).intervals().values()))
        found.covered.append(float(((intervals[:, 0] <= true) & (true <= intervals[:, 1])).mean()))
    return found


def targeted(design: Design, seed: int, rounds: int) -> Found:
    """The choice after targeted extra reviews, in batches, against the choice without; both calibrated."""
    found = Found()
    for number in range(rounds):
        play = Round(design, np.random.default_rng([seed, number]))
        result = play.calibrated()
        found.plain.append(play.regret(_effects(result)))
        free = {f"{judge:03}": BATCH for judge in range(design.judges)}
        for batch in range(BATCHES):
            asked = next_reviews(result, k=design.top, budget=BATCH, free=free, seed=batch, draws=DRAWS)
            play.add(np.array([int(one.pitch) for one in asked]), np.array([int(one.judge) for one in asked]))
            result = play.calibrated()
        found.other.append(play.regret(_effects(result)))
    return found


def _effects(result: Calibration) -> Numbers:
    return np.array([pitch.effect for pitch in result.pitches])


def main(seed: int, rounds: int) -> None:
    """Print the table. A missed figure is printed, not an error."""
    print(f"\nRegret in {rounds} simulated rounds a design, {3 * rounds} of the small ones (seed {seed}),")
    print("in standard deviations of one score; the mean's, ours, and ours to the mean's with its error.")
    low, high = COVERAGE
    print(f"Of the 90 % intervals of ranks, {low:.0%} to {high:.0%} are to hold the true rank.\n")
    line = "{:<30}{:>8}{:>8}{:>16}{:>8}{:>10}  {}"
    print(line.format("pitches × judges, variances", "mean", "ours", "ratio", "limit", "coverage", ""))
    for design in DESIGNS:
        found = calibrated(design, seed, rounds if design.pitches > SMALL else 3 * rounds)
        share = float(np.mean(found.covered))
        good = COVERAGE[0] <= share <= COVERAGE[1]
        _row(line, design, found, f"{share:.3f}", good)
    print(f"\n{BATCHES} × {BATCH} targeted extra reviews against none, both calibrated:")
    _row(line, TARGETED, targeted(TARGETED, seed, rounds), "", good=True)


def _row(line: str, design: Design, found: Found, covered: str, good: bool) -> None:
    ratio, error = found.ratio
    within = good and (design.limit is None or ratio <= design.limit)
    means = (f"{np.mean(of):.3f}" for of in (found.plain, found.other))
    limit = "" if design.limit is None else f"{design.limit:.2f}"
    figures = (*means, f"{ratio:.3f} ± {error:.3f}", limit, covered, "OK" if within else "MISSED")
    print(line.format(design.name, *figures), flush=True)
