"""The chain's hash and its check, against an independent reading of the promise."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from pitchfest.audit.rules import FIRST_PREVIOUS, Break, entry_hash, first_break, parse_anchor, salted_hash


def a_chain(length: int) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    previous = FIRST_PREVIOUS
    for seq in range(1, length + 1):
        entry: dict[str, Any] = {
            "seq": seq,
            "format": 1,
            "at": "2026-11-23T09:00:00.000000Z",
            "actor": "person:1",
            "role": "officer",
            "action": "challenge.publish",
            "object": "challenge:CH-2026-001",
            "detail": '{"é":1}',
            "prev_hash": previous,
        }
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        entry["hash"] = previous = hashlib.sha256(text.encode("utf-8")).hexdigest()
        entries.append(entry)
    return entries


def test_hash_is_over_every_other_column() -> None:
    entry = a_chain(1)[0]
    assert entry_hash(entry) == entry["hash"]
    for column in entry.keys() - {"hash"}:
        assert entry_hash({**entry, column: "other"}) != entry["hash"], column


def test_a_whole_chain_holds() -> None:
    assert first_break(a_chain(5)) == (5, None)
    assert first_break([]) == (0, None)


@pytest.mark.parametrize("column", ["at", "actor", "role", "action", "object", "detail", "hash"])
def test_a_changed_entry_shows(column: str) -> None:
    chain = a_chain(4)
    chain[2][column] = "changed"
    assert first_break(chain)[1] == Break(3, "entry 3 was changed after it was written")


def test_a_missing_entry_shows() -> None:
    chain = a_chain(4)
    del chain[1]
    assert first_break(chain) == (1, Break(2, "entry 2 is missing"))


def test_a_rewritten_tail_shows() -> None:
    chain = a_chain(3)
    other = a_chain(3)
    other[2]["detail"] = "{}"
    other[2]["hash"] = entry_hash(other[2])
    assert first_break(chain[:2] + other[2:])[1] is None
    anchor = (3, chain[2]["hash"])
    assert first_break(chain[:2] + other[2:], [anchor])[1] == Break(
        3, "entry 3 is not the one that the anchor names"
    )


def test_a_cut_tail_shows_only_by_an_anchor() -> None:
    chain = a_chain(5)
    assert first_break(chain[:3])[1] is None
    assert first_break(chain[:3], [(5, chain[4]["hash"])])[1] == Break(
        5, "entry 5, which an anchor names, is missing"
    )


def test_parse_anchor() -> None:
    assert parse_anchor(f" 12:{'a' * 64}\n") == (12, "a" * 64)
    for wrong in ("12", "12:xyz", f"x:{'a' * 64}", f"12:{'A' * 64}", ""):
        with pytest.raises(ValueError, match="anchor"):
            parse_anchor(wrong)


def test_a_salted_hash_tells_nothing_without_its_salt() -> None:
    assert salted_hash("salt", 1, "PF-1") != salted_hash("other", 1, "PF-1")
    assert salted_hash("salt", 1, "PF-1") == salted_hash("salt", 1, "PF-1")
