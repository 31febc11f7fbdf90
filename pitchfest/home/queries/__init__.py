"""What first pages show, gathered from the features below."""

from pitchfest.home.queries.checklist import Check, checklist
from pitchfest.home.queries.overview import Overview, overview
from pitchfest.home.queries.promises import promises
from pitchfest.home.queries.waiting import waiting

__all__ = ["Check", "Overview", "checklist", "overview", "promises", "waiting"]
