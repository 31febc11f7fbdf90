"""What the first pages and the overview decide, and the tours that stand beside them. Pure."""

from pitchfest.home.rules.lateness import Late, days_to_feedback, late, middle
from pitchfest.home.rules.pictures import PICTURES, Picture
from pitchfest.home.rules.promises import Promise, Promises, promises_kept
from pitchfest.home.rules.tours import BY_SLUG, TOURS, Link, Step, Tour, tours_for

__all__ = [
    "BY_SLUG",
    "PICTURES",
    "TOURS",
    "Late",
    "Link",
    "Picture",
    "Promise",
    "Promises",
    "Step",
    "Tour",
    "days_to_feedback",
    "late",
    "middle",
    "promises_kept",
    "tours_for",
]
