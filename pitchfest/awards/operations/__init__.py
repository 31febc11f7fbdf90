"""Every write at a challenge's end: explanations, decision, release; and throwing practice away."""

from pitchfest.awards.operations.practising import throw_away
from pitchfest.awards.operations.removing import remove_unsuccessful, remove_winners
from pitchfest.awards.operations.settling import (
    decide,
    explain,
    mark_posted,
    propose_release,
    release,
    take_back_release,
)

__all__ = [
    "decide",
    "explain",
    "mark_posted",
    "propose_release",
    "release",
    "remove_unsuccessful",
    "remove_winners",
    "take_back_release",
    "throw_away",
]
