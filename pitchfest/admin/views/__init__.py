"""Pages of administration."""

from pitchfest.admin.views import help_desk, people, records, set_up, stand_ins, two_step
from pitchfest.admin.views.blueprint import bp
from pitchfest.admin.views.help_desk import help_desk_link

BLUEPRINTS = (bp,)

__all__ = [
    "BLUEPRINTS",
    "help_desk",
    "help_desk_link",
    "people",
    "records",
    "set_up",
    "stand_ins",
    "two_step",
]
