"""Pages of judging."""

from __future__ import annotations

from flask import Blueprint

from pitchfest.judging.views import desk, manage, results, small
from pitchfest.judging.views.panels import manage_panel

__all__ = ["BLUEPRINTS", "manage_panel"]

BLUEPRINTS: tuple[Blueprint, ...] = (desk.bp, manage.bp, results.pitch_pages, small.bp)
