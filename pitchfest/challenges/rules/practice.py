"""A practice challenge: run end to end to learn how it goes, marked everywhere, thrown away whole. Pure."""

from __future__ import annotations

#: What a practice challenge is called begins with this, on every page, in every list and mail.
MARK = "Practice: "


def marked(title: str) -> str:
    """The title with the mark in front, once."""
    bare = title.strip()
    return bare if not bare or bare.startswith(MARK) else f"{MARK}{bare}"


def reference_prefix(year: int, *, practice: bool) -> str:
    """How references of the year begin: practice has numbers of its own, so the others have no gaps."""
    return f"{'PC' if practice else 'CH'}-{year}-"
