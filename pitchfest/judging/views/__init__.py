"""Pages of judging."""

from __future__ import annotations

from flask import Blueprint

from pitchfest.judging.views import decider, desk, manage, reminding, results, small
from pitchfest.judging.views.panels import manage_panel

__all__ = ["BLUEPRINTS", "decider", "manage_panel", "reminding"]

BLUEPRINTS: tuple[Blueprint, ...] = (desk.bp, manage.bp, results.pitch_pages, small.bp)
