"""The decisions of pitches. Pure: values in, values out."""

from __future__ import annotations

from pitchfest.pitches.rules.another_way import CameBy, ToldBy, Way
from pitchfest.pitches.rules.permissions import PERMISSIONS
from pitchfest.pitches.rules.states import PitchRight, PitchState, effective_state
from pitchfest.pitches.rules.without_names import FileGiven

__all__ = [
    "PERMISSIONS",
    "CameBy",
    "FileGiven",
    "PitchRight",
    "PitchState",
    "ToldBy",
    "Way",
    "effective_state",
]
