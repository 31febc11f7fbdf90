"""Pages of pitches: the supplier's own, and the desk of those who open and check them."""

from pitchfest.pitches.views import (
    another_way,
    answers,
    clearing,
    comparing,
    extending,
    files_for_judges,
    hiding,
    personal_extensions,
    previewing,
    sending,
    sharing,
)
from pitchfest.pitches.views.desk import bp as desk
from pitchfest.pitches.views.panels import fact, list_numbers, manage_panel, own_pitch, panel
from pitchfest.pitches.views.practising import practice_panel
from pitchfest.pitches.views.writing import bp as own

BLUEPRINTS = (own, desk)

__all__ = [
    "BLUEPRINTS",
    "another_way",
    "answers",
    "clearing",
    "comparing",
    "extending",
    "fact",
    "files_for_judges",
    "hiding",
    "list_numbers",
    "manage_panel",
    "own_pitch",
    "panel",
    "personal_extensions",
    "practice_panel",
    "previewing",
    "sending",
    "sharing",
]
