"""Pages of challenges: for everyone, and for staff under /manage."""

from pitchfest.challenges.views import (
    answering,
    cancelling,
    checking,
    clarifications,
    correcting,
    criteria,
    delaying,
    easy_read,
    following,
    hand_over,
    library,
    needs,
    questions,
    reopening,
    review,
    routing,
    scheduling,
    starting,
    telling,
    templates,
    wording,
    writing,
)
from pitchfest.challenges.views.manage import bp as manage
from pitchfest.challenges.views.public import bp as public

BLUEPRINTS = (public, manage)

__all__ = [
    "BLUEPRINTS",
    "answering",
    "cancelling",
    "checking",
    "clarifications",
    "correcting",
    "criteria",
    "delaying",
    "easy_read",
    "following",
    "hand_over",
    "library",
    "needs",
    "questions",
    "reopening",
    "review",
    "routing",
    "scheduling",
    "starting",
    "telling",
    "templates",
    "wording",
    "writing",
]
