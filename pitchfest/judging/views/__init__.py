"""Pages of judging."""

from __future__ import annotations

from flask import Blueprint

from pitchfest.judging.views import (
    assessment,
    certainty,
    conflicts,
    decider,
    desk,
    manage,
    moderation,
    register,
    reminding,
    results,
    small,
)
from pitchfest.judging.views.panels import decider_link, manage_panel

__all__ = [
    "BLUEPRINTS",
    "assessment",
    "certainty",
    "conflicts",
    "decider",
    "decider_link",
    "manage_panel",
    "moderation",
    "register",
    "reminding",
]

BLUEPRINTS: tuple[Blueprint, ...] = (desk.bp, manage.bp, results.pitch_pages, small.bp)
