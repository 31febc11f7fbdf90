"""Who works on a pitch together: invitations by e-mail, and who can be let in by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from pitchfest.kernel.actor import Actor
from pitchfest.kernel.permissions import ALLOWED, HIDDEN, Verdict, refused

INVITATION_LASTS = timedelta(days=14)
#: Open invitations of one pitch, and invitations by one person within a day.
MOST_OPEN = 20
MOST_A_DAY = 20

TOO_OLD = "This invitation is too old. Ask whoever sent it to send it again."
NO_SUPPLIER = (
    "People of organisations that take part as suppliers work on pitches, and you belong to none. "
    "Ask the owner of yours to invite you to it, then open this invitation again."
)
SAFE = "A pitch is sealed from everyone on the side that buys, so you cannot be let in."
SIDE_THAT_BUYS = (
    "This person works for the region, decides on the challenge, or is or was on its panel. "
    "A pitch is sealed from everyone on the side that buys"
)


class HasPart(Protocol):
    """What somebody has to do with a challenge. `on_panel`: they judge it, or did. `decides`: the brief
    names them as the decision-maker.
    """

    @property
    def on_panel(self) -> bool: ...
    @property
    def decides(self) -> bool: ...


class HasInvitation(HasPart, Protocol):
    """An invitation that was not taken back, as the person who opens it stands to it.

    `supplies`: they belong to a supplier now.
    """

    @property
    def email(self) -> str: ...
    @property
    def taken_by_id(self) -> int | None: ...
    @property
    def too_old(self) -> bool: ...
    @property
    def supplies(self) -> bool: ...


def joins(actor: Actor | None, facts: HasInvitation) -> Verdict:
    """Whoever signed in with the invited address, unless they are on the side that buys; hidden from
    everyone else. Who is let in belongs to a supplier, and so is tied to one where pitches are opened.
    """
    if actor is not None and actor.person_id == facts.taken_by_id:
        return ALLOWED  # they said yes before, and nothing happens again
    if actor is None or facts.taken_by_id is not None or actor.email != facts.email:
        return HIDDEN
    if facts.too_old:
        return refused(TOO_OLD)
    if why := on_side_that_buys(actor, facts):
        return refused(f"{why} {SAFE}")
    return ALLOWED if facts.supplies else refused(NO_SUPPLIER)


def on_side_that_buys(actor: Actor, facts: HasPart) -> str:
    """Why a pitch is sealed from the actor, "" where it is not."""
    parts = (
        (actor.is_staff, "You work for the region."),
        (facts.decides, "You decide on this challenge."),
        (facts.on_panel, "You are on the panel of this challenge, or were."),
    )
    return next((why for holds, why in parts if holds), "")
