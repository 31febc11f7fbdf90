"""Ranking by comparing two at a time: the Bradley–Terry model.

The chance that a is preferred to b is 1 / (1 + exp(-(ability of a - ability of b))) (Bradley and Terry,
1952). A tie counts as half a win for each. Abilities are on the logit scale, in no unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

Vector = NDArray[np.float64]
PRIOR_VARIANCE = 1.5

_MOST_STEPS = 100
_CONVERGED = 1e-12


class Comparison(NamedTuple):
    """A judge preferred a to b (result 1), b to a (0), or neither (0.5), `times` times."""

    judge: str
    a: str
    b: str
    result: float
    times: int = 1


class UndeterminedError(ValueError):
    """There is no best estimate without a prior. `items` are those that the data do not place."""

    def __init__(self, items: Sequence[str], reason: str) -> None:
        super().__init__(reason)
        self.items = tuple(items)


@dataclass(frozen=True, slots=True)
class Abilities:
    """The estimates, in order of `items`, and their covariance.

    `reference` is the item held at 0, or None where a prior holds the mean of all at 0.
    """

    items: tuple[str, ...]
    ability: Vector
    covariance: Vector
    reference: str | None

    @property
    def se(self) -> Vector:
        """The standard error of each ability; 0 for the reference."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0))


def fit(
    comparisons: Iterable[Comparison],
    *,
    items: Iterable[str] = (),
    prior_variance: float | None = PRIOR_VARIANCE,
    reference: str | None = None,
) -> Abilities:
    """Abilities under a normal prior of mean 0 (the posterior's mode), or without one by maximum likelihood.

    `items` may name more than were compared so far. Maximum likelihood holds `reference` at 0, the first item
    in alphabetical order unless named. It raises UndeterminedError where no finite estimate exists: unless
    from every item a chain of wins or ties leads to every other (Ford, 1957). With a prior there always is
    one. Raises ValueError for an item compared with itself, a result other than 0, 0.5 and 1, a count below
    1, and a reference that is no item.
    """
    names, meetings = _coded(comparisons, items)
    wins = _wins(meetings, len(names))
    if reference is not None and reference not in names:
        raise ValueError(f"{reference} was not compared")
    if prior_variance is not None:
        ability, information = _newton(wins, np.full(len(names), 1 / prior_variance))
        return Abilities(names, ability, np.asarray(np.linalg.inv(information)), None)
    _check_determined(names, wins)
    ability, information = _newton(wins, np.zeros(len(names)))
    held = names.index(reference) if reference else 0
    free = np.arange(len(names)) != held
    covariance = np.zeros_like(information)
    covariance[np.ix_(free, free)] = np.linalg.inv(information[np.ix_(free, free)])
    return Abilities(names, ability - ability[held : held + 1], covariance, names[held] if names else None)


def next_pair(
    abilities: Abilities, seen: Collection[str] = (), *, current: str | None = None
) -> tuple[str, str] | None:
    """The two items whose comparison tells most, for a judge who has been at `seen` and stands at `current`.

    A walking judge compares where they stand with one they have not seen; `current` is then the first of the
    two. Without `current` both are unseen. Most means the largest p(1 - p) Var(difference): what the
    comparison adds to the determinant of the information (D-optimality). Equals go by name. None where
    nothing is left to compare.
    """
    p = _chances(abilities.ability)
    variance = np.diag(abilities.covariance)
    value = p * (1 - p) * (variance[:, None] + variance[None, :] - 2 * abilities.covariance)
    fresh = np.array([item not in seen and item != current for item in abilities.items], dtype=np.bool_)
    first = fresh if current is None else np.array([item == current for item in abilities.items])
    open_pairs = np.outer(first, fresh) & ~np.eye(len(fresh), dtype=np.bool_)
    if not open_pairs.any():
        return None
    # Rounding must not choose between equals: of those the first is taken.
    a, b = np.unravel_index(np.where(open_pairs, value.round(9), -1).argmax(), value.shape)
    return abilities.items[a], abilities.items[b]


