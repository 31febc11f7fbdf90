"""Pages of administration."""

from pitchfest.admin.views import people, records, stand_ins
from pitchfest.admin.views.blueprint import bp

BLUEPRINTS = (bp,)

__all__ = ["BLUEPRINTS", "people", "records", "stand_ins"]
