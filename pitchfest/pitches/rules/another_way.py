"""Pitches that come another way: told to an officer before closing, or received elsewhere. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pitchfest.challenges.rules import ChallengeState
from pitchfest.kernel.clock import say_moment, say_span
from pitchfest.kernel.errors import Problem
from pitchfest.pitches.rules.states import PitchState

#: Longest text that is pasted for a pitch received elsewhere, in characters.
LONGEST_TEXT = 100_000
#: What stands at each question of a pitch that was brought as a file or as one text.
SEE_AS_RECEIVED = "See the pitch as received."


class ToldBy(StrEnum):
    """How a supplier who cannot use the form told an officer what to type."""

    PHONE = "phone"
    PAPER = "paper"
    RECORDING = "recording"


class CameBy(StrEnum):
    """Where a pitch was received that came by none of our pages."""

    PORTAL = "portal"
    EMAIL = "email"
    PAPER = "paper"


TOLD_NAMES = {
    ToldBy.PHONE: "By phone",
    ToldBy.PAPER: "On paper",
    ToldBy.RECORDING: "As a recording",
}
CAME_NAMES = {
    CameBy.PORTAL: "Through the council’s portal",
    CameBy.EMAIL: "By email",
    CameBy.PAPER: "On paper",
}

#: How a pitch came, for those who judge it.
_TYPED = {
    ToldBy.PHONE: "Typed by an officer from a phone call and read back to the supplier.",
    ToldBy.PAPER: "Typed by an officer from paper and read back to the supplier.",
    ToldBy.RECORDING: "Typed by an officer from a recording and read back to the supplier.",
}
_BROUGHT = {
    CameBy.PORTAL: "Received through the council’s portal and brought here by an officer.",
    CameBy.EMAIL: "Received by email and brought here by an officer.",
    CameBy.PAPER: "Received on paper and brought here by an officer.",
}
#: The same for the supplier, in its letter.
_YOU_TOLD = {
    ToldBy.PHONE: "You told us your pitch by phone. An officer typed it and read it back to you.",
    ToldBy.PAPER: "You sent us your pitch on paper. An officer typed it and read it back to you.",
    ToldBy.RECORDING: "You sent us your pitch as a recording. An officer typed it and read it back to you.",
}
_YOU_SENT = {
    CameBy.PORTAL: "You sent your pitch through the council’s portal. An officer brought it here as it was.",
    CameBy.EMAIL: "You sent your pitch by email. An officer brought it here as it was.",
    CameBy.PAPER: "You sent your pitch on paper. An officer brought it here as it was.",
}


@dataclass(frozen=True, slots=True)
class Way:
    """How a pitch came: told, brought, or, with neither, through the form."""

    told_by: ToldBy | None = None
    came_by: CameBy | None = None

    @property
    def is_another(self) -> bool:
        """Whether it came by another way than the form, from a supplier without an account."""
        return self != THE_FORM

    @property
    def code(self) -> str:
        """The way in a word, for the opening's record and the log."""
        if self.told_by is not None:
            return f"told:{self.told_by}"
        return f"brought:{self.came_by}" if self.came_by is not None else "form"

    @property
    def says(self) -> str:
        """The sentence for those who open, check and judge; "" for a pitch sent through the form."""
        if self.told_by is not None:
            return _TYPED[self.told_by]
        return _BROUGHT[self.came_by] if self.came_by is not None else ""

    @property
    def says_to_supplier(self) -> str:
        """The sentence for the supplier's letter; "" for a pitch sent through the form."""
        if self.told_by is not None:
            return _YOU_TOLD[self.told_by]
        return _YOU_SENT[self.came_by] if self.came_by is not None else ""


THE_FORM = Way()


def read_way(code: str) -> Way:
    """The way that a record's word stands for."""
    kind, _, word = code.partition(":")
    if kind == "told":
        return Way(told_by=ToldBy(word))
    return Way(came_by=CameBy(word)) if kind == "brought" else THE_FORM


class HasEntry(Protocol):
    """A challenge for which someone would type or bring a pitch, in the state that holds now."""

    @property
    def effective(self) -> ChallengeState: ...
    @property
    def on_panel(self) -> bool: ...
    @property
    def decides(self) -> bool: ...
    @property
    def tied(self) -> bool: ...
    @property
    def practice(self) -> bool: ...


class HasSlip(Protocol):
    """A pitch that someone sent or brought for a supplier."""

    @property
    def by_id(self) -> int: ...
    @property
    def state(self) -> PitchState: ...


def received_problem(
    received_at: datetime,
    published_at: datetime | None,
    closes_at: datetime,
    now: datetime,
    *,
    longer: bool = False,
) -> Problem | None:
    """Why a pitch received elsewhere at that time cannot come in, None where it can. `closes_at` is the
    supplier's own closing where it had `longer`.

    It is in time at the closing minute itself: other places write down no seconds.
    """
    if received_at > closes_at:
        closed = "This supplier had until" if longer else "The challenge closed at"
        return Problem(
            f"It came too late by {say_span(received_at - closes_at)}. {closed} {say_moment(closes_at)}",
            "received_at",
        )
    if received_at > now:
        return Problem("That is still to come", "received_at")
    if published_at is not None and received_at < published_at:
        return Problem(
            f"That is before the challenge was published, at {say_moment(published_at)}", "received_at"
        )
    return None
