"""Pages about what is held, for how long, and erasing it."""

from pitchfest.privacy.views import account, retention
from pitchfest.privacy.views.blueprint import bp

BLUEPRINTS = (bp,)

__all__ = ["BLUEPRINTS", "account", "retention"]
