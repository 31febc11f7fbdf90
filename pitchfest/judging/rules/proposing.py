"""Asking the engine for a plan of who reads what. Import it where it runs: it needs numpy."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from pitchfest.judging.rules.matching import Panel, match
from pitchfest.judging.rules.planning import Ground, Ids, Lack, Proposal


def propose(
    ground: Ground,
    *,
    pinned: Collection[Ids] = (),
    excluded: Collection[Ids] = (),
    previous: Collection[Ids] = (),
    seed: int = 0,
) -> Proposal:
    """The engine's choice: cards that exist and pinned pairs stay, excluded ones are never chosen, nobody
    gets a pitch that they are not cleared for, or more than they take, and as many as possible of the
    `previous` pairs stay. Then the worst match is as good as it can be, and the sum of all.
    """
    names = {member_id: f"{member_id:012d}" for member_id in ground.judges}
    members = {name: member_id for member_id, name in names.items()}
    ids = {reference: pitch_id for pitch_id, reference in ground.pitches.items()}

    def named(pairs: Collection[Ids]) -> frozenset[tuple[str, str]]:
        known = (pair for pair in pairs if pair[0] in names and pair[1] in ground.pitches)
        return frozenset((names[member_id], ground.pitches[pitch_id]) for member_id, pitch_id in known)

    open_pairs = named((ground.may | ground.cards.keys()) - frozenset(excluded))
    every = frozenset((name, reference) for name in members for reference in ids)
    gain = np.array(
        [[ground.gains.get((members[n], ids[r]), 0) for n in sorted(members)] for r in sorted(ids)],
        dtype=np.int64,
    )
    found = match(
        Panel(
            pitches=tuple(sorted(ids)),
            judges=tuple(sorted(members)),
            gain=gain.reshape(len(ids), len(members)),
            reviews=dict.fromkeys(ids, ground.per_pitch),
            limits={
                names[member_id]: limit for member_id, limit in ground.limits.items() if member_id in names
            },
            forbidden=every - open_pairs,
            fixed=named(frozenset(pinned) | ground.cards.keys()),
            previous=named(previous),
        ),
        seed=seed,
    )
    return Proposal(
        pairs=frozenset((members[judge], ids[pitch]) for judge, pitch in found.pairs),
        pieces=found.components,
        lacking=tuple(Lack(ids[unmet.pitch], unmet.missing, unmet.why) for unmet in found.unmet),
    )
