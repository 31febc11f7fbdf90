"""What pitches add to a challenge's pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import PUBLISHED, ChallengeState
from pitchfest.kernel.actor import Actor
from pitchfest.pitches import queries
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import supplier_label

#: States in which the pitches of a challenge are sealed.
_SEALED = frozenset({ChallengeState.OPEN, ChallengeState.CLOSED})


def fact(challenge: ChallengeRow, _actor: Actor | None, now: datetime) -> tuple[str, str] | None:
    """How many pitches there are, and that they are sealed, for everyone; one statement."""
    if challenge.effective not in PUBLISHED:
        return None
    number = queries.count(challenge.id, now)
    if challenge.effective not in _SEALED:
        return "Pitches", str(number)
    return "Pitches so far", f"{number}, sealed" if number else "None yet"


def panel(challenge: ChallengeRow, actor: Actor | None, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """The person's own pitches for the challenge; no statement for people without an organisation."""
    if actor is None or not actor.organisations or challenge.effective not in PUBLISHED:
        return None
    own = [pitch for pitch in queries.mine(actor, now) if pitch.challenge_id == challenge.id]
    if not own:
        return None
    rows = [(pitch, supplier_label(pitch.state, pitch.challenge_state)) for pitch in own]
    return "pitches/panel.html", {"own_pitches": rows}


def manage_panel(
    challenge: ChallengeRow, actor: Actor | None, now: datetime
) -> tuple[str, dict[str, Any]] | None:
    """How many pitches, and the way to opening and checking them, for those who may."""
    if not PERMISSIONS[Permission.OPENING_SEE](actor, challenge):
        return None
    return "pitches/manage_panel.html", {
        "pitch_challenge": challenge,
        "pitch_number": queries.count(challenge.id, now),
        "pitches_sealed": challenge.effective in _SEALED,
        "pitches_to_open": challenge.effective == ChallengeState.CLOSED,
    }