def split_half(comparisons: Iterable[Comparison], *, splits: int = 100, seed: int = 0) -> float | None:
    """How well two halves of the judges agree: the mean correlation of the abilities that each half gives.

    Judges are dealt into halves at random, `splits` times (Bisson, Gilmore, Inglis and Jones, 2016); with
    fewer than two of them, the single comparisons are. Both halves are fitted under the prior, over all
    items. None where a half cannot tell items apart. Adaptive pairs do not inflate this figure as they do the
    scale separation reliability (Bramley, 2015).
    """
    every = sorted(comparisons)
    judges = sorted({each.judge for each in every})
    if len(judges) > 1:
        unit = np.array([judges.index(each.judge) for each in every])
    else:
        every = [each._replace(times=1) for each in every for _ in range(each.times)]
        unit = np.arange(len(every))
    names, meetings = _coded(every)
    precision = np.full(len(names), 1 / PRIOR_VARIANCE)
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(splits):
        dealt = chance.permutation(unit.max(initial=-1) + 1)[unit] % 2 == 0
        halves = [_newton(_wins(meetings[:, half], len(names)), precision)[0] for half in (dealt, ~dealt)]
        if min(np.ptp(half) if len(half) else 0 for half in halves) > 0:
            found.append(float(np.corrcoef(halves[0], halves[1])[0, 1]))
    return sum(found) / len(found) if found else None


def _coded(comparisons: Iterable[Comparison], more: Iterable[str] = ()) -> tuple[tuple[str, ...], Vector]:
    """The items in order of name, and four rows: the places of a and b among them, the wins of a and of b."""
    every = sorted(comparisons)
    for _, a, b, result, times in every:
        if a == b:
            raise ValueError(f"{a} is compared with itself")
        if result not in (0, 0.5, 1) or times < 1:
            raise ValueError("a result is 0, 0.5 or 1, and counts at least once")
    names = tuple(sorted({item for each in every for item in (each.a, each.b)}.union(more)))
    at = {name: index for index, name in enumerate(names)}
    rows = [
        (at[each.a], at[each.b], each.result * each.times, (1 - each.result) * each.times) for each in every
    ]
    return names, np.array(rows, dtype=float).reshape(-1, 4).T


def _wins(meetings: Vector, n: int) -> Vector:
    """How often the item of the row was preferred to the item of the column."""
    a, b = meetings[:2].astype(np.int64)
    cells = np.concatenate([a * n + b, b * n + a])
    won = np.bincount(cells, np.concatenate([meetings[2], meetings[3]]), minlength=n * n)
    return np.asarray(won.reshape(n, n), dtype=float)


def _chances(ability: Vector) -> Vector:
    """For each pair the chance that the item of the row is preferred."""
    difference = ability[:, None] - ability[None, :]
    return np.asarray(np.exp(-np.logaddexp(0, -difference)))


def _newton(wins: Vector, precision: Vector) -> tuple[Vector, Vector]:
    """The abilities of the largest posterior, their mean at 0, and the information there.

    The log posterior is concave. A step that does not raise it is halved, which far from the top it needs.
    """
    meetings = wins + wins.T
    ability = np.zeros(len(wins))

    def height(at: Vector) -> float:
        difference = at[:, None] - at[None, :]
        return float(-(wins * np.logaddexp(0, -difference)).sum() - (precision * at**2).sum() / 2)

    def information(at: Vector) -> Vector:
        p = _chances(at)
        weight = meetings * p * (1 - p)
        return np.asarray(np.diag(weight.sum(axis=1) + precision) - weight)

    for _ in range(_MOST_STEPS):
        p = _chances(ability)
        slope = (wins - meetings * p).sum(axis=1) - precision * ability
        # Without a prior only differences count: the ones added to the matrix hold the mean at 0.
        step = np.linalg.solve(information(ability) + (0 if precision.any() else 1), slope)
        now = height(ability)
        while height(ability + step) < now - _CONVERGED * abs(now):
            step /= 2
        ability = ability + step
        if np.abs(step).max(initial=0) < _CONVERGED * max(1, np.abs(ability).max(initial=0)):
            break
    return ability, information(ability)


def _check_determined(items: tuple[str, ...], wins: Vector) -> None:
    """Raises UndeterminedError unless a chain of wins or ties leads from every item to every other."""
    apart, groups = connected_components(wins + wins.T, directed=False)
    if apart > 1:
        beyond = [item for item, group in zip(items, groups, strict=True) if group != groups[0]]
        raise UndeterminedError(
            beyond, f"No comparison, however indirect, joins {_listed(beyond)} to {items[0]}."
        )
    pieces, groups = connected_components(wins, directed=True, connection="strong")
    if pieces > 1:
        # A group that nobody outside beats is there, since groups of a directed graph form no circle.
        best = next(
            group for group in groups.tolist() if not wins[np.ix_(groups != group, groups == group)].any()
        )
        top = [item for item, group in zip(items, groups, strict=True) if group == best]
        raise UndeterminedError(top, f"{_listed(top)} won every comparison with the others.")


def _listed(items: Sequence[str]) -> str:
    shown = ", ".join(items[:5])
    return shown if len(items) <= 5 else f"{shown} and {len(items) - 5} more"
