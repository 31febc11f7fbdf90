"""More time for everyone, told to all who hold a pitch in the same write."""

from __future__ import annotations

from datetime import datetime

from pitchfest.challenges import operations as challenges
from pitchfest.kernel.actor import Actor
from pitchfest.pitches import notices


def extend(
    actor: Actor,
    *,
    reference: str,
    closes_at: datetime,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Give everyone until `closes_at`, and tell everyone who is writing a pitch or has sent one.

    Raises what `challenges.operations.extend` raises.
    """
    extension = challenges.extend(
        actor,
        reference=reference,
        closes_at=closes_at,
        reason=reason,
        expected_version=expected_version,
        now=now,
    )
    notices.extended(extension.challenge_id, reference, extension.id, now=now)
