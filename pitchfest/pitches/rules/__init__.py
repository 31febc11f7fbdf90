"""The decisions of pitches. Pure: values in, values out."""

from __future__ import annotations

from pitchfest.pitches.rules.permissions import PERMISSIONS
from pitchfest.pitches.rules.states import PitchRight, PitchState, effective_state

__all__ = ["PERMISSIONS", "PitchRight", "PitchState", "effective_state"]
