"""The order in which a judge meets the pitches: by chance, each judge's own, and the same each time. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def own_order(member_id: int, card_ids: Iterable[int]) -> list[int]:
    """The cards of one judge of a challenge, in that judge's own order; a new card moves none of the others.

    Pitches that are read last are scored differently: no pitch should be last for everyone.
    """
    return sorted(card_ids, key=lambda card_id: hashlib.sha256(f"{member_id}:{card_id}".encode()).digest())
