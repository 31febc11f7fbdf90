"""Permissions as literal tables of pure predicates over (actor, facts).

A feature's `rules` holds a StrEnum of `resource:action` values and one table line for each.
A refusal carries its reason; what a person may not know of is hidden (404, not 403).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a predicate: allowed, refused with a reason, or hidden."""

    allowed: bool
    reason: str = ""
    hidden: bool = False

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(allowed=True)
HIDDEN = Verdict(allowed=False, hidden=True)


def refused(reason: str) -> Verdict:
    """A refusal to someone who may know that the thing exists."""
    return Verdict(allowed=False, reason=reason)


Predicate = Callable[[Actor | None, Any], Verdict]
PermissionTable = Mapping[StrEnum, Predicate]


def authorise(table: PermissionTable, permission: StrEnum, actor: Actor | None, facts: Any = None) -> None:
    """Return if `permission` is allowed, else raise NotFound (hidden) or NotAllowed (refused)."""
    verdict = table[permission](actor, facts)
    if verdict.hidden:
        raise NotFound
    if not verdict.allowed:
        raise NotAllowed(verdict.reason)
