"""The chain: what an entry's hash is over, and how a chain is checked. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pitchfest.kernel.text import canonical_json

FORMAT = 1
FIRST_PREVIOUS = "0" * 64
COLUMNS = ("seq", "format", "at", "actor", "role", "action", "object", "detail", "prev_hash")


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Lower-case hex SHA-256 of the UTF-8 canonical JSON of every column but `hash` itself."""
    return hashlib.sha256(canonical_json({c: entry[c] for c in COLUMNS}).encode()).hexdigest()


def salted_hash(salt: str, *values: object) -> str:
    """A hash that commits to `values` without telling them, as long as `salt` stays secret."""
    return hashlib.sha256(canonical_json([salt, *values]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold, and why, in plain English."""

    seq: int
    reason: str


def parse_anchor(text: str) -> tuple[int, str]:
    """`SEQ:HASH` as printed on receipts and opening records. Raises ValueError otherwise."""
    seq, _, digest = text.strip().partition(":")
    if not seq.isdigit() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ValueError("an anchor looks like 128:9f2c…, a number, a colon and 64 hex digits")
    return int(seq), digest


def first_break(
    entries: Iterable[Mapping[str, Any]], anchors: Iterable[tuple[int, str]] = ()
) -> tuple[int, Break | None]:
    """Walk the chain in order of seq; the number of good entries and the first break, if any.

    Sequence numbers must be consecutive from 1; times need not increase. Each anchor
    (seq, hash) must be found in the chain, so that a cut tail shows.
    """
    wanted, previous, count = dict(anchors), FIRST_PREVIOUS, 0
    for entry in entries:
        seq = entry["seq"]
        if seq != count + 1:
            return count, Break(count + 1, f"entry {count + 1} is missing")
        if entry["prev_hash"] != previous:
            return count, Break(seq, f"entry {seq} does not follow entry {count}")
        if entry["hash"] != entry_hash(entry):
            return count, Break(seq, f"entry {seq} was changed after it was written")
        if seq in wanted and wanted.pop(seq) != entry["hash"]:
            return count, Break(seq, f"entry {seq} is not the one that the anchor names")
        previous, count = entry["hash"], seq
    if wanted:
        lost = min(wanted)
        return count, Break(lost, f"entry {lost}, which an anchor names, is missing")
    return count, None
