"""Pages of administration."""

from pitchfest.admin.views import people, records, set_up
from pitchfest.admin.views.blueprint import bp

BLUEPRINTS = (bp,)

__all__ = ["BLUEPRINTS", "people", "records", "set_up"]
