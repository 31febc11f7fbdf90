"""Pages of judging."""

from __future__ import annotations

from flask import Blueprint

from pitchfest.judging.views import (
    assessment,
    assigning,
    autosaving,
    briefing,
    certainty,
    conflicts,
    decider,
    desk,
    elsewhere,
    everything,
    further,
    manage,
    moderation,
    offline,
    paying,
    refusing,
    register,
    reminding,
    results,
    setting_aside,
    skills,
    small,
    trial,
)
from pitchfest.judging.views.panels import decider_link, manage_panel

__all__ = [
    "BLUEPRINTS",
    "assessment",
    "assigning",
    "autosaving",
    "briefing",
    "certainty",
    "conflicts",
    "decider",
    "decider_link",
    "elsewhere",
    "everything",
    "further",
    "manage_panel",
    "moderation",
    "offline",
    "paying",
    "refusing",
    "register",
    "reminding",
    "setting_aside",
    "skills",
    "trial",
]

BLUEPRINTS: tuple[Blueprint, ...] = (desk.bp, manage.bp, results.pitch_pages, small.bp)
