"""Who may enter the administration pages. Pure.

Managing people is a permission of `accounts`, whose operations check it again.
"""

from __future__ import annotations

from enum import StrEnum

from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.permissions import ALLOWED, HIDDEN, PermissionTable, Verdict


class Permission(StrEnum):
    """What only administrators look at."""

    ENTER = "admin:enter"
    OUTBOX = "outbox:read"
    LOG = "log:read"


def may_enter(actor: Actor) -> bool:
    """Whether the person sees the administration pages at all."""
    return actor.has(Role.ADMIN)


def _admin(actor: Actor | None, _facts: object) -> Verdict:
    return ALLOWED if actor and may_enter(actor) else HIDDEN


PERMISSIONS: PermissionTable = dict.fromkeys(Permission, _admin)


#: Role → what whoever has it does, beside the tick boxes of the team's page.
ROLE_HINTS: dict[str, str] = {
    Role.OFFICER: "Writes challenges and looks after them",
    Role.APPROVER: "Is the second person before a challenge is published",
    Role.LEAD: "Opens pitches, finds them eligible, sends the letters, each with a second person",
    Role.CHAMPION: "Sees how every challenge is doing, from the first draft to the last letter",
    Role.OBSERVER: "Reads what was done and when, and changes nothing",
    Role.ADMIN: "Brings people in and keeps these settings, and reads no sealed pitch",
}
