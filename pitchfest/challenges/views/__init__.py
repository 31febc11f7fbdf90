"""Pages of challenges: for everyone, and for staff under /manage."""

from pitchfest.challenges.views import (
    answering,
    clarifications,
    criteria,
    hand_over,
    library,
    questions,
    review,
    starting,
    telling,
    templates,
    writing,
)
from pitchfest.challenges.views.manage import bp as manage
from pitchfest.challenges.views.public import bp as public

BLUEPRINTS = (public, manage)

__all__ = [
    "BLUEPRINTS",
    "answering",
    "clarifications",
    "criteria",
    "hand_over",
    "library",
    "questions",
    "review",
    "starting",
    "telling",
    "templates",
    "writing",
]
