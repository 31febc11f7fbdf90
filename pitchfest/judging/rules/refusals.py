"""Why somebody who is asked to judge says no, and what a panel lacks then. Pure."""

from __future__ import annotations

from enum import StrEnum

from pitchfest.kernel.text import plural

#: The longest line that can go with a reason, in characters.
LONGEST = 300


class Refusal(StrEnum):
    """Why somebody cannot judge a challenge. A conflict here is no declaration about any supplier."""

    CONFLICT = "conflict"
    AREA = "not_my_area"
    TIME = "no_time"
    OTHER = "other"


#: The reasons as whoever says no picks them, and as others read them.
CHOICES = {
    Refusal.CONFLICT: "I have a conflict of interest",
    Refusal.AREA: "It is not my area",
    Refusal.TIME: "I have too much work, or no time",
    Refusal.OTHER: "Another reason",
}
WORDS = {
    Refusal.CONFLICT: "a conflict of interest",
    Refusal.AREA: "not my area",
    Refusal.TIME: "too much work, or no time",
    Refusal.OTHER: "another reason",
}


def note_problem(refusal: Refusal, note: str) -> str:
    """What the line beside a reason lacks, "" where nothing."""
    if refusal is Refusal.OTHER and not note:
        return "Say in a few words why you cannot judge"
    return f"Keep this to {LONGEST} characters" if len(note) > LONGEST else ""


def lacking(judges: int, *, chaired: bool) -> str:
    """What is to do about a panel that lacks so many judges, "" where nothing."""
    too_few = f"invite {plural(judges, 'more judge')}" if judges > 0 else ""
    return " and ".join(part for part in (too_few, "" if chaired else "choose who chairs") if part)
