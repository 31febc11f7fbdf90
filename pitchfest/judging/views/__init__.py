"""Pages of judging."""

from __future__ import annotations

from flask import Blueprint

from pitchfest.judging.views import (
    autosaving,
    certainty,
    decider,
    desk,
    everything,
    manage,
    offline,
    reminding,
    results,
    small,
)
from pitchfest.judging.views.panels import decider_link, manage_panel

__all__ = [
    "autosaving",
    "certainty",
    "decider",
    "decider_link",
    "everything",
    "manage_panel",
    "offline",
    "reminding",
]

BLUEPRINTS: tuple[Blueprint, ...] = (desk.bp, manage.bp, results.pitch_pages, small.bp)
