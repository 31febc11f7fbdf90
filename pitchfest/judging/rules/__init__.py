"""The decisions of judging. Pure: values in, values out."""

from __future__ import annotations

from pitchfest.judging.rules.access import PERMISSIONS, Card, Permission, Round, hidden_from_recused

__all__ = ["PERMISSIONS", "Card", "Permission", "Round", "hidden_from_recused"]
