"""Which judge reads which pitch where it matters who knows the subject: the best match, exactly.

`assignment` shares pitches out evenly and knows no more; it is the quiet default, quick and without numpy.
This module takes over where there are gains, limits or a re-run to respect. It decides in this order:

1. no conflict is ever assigned, fixed pairs stay, and nobody goes over a limit; 2. every pitch gets its
reviews, or as many as can be had, and the shortest lacks as little as can be; 3. loads stay within bounds:
those given, or the tightest that are possible; 4. on a re-run as many of the previous pairs as possible stay;
5. the worst match is as good as it can be (a bottleneck: maximum flows above a threshold, found by
bisection); 6. the sum of gains is as large as it can be (a transport problem, see `transport`); 7. pitches
and judges hang together in one piece (see `linking`), at the smallest loss that exchanges find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from pitchfest.judging.rules import linking
from pitchfest.judging.rules.assignment import Pair, Unmet
from pitchfest.judging.rules.transport import (
    Counts,
    Gains,
    Mask,
    Transport,
    flow,
    furthest,
    optimum,
    possible,
)

LARGEST_GAIN = 1_000_000


@dataclass(frozen=True, slots=True)
class Panel:
    """What is to be assigned. Names are unique; pairs are (judge, pitch).

    `gain` is pitch × judge in whole numbers, more for a better match, at most a million either way. `reviews`
    says how many judges each pitch needs. `load` bounds the pitches of each judge; None means as even as
    possible. `limits` are the most that single judges take. `forbidden` outranks `fixed`, and `fixed` all
    else. `previous` is an earlier assignment to depart from as little as possible.
    """

    pitches: tuple[str, ...]
    judges: tuple[str, ...]
    gain: Gains
    reviews: Mapping[str, int]
    load: tuple[int, int] | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    forbidden: frozenset[Pair] = frozenset()
    fixed: frozenset[Pair] = frozenset()
    previous: frozenset[Pair] = frozenset()


@dataclass(frozen=True, slots=True)
class Matching:
    """An assignment. `total` is the sum of the gains of all pairs, `floor` the smallest gain of a pair that
    was chosen here (None where all were fixed), `components` the pieces that pitches and judges fall into,
    `contrast_variance` how badly judges compare (see `linking`; None in pieces), `notes` sentences for
    people.
    """

    pairs: frozenset[Pair]
    total: int
    floor: int | None
    loads: dict[str, int]
    components: int
    contrast_variance: float | None
    unmet: tuple[Unmet, ...]
    notes: tuple[str, ...]


def match(panel: Panel, *, best_floor: bool = True, one_piece: bool = True, seed: int = 0) -> Matching:
    """Assign judges to pitches, as the module says. Without `best_floor` step 5 is left out, without
    `one_piece` step 7. `seed` draws which of several equally good choices is taken.

    The order of anything given changes nothing. Pairs of names not given are ignored. Raises ValueError for
    gains of the wrong shape or size, names given twice, and counts below zero.
    """
    _check(panel)
    panel = _sorted(panel)
    fixed = _mask(panel, panel.fixed - panel.forbidden)
    allowed = ~_mask(panel, panel.forbidden) & ~fixed
    task = _feasible(panel, allowed, fixed)
    stays = _staying(panel, task)
    rest = _without(task, stays)
    floor_arcs = _above_best_floor(panel.gain, rest) if best_floor else rest
    fuzz = np.random.default_rng(seed).random(panel.gain.shape) / (2 * task.total + 2)
    chosen = stays | optimum(panel.gain + fuzz, floor_arcs, flow(floor_arcs))
    unmet = _unmet(panel, task, chosen, fixed)
    notes: tuple[str, ...] = ()
    if one_piece:
        design = linking.Design(panel.gain, fixed | stays, rest)
        linked = linking.link(design, chosen & ~stays, floor_arcs.allowed)
        chosen, notes = stays | linked.chosen, linked.notes
    return _result(panel, chosen, fixed, unmet, notes)


def _check(panel: Panel) -> None:
    if panel.gain.shape != (len(panel.pitches), len(panel.judges)):
        raise ValueError("the gains need a row for each pitch and a column for each judge")
    if panel.gain.size and np.abs(panel.gain).max() > LARGEST_GAIN:
        raise ValueError(f"a gain is at most {LARGEST_GAIN} either way")
    if len(set(panel.pitches)) < len(panel.pitches) or len(set(panel.judges)) < len(panel.judges):
        raise ValueError("a pitch and a judge are named once")
    if min([*panel.reviews.values(), *panel.limits.values(), *(panel.load or ())], default=0) < 0:
        raise ValueError("reviews, limits and loads are not below zero")


def _sorted(panel: Panel) -> Panel:
    rows = sorted(range(len(panel.pitches)), key=panel.pitches.__getitem__)
    columns = sorted(range(len(panel.judges)), key=panel.judges.__getitem__)
    return replace(
        panel,
        pitches=tuple(panel.pitches[at] for at in rows),
        judges=tuple(panel.judges[at] for at in columns),
        gain=panel.gain[np.ix_(rows, columns)],
    )


def _mask(panel: Panel, pairs: Iterable[Pair]) -> Mask:
    pitch_at = {pitch: at for at, pitch in enumerate(panel.pitches)}
    judge_at = {judge: at for at, judge in enumerate(panel.judges)}
    mask = np.zeros(panel.gain.shape, dtype=np.bool_)
    for judge, pitch in pairs:
        if judge in judge_at and pitch in pitch_at:
            mask[pitch_at[pitch], judge_at[judge]] = True
    return mask


def _feasible(panel: Panel, allowed: Mask, fixed: Mask) -> Transport:
    """Steps 1 to 3: what can be had besides the fixed pairs, with bounds that can all be met at once."""
    wanted = np.array([panel.reviews.get(pitch, 0) for pitch in panel.pitches], dtype=np.int64)
    need = np.maximum(wanted - fixed.sum(axis=1), 0)
    held = fixed.sum(axis=0)
    can = allowed.sum(axis=0) + held
    cap = np.array([panel.limits.get(judge, len(panel.pitches)) for judge in panel.judges], dtype=np.int64)
    cap = np.minimum(cap, can)

    def room(level: int) -> Counts:
        return np.asarray(np.maximum(np.minimum(level, cap) - held, 0))

    none = np.zeros_like(held)
    largest = panel.load[1] if panel.load else int(cap.max(initial=0))
    open_task = Transport(allowed, np.zeros_like(need), need, none, room(largest), int(need.sum()))
    total = int(flow(open_task).sum())
    task = replace(open_task, total=total)
    if panel.load is None:
        fair = -(-(total + int(held.sum())) // max(len(held), 1))
        levels = range(largest, min(fair, largest) - 1, -1)
        largest = furthest(levels, lambda level: possible(replace(task, high=room(level))))
        task = replace(task, high=room(largest))
    task = replace(task, least=_fair(need, task))
    lowest = min(panel.load[0] if panel.load else largest, largest)
    smallest = furthest(
        [level for level in range(lowest + 1) if room(level).sum() <= total],
        lambda level: possible(replace(task, low=room(level))),
    )
    task = replace(task, low=room(smallest))
    fill = need if total == need.sum() else flow(task).sum(axis=1)
    return replace(task, least=fill, most=fill)


def _fair(need: Counts, task: Transport) -> Counts:
    """The least that each pitch gets when the one that lacks most lacks as little as can be."""
    if task.total == need.sum():
        return need

    def lacking(short: int) -> Counts:
        return np.maximum(need - short, 0)

    shorts = range(int(need.max()), -1, -1)
    return lacking(furthest(shorts, lambda short: possible(replace(task, least=lacking(short)))))


def _staying(panel: Panel, task: Transport) -> Mask:
    """Step 4: the previous pairs that stay, as many as can, and among equally many those of more gain."""
    before = _mask(panel, panel.previous) & task.allowed
    if not before.any():
        return before
    span = float(np.ptp(panel.gain[before])) + 1
    share = (panel.gain - panel.gain[before].min()) / (span * (before.sum() + 1))
    return before & optimum(np.where(before, 1 + share, 0), task, flow(task))


def _without(task: Transport, pairs: Mask) -> Transport:
    """What is left to choose once these pairs are."""
    of_pitch, of_judge = pairs.sum(axis=1), pairs.sum(axis=0)
    return Transport(
        task.allowed & ~pairs,
        task.least - of_pitch,
        task.most - of_pitch,
        np.maximum(task.low - of_judge, 0),
        task.high - of_judge,
        task.total - int(pairs.sum()),
    )


def _above_best_floor(gain: Gains, task: Transport) -> Transport:
    """Step 5: the same task with the pairs whose gain reaches the highest floor that leaves a choice."""
    values = np.unique(gain[task.allowed])
    if not task.total:
        return task
    # No floor is above what the pitch or the judge worst off would get if all others stood back.
    ranked = -np.sort(np.where(task.allowed, -gain, LARGEST_GAIN + 1), axis=1)
    limits = [ranked[at, n - 1] for at, n in enumerate(task.most) if n]
    ranked = -np.sort(np.where(task.allowed, -gain, LARGEST_GAIN + 1), axis=0)
    limits += [ranked[n - 1, at] for at, n in enumerate(task.low) if n]
    values = values[values <= min(limits)]
    best = furthest(
        values.tolist(),
        lambda floor: possible(replace(task, allowed=task.allowed & (gain >= floor))),
    )
    return replace(task, allowed=task.allowed & (gain >= best))


def _unmet(panel: Panel, task: Transport, chosen: Mask, fixed: Mask) -> tuple[Unmet, ...]:
    given = (chosen | fixed).sum(axis=1)
    found = []
    for at, pitch in enumerate(panel.pitches):
        wanted = panel.reviews.get(pitch, 0)
        if given[at] < wanted:
            why = _why(at, wanted, int(given[at]), task, chosen, fixed)
            found.append(Unmet(pitch, wanted - int(given[at]), why))
    return tuple(found)


def _why(at: int, wanted: int, given: int, task: Transport, chosen: Mask, fixed: Mask) -> str:
    """Too few may read it; or those who may are full, and so is everyone they could hand a pitch to."""
    n_judges = chosen.shape[1]
    able = int((task.allowed[at] | fixed[at]).sum())
    has = f"Has {given} of {wanted} {'judge' if wanted == 1 else 'judges'}"
    if 0 < able == n_judges < wanted:
        return (
            f"{has}: {f'all {able}' if able > 1 else 'the only judge'} may read it, and {wanted} are wanted."
        )
    if able < wanted:
        return f"{has}: {f'only {able}' if able else 'none'} of the {n_judges} on the panel may read it."
    rivals, readers = np.zeros(len(chosen), dtype=np.bool_), np.zeros(n_judges, dtype=np.bool_)
    rivals[at] = True
    while True:
        readers = np.asarray((task.allowed & ~chosen)[rivals].any(axis=0))
        more = np.asarray(rivals | chosen[:, readers].any(axis=1))
        if (more == rivals).all():
            break
        rivals = more
    room = int(task.high[readers].sum())
    return (
        f"{has}: nobody who may read it has room left. Judges concerned: {int(readers.sum())}. "
        f"Their room: {room}. Pitches that share it: {int(rivals.sum())}."
    )


def _result(
    panel: Panel, chosen: Mask, fixed: Mask, unmet: tuple[Unmet, ...], notes: tuple[str, ...]
) -> Matching:
    pairs = chosen | fixed
    loads = pairs.sum(axis=0)
    pieces = linking.pieces(pairs)
    return Matching(
        pairs=frozenset((panel.judges[j], panel.pitches[p]) for p, j in np.argwhere(pairs)),
        total=int(panel.gain[pairs].sum()),
        floor=int(panel.gain[chosen].min()) if chosen.any() else None,
        loads={judge: int(load) for judge, load in zip(panel.judges, loads, strict=True)},
        components=pieces.number,
        contrast_variance=linking.contrast_variance(pairs) if pieces.number == 1 else None,
        unmet=unmet,
        notes=(*notes, *_load_notes(panel, loads)),
    )


def _load_notes(panel: Panel, loads: Counts) -> Iterator[str]:
    """What stands against the loads that were asked for."""
    low, high = panel.load or (0, len(panel.pitches))
    if below := int((loads < low).sum()):
        yield (
            f"{below} of {len(loads)} judges have fewer than {low} pitches: "
            "conflicts, limits or too few reviews leave no more."
        )
    if above := int((loads > high).sum()):
        yield f"{above} of {len(loads)} judges have more than {high} pitches, because pairs are fixed."
