"""Whether pitches and judges hang together, and how to make them.

Only within one piece of the graph of pitches and judges can the severity of judges be told from the quality
of what they read. Where subjects form islands, the best match falls into pieces. Exchanges then join them:
two judges give each other a pitch, so that nobody's load and no pitch's number of reviews changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

from pitchfest.judging.rules.transport import Gains, Mask, Transport, balance

#: The share of reviews, in hundredths, that cross from one former piece to another once pieces are joined.
CROSSING = 10
# The change of gain of what cannot be; no two real changes add up to half of it.
_NEVER = -(10**9)
# Branching ends here, for a round so large and so full of conflicts that it would take minutes.
_MOST_NODES = 1000
Labels = NDArray[np.int64]


class Pieces(NamedTuple):
    """How many pieces there are, and which each pitch and each judge is in; -1 for those without a pair."""

    number: int
    of_pitch: Labels
    of_judge: Labels


@dataclass(frozen=True, slots=True)
class Design:
    """What may be changed: `held` pairs stay; the others are a choice that meets `task`."""

    gain: Gains
    held: Mask
    task: Transport


class Linked(NamedTuple):
    """The changed choice, and what it took, as sentences."""

    chosen: Mask
    notes: tuple[str, ...]


def pieces(pairs: Mask) -> Pieces:
    """The connected pieces of the graph in which each pair joins a pitch and a judge."""
    n_pitches = len(pairs)
    _, labels = connected_components(_graph(pairs, np.ones(pairs.shape)), directed=False)
    joined = np.concatenate([pairs.any(axis=1), pairs.any(axis=0)])
    found = np.full(len(joined), -1)
    names, found[joined] = np.unique(labels[joined], return_inverse=True)
    return Pieces(len(names), found[:n_pitches], found[n_pitches:])


def contrast_variance(pairs: Mask) -> float | None:
    """The mean variance of a difference between two judges' severities, in units of the residual variance.

    From the pitches alone, in one piece: 2 tr(L⁺)/(J - 1) with L = D_judge - N'D_pitch⁻¹N (Cox and Reid, "The
    Theory of the Design of Experiments", 2000, on average pairwise variance). None for fewer than two judges.
    """
    table = pairs[np.ix_(pairs.any(axis=1), pairs.any(axis=0))].astype(float)
    n_judges = table.shape[1]
    if n_judges < 2:
        return None
    laplacian = np.diag(table.sum(axis=0)) - (table / table.sum(axis=1, keepdims=True)).T @ table
    values = np.linalg.eigvalsh(laplacian)
    return float(2 * (1 / values[1:]).sum() / (n_judges - 1))


def link(design: Design, chosen: Mask, preferred: Mask) -> Linked:
    """Join the pieces, and have a tenth of all reviews cross between what were pieces, at a small loss.

    Only pairs in `preferred` come in as long as they are enough, then any that `design` allows. What is in
    one piece already is left as it is.
    """
    before = pieces(chosen | design.held)
    if before.number < 2:
        return Linked(chosen, ())
    n_pairs = int((chosen | design.held).sum())
    if n_pairs < (before.of_pitch >= 0).sum() + (before.of_judge >= 0).sum() - 1:
        return Linked(chosen, (f"{n_pairs} reviews are too few to join all pitches and judges.",))
    home = before.of_pitch[:, None] == before.of_judge[None, :]
    linked = chosen
    for arcs in (preferred, design.task.allowed):
        linked = _joined(design, linked, arcs)
        if pieces(linked | design.held).number > 1:
            linked = _branched(design, linked, arcs)
        if pieces(linked | design.held).number == 1:
            linked = _crossed(design, linked, arcs, home)
            if _crossing(linked | design.held, home) * 100 >= CROSSING * n_pairs:
                break
    return Linked(linked, (_note(design, chosen, linked, home, before.number),))


def _note(design: Design, before: Mask, after: Mask, home: Mask, n_pieces: int) -> str:
    left = pieces(after | design.held).number
    if left > 1:
        return (
            f"Pitches and judges are in {left} pieces and cannot be joined: "
            "scores of different pieces cannot be calibrated against each other."
        )
    lost = int(design.gain[before].sum() - design.gain[after].sum())
    crossing, reviews = _crossing(after | design.held, home), int((after | design.held).sum())
    was, worst = int(design.gain[before].min()), int(design.gain[after].min())
    floor = f" The worst match fell from {was} to {worst}." if worst < was else ""
    return (
        f"The best match was in {n_pieces} pieces. {crossing} of {reviews} reviews now join them, "
        f"for {lost} of {design.gain[before].sum()} points of gain.{floor}"
    )


def _crossing(pairs: Mask, home: Mask) -> int:
    return int((pairs & ~home).sum())


def _joined(design: Design, chosen: Mask, arcs: Mask) -> Mask:
    """Exchange between two pieces until there is one, or no exchange is left.

    One of the two pairs given up must be on a cycle, for then nothing falls apart. Where there are enough
    reviews some piece has a cycle, so only conflicts can leave no exchange.
    """
    while True:
        now = pieces(chosen | design.held)
        apart = now.of_judge[:, None] != now.of_judge[None, :]
        apart &= (now.of_judge >= 0)[:, None] & (now.of_judge >= 0)[None, :]
        free = chosen & _on_cycles(chosen | design.held)
        exchanged = _exchanged(design, chosen, free, chosen, arcs, apart)
        if now.number == 1 or exchanged is None:
            return chosen
        chosen = exchanged


def _crossed(design: Design, chosen: Mask, arcs: Mask, home: Mask) -> Mask:
    """Exchange between former pieces until enough reviews cross, never touching a spanning tree."""
    tree = _forest(chosen | design.held, design.gain)
    n_pairs = int((chosen | design.held).sum())
    apart = ~(home.T.astype(int) @ home > 0)
    while _crossing(chosen | design.held, home) * 100 < CROSSING * n_pairs:
        free = chosen & home & ~tree
        exchanged = _exchanged(design, chosen, free, free, arcs, apart)
        if exchanged is None:
            return chosen
        chosen = exchanged
    return chosen


def _exchanged(
    design: Design, chosen: Mask, first: Mask, second: Mask, arcs: Mask, apart: Mask
) -> Mask | None:
    """The choice after the best exchange of a pair in `first` for one in `second`, between judges who are
    `apart`; None where there is none.
    """
    pairs = chosen | design.held
    open_arcs = arcs & ~pairs
    there, back = (_moves(design.gain, give, open_arcs, apart) for give in (first, second))
    value = there + back.T
    giver, taker = np.unravel_index(value.argmax(), value.shape)
    if value[giver, taker] < _NEVER // 2:
        return None
    changed = chosen.copy()
    for give, a, b in ((first, giver, taker), (second, taker, giver)):
        gained = np.where(give[:, a] & open_arcs[:, b], design.gain[:, b] - design.gain[:, a], _NEVER)
        pitch = gained.argmax()
        changed[pitch, a], changed[pitch, b] = False, True
    return changed


def _moves(gain: Gains, give: Mask, open_arcs: Mask, apart: Mask) -> Gains:
    """Judge × judge: the most that handing one pitch on from the one to the other adds to the total."""
    best = np.full(apart.shape, _NEVER)
    judge, pitch = np.nonzero(give.T)
    if len(judge):
        valid = open_arcs[pitch] & apart[judge]
        change = np.where(valid, gain[pitch] - gain[pitch, judge][:, None], _NEVER)
        givers, begins = np.unique(judge, return_index=True)
        best[givers] = np.maximum.reduceat(change, begins)
    return best


def _branched(design: Design, chosen: Mask, arcs: Mask) -> Mask:
    """A best choice in one piece where conflicts leave no exchange; the choice as it was if there is none.

    An integer programme: every set of pitches and judges that was found to be a piece must have a pair that
    leaves it. Each round adds the pieces of the last answer, until there is one or nothing is possible. Up to
    a tenth of a percent of the gain may be missed.
    """
    pitch, judge = np.nonzero(arcs | chosen)
    n_judges = arcs.shape[1]
    sums = np.concatenate([design.task.most, np.zeros(n_judges)])
    rules = [LinearConstraint(balance(pitch, judge, arcs.shape), sums, sums)]
    low = np.concatenate([np.zeros(len(pitch)), design.task.low])
    high = np.concatenate([np.ones(len(pitch)), design.task.high])
    found = chosen
    while (now := pieces(found | design.held)).number > 1:
        leaves = [(now.of_pitch[pitch] == at) != (now.of_judge[judge] == at) for at in range(now.number)]
        cuts = np.pad(np.array(leaves, dtype=float), ((0, 0), (0, n_judges)))
        rules.append(LinearConstraint(csr_array(cuts), 1, np.inf))
        answer = milp(
            np.concatenate([-design.gain[pitch, judge], np.zeros(n_judges)]),
            constraints=rules,
            bounds=Bounds(low, high),
            integrality=1,
            options={"mip_rel_gap": 0.001, "node_limit": _MOST_NODES},
        )
        if answer.x is None:
            return chosen
        found = np.zeros_like(chosen)
        found[pitch, judge] = answer.x[: len(pitch)] > 0.5
    return found


def _on_cycles(pairs: Mask) -> Mask:
    """The pairs without which nothing falls apart.

    Every pair outside a spanning tree closes a cycle. A pair of the tree lies on one where some pair outside
    has one end below it and the other not, which a bit for each of those tells of all at once.
    """
    n_pitches = len(pairs)
    graph, found = _graph(pairs, np.ones(pairs.shape)), pieces(pairs)
    labels = np.concatenate([found.of_pitch, found.of_judge])
    tree, rooted = np.zeros_like(pairs), []
    for piece in range(found.number):
        order, above = breadth_first_order(graph, int(np.argmax(labels == piece)), directed=False)
        for node in order[1:]:
            pitch, judge = sorted((int(node), int(above[node])))
            tree[pitch, judge - n_pitches] = True
            rooted.append((int(node), int(above[node]), pitch, judge - n_pitches))
    spans = [0] * len(labels)
    for bit, (pitch, judge) in enumerate(np.argwhere(pairs & ~tree).tolist()):
        spans[pitch] ^= 1 << bit
        spans[n_pitches + judge] ^= 1 << bit
    on_cycles = pairs & ~tree
    for node, parent, pitch, judge in reversed(rooted):
        on_cycles[pitch, judge] = spans[node] != 0
        spans[parent] ^= spans[node]
    return on_cycles


def _forest(pairs: Mask, gain: Gains) -> Mask:
    """A spanning forest of the graph, made of the pairs with the largest gains."""
    n_pitches = len(pairs)
    kept = minimum_spanning_tree(_graph(pairs, gain.max() + 1 - gain)).toarray() > 0
    return np.asarray(kept[:n_pitches, n_pitches:])


def _graph(pairs: Mask, weight: NDArray[Any]) -> Any:
    """Pitches, then judges, with an edge of that weight for each pair."""
    pitch, judge = np.nonzero(pairs)
    size = sum(pairs.shape)
    return csr_array((weight[pitch, judge], (pitch, len(pairs) + judge)), shape=(size, size))
