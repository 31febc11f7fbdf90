"""What the first pages decide, and the tours that stand beside them. Pure."""

from pitchfest.home.rules.pictures import PICTURES, Picture
from pitchfest.home.rules.tours import BY_SLUG, TOURS, Link, Step, Tour, tours_for

__all__ = ["BY_SLUG", "PICTURES", "TOURS", "Link", "Picture", "Step", "Tour", "tours_for"]
