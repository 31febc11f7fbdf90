"""The one blueprint of these pages, and where the application names what features contribute."""

from __future__ import annotations

from flask import Blueprint, current_app

from pitchfest.kernel.privacy import Privacy

PRIVACY_EXTENSION = "pitchfest.privacy"

bp = Blueprint("privacy", __name__)


def parts() -> Privacy:
    """What all features contribute."""
    found = current_app.extensions[PRIVACY_EXTENSION]
    assert isinstance(found, Privacy)
    return found
