"""The transport problem between pitches and judges, solved exactly.

Matrices are pitch × judge. Each pitch gets a number of reviews, each judge gives a number between two bounds,
and a pair is chosen once or not at all. The constraints of such a problem are totally unimodular, so that the
simplex method ends at whole numbers (Hoffman and Kruskal, 1956) and nothing has to be rounded or branched on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import maximum_flow

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]
Gains = NDArray[np.int64]
Weights = NDArray[np.float64]
T = TypeVar("T")

_PRICE_ROUNDS = 40
_SPARE_ARCS = 3
# HiGHS calls a reduced cost zero up to this.
_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True)
class Transport:
    """Which pairs may be chosen, and how many: from `least` to `most` of each pitch, `low` to `high` of each
    judge, `total` in all.
    """

    allowed: Mask
    least: Counts
    most: Counts
    low: Counts
    high: Counts
    total: int


def furthest(candidates: Sequence[T], fits: Callable[[T], bool]) -> T:
    """The last candidate that fits, where all before one that fits do too. The first is taken to fit."""
    if fits(candidates[-1]):
        return candidates[-1]
    good, bad = 0, len(candidates) - 1
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if fits(candidates[middle]) else (good, middle)
    return candidates[good]


def flow(task: Transport) -> Mask:
    """Pairs that keep every upper bound: `total` of them where all bounds can be met, otherwise fewer.

    A maximum flow (Dinic) in which what a pitch or judge must have runs directly, and what they may have
    on top runs through one arc that leaves just enough over: only a flow that meets all lower bounds is full.
    """
    n_pitches, n_judges = task.allowed.shape
    must_give, must_take = int(task.least.sum()), int(task.low.sum())
    if max(must_give, must_take) > task.total:
        return np.zeros_like(task.allowed)
    pitch, judge = np.nonzero(task.allowed)
    source, spare_source, spare_sink, sink = (n_pitches + n_judges + at for at in range(4))
    pitches, judges = np.arange(n_pitches), np.arange(n_pitches, n_pitches + n_judges)
    arcs = [
        ([source], [spare_source], [task.total - must_give]),
        (np.full(n_pitches, source), pitches, task.least),
        (np.full(n_pitches, spare_source), pitches, task.most - task.least),
        (pitch, n_pitches + judge, np.ones(len(pitch))),
        (judges, np.full(n_judges, spare_sink), task.high - task.low),
        (judges, np.full(n_judges, sink), task.low),
        ([spare_sink], [sink], [task.total - must_take]),
    ]
    tails, heads, capacities = (np.concatenate(parts) for parts in zip(*arcs, strict=True))
    network = csr_array((capacities.astype(np.int32), (tails, heads)), shape=(sink + 1, sink + 1))
    found = maximum_flow(network, source, sink).flow
    return np.asarray(found[:n_pitches, n_pitches : n_pitches + n_judges].toarray() > 0)


def possible(task: Transport) -> bool:
    """Whether all bounds can be met at once."""
    return int(flow(task).sum()) == task.total


def optimum(weights: Weights, task: Transport, start: Mask) -> Mask:
    """The choice of the largest sum of weights. `least` equals `most`; `start` is any possible choice.

    A linear programme on the pairs that prices make likely. Its dual values price all others; those that
    would gain enter and it is solved again, until none would: the optimum over all pairs (column generation,
    Dantzig and Wolfe, 1960). Raises ArithmeticError should the solver fail.
    """
    if not task.total:
        return np.zeros_like(task.allowed)
    worth = np.where(task.allowed, weights, -np.inf)
    columns = start | (_likely(worth, task) & task.allowed)
    while True:
        chosen, pitch_price, judge_price = _solved(weights, task, columns)
        better = worth > pitch_price[:, None] + judge_price[None, :] + _TOLERANCE
        missing = better & ~columns
        if not missing.any():
            return chosen
        columns |= missing


def _likely(worth: Weights, task: Transport) -> Mask:
    """For each pitch its best few judges, after prices that keep most judges within their bounds.

    The prices come from subgradient steps on the Lagrangian dual; they decide how fast, never how well.
    """
    n_judges = worth.shape[1]
    wanted = min(int(task.most.max(initial=1)), n_judges)
    price = np.zeros(n_judges)
    finite = worth[task.allowed]
    step = float(np.ptp(finite)) / 4 if finite.size else 0.0
    for _ in range(_PRICE_ROUNDS):
        load = np.bincount(_best(worth - price, wanted).ravel(), minlength=n_judges)
        excess = load - np.clip(load, task.low, task.high)
        if not excess.any():
            break
        price += step * excess / np.maximum(task.high, 1)
        step *= 0.9
    likely = np.zeros(worth.shape, dtype=np.bool_)
    np.put_along_axis(likely, _best(worth - price, min(wanted + _SPARE_ARCS, n_judges)), values=True, axis=1)
    return likely


def _best(worth: Weights, count: int) -> NDArray[np.intp]:
    """The columns of the `count` largest values of each row."""
    return np.argpartition(-worth, count - 1, axis=1)[:, :count]


def _solved(weights: Weights, task: Transport, columns: Mask) -> tuple[Mask, Weights, Weights]:
    """The best choice among some pairs, and what one review more is worth for each pitch and each judge."""
    n_pitches = len(task.most)
    pitch, judge = np.nonzero(columns)
    answer = linprog(
        np.concatenate([-weights[pitch, judge], np.zeros(len(task.low))]),
        A_eq=balance(pitch, judge, columns.shape),
        b_eq=np.concatenate([task.most, np.zeros(len(task.low))]),
        bounds=np.concatenate([np.tile([0, 1], (len(pitch), 1)), np.column_stack([task.low, task.high])]),
        method="highs-ds",
        # With 5,000 pitches presolving takes minutes, and solving half a second without it.
        options={"presolve": False},
    )
    if answer.status != 0:
        raise ArithmeticError(f"the solver failed: {answer.message}")
    chosen = np.zeros(columns.shape, dtype=np.bool_)
    chosen[pitch, judge] = answer.x[: len(pitch)] > 0.5
    prices = -answer.eqlin.marginals
    return chosen, prices[:n_pitches], prices[n_pitches:]


def balance(pitch: NDArray[np.intp], judge: NDArray[np.intp], shape: tuple[int, int]) -> Any:
    """The rows of the programme, sparse: the pairs of each pitch; the pairs of each judge less the load.

    The columns are the pairs, then one load for each judge.
    """
    n_pitches, n_judges = shape
    pairs, loads = np.arange(len(pitch)), np.arange(n_judges)
    values = np.concatenate([np.ones(2 * len(pitch)), -np.ones(n_judges)])
    at_row = np.concatenate([pitch, n_pitches + judge, n_pitches + loads])
    at_column = np.concatenate([pairs, pairs, len(pitch) + loads])
    return csc_array((values, (at_row, at_column)), shape=(n_pitches + n_judges, len(pitch) + n_judges))
