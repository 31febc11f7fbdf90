"""Pages of judging."""

from __future__ import annotations

from flask import Blueprint

from pitchfest.judging.views import (
    assessment,
    assigning,
    autosaving,
    certainty,
    conflicts,
    decider,
    desk,
    everything,
    manage,
    moderation,
    offline,
    register,
    reminding,
    results,
    skills,
    small,
)
from pitchfest.judging.views.panels import decider_link, manage_panel

__all__ = [
    "BLUEPRINTS",
    "assessment",
    "assigning",
    "autosaving",
    "certainty",
    "conflicts",
    "decider",
    "decider_link",
    "everything",
    "manage_panel",
    "moderation",
    "offline",
    "register",
    "reminding",
    "skills",
]

BLUEPRINTS: tuple[Blueprint, ...] = (desk.bp, manage.bp, results.pitch_pages, small.bp)
