"""The decisions of judging. Pure: values in, values out."""

from __future__ import annotations

from pitchfest.judging.rules.access import PERMISSIONS, Permission, hidden_from_recused, reportable
from pitchfest.judging.rules.facts import Card, Round

__all__ = ["PERMISSIONS", "Card", "Permission", "Round", "hidden_from_recused", "reportable"]
