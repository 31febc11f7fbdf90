"""What a receipt's hash is over, so that a supplier can work it out again from their copy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pitchfest.kernel.clock import iso
from pitchfest.kernel.text import canonical_json


def receipt_body(
    *,
    reference: str,
    challenge: str,
    snapshot_sha256: str,
    number: int,
    at: datetime,
    answers: Mapping[int, str],
    random: str,
    as_received: str = "",
    organisation: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The record of one sending. `answers` are by question position; `random` is 128 bits in hex,
    without which the hash would tell whoever guesses the words that they guessed right. `as_received` is the
    SHA-256 of the text or file of a pitch that was received elsewhere. `organisation` is who sent it, as
    `organisation_details`; records from before it was kept have none.
    """
    return {
        "reference": reference,
        "challenge": challenge,
        "snapshot_sha256": snapshot_sha256,
        "number": number,
        "at": iso(at),
        "answers": {str(position): text for position, text in sorted(answers.items())},
        "random": random,
        **({"as_received": as_received} if as_received else {}),
        **({"organisation": dict(organisation)} if organisation else {}),
    }


def organisation_details(*, name: str, place: str, size: str, number: str | None) -> dict[str, str]:
    """What goes with a pitch of the organisation that sends it, so that nobody types it again."""
    return {"name": name, "place": place, "size": size, "number": number or ""}


def receipt_sha256(body: Mapping[str, Any]) -> str:
    """Lower-case hex SHA-256 of the UTF-8 canonical JSON of a record."""
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()
