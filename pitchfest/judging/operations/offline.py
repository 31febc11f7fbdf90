"""Saving what a judge scored away from the screen, once they have seen what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pitchfest.judging.operations.cards import save_card
from pitchfest.judging.operations.rounds import opened
from pitchfest.judging.rules import Permission
from pitchfest.judging.rules.cards import Mark
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm

MEANWHILE = (
    "A scorecard was changed or closed after you looked at this, so nothing was saved. Choose the file once "
    "more to see how things stand"
)


def save_sheet(
    actor: Actor, *, reference: str, cards: Mapping[tuple[int, int], Mapping[int, Mark]], now: datetime
) -> None:
    """Keep the marks of some of the actor's own cards as drafts: all of them, or none; nothing is signed.

    `cards` goes from (card id, the version that was looked at) to marks by criterion. Raises RuleViolation
    where any of them changed since, or is no longer the actor's to score.
    """
    opened(actor, Permission.OFFLINE, reference, now=now)
    try:
        for (card_id, version), marks in sorted(cards.items()):
            save_card(actor, card_id, marks, now=now, expected_version=version, away=True)
    except (NotAllowed, NotFound, StaleForm):
        raise RuleViolation(MEANWHILE, field="file") from None
