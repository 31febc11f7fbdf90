"""Who acts: region roles and organisations only. Judge and chair are rows of a panel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """A role in the region. Roles only add rights; one person may hold several."""

    OFFICER = "officer"
    APPROVER = "approver"
    LEAD = "procurement_lead"
    CHAMPION = "champion"
    OBSERVER = "observer"
    ADMIN = "admin"


ROLE_NAMES: dict[Role, str] = {
    Role.OFFICER: "Innovation officer",
    Role.APPROVER: "Approver",
    Role.LEAD: "Procurement lead",
    Role.CHAMPION: "Innovation champion",
    Role.OBSERVER: "Observer",
    Role.ADMIN: "Administrator",
}

#: Roles whose grant needs a second person's yes.
WEIGHTY_ROLES = frozenset({Role.APPROVER, Role.LEAD, Role.ADMIN})
#: Everyone who works for the region; what binds `ADMIN` alone is narrower than this.
STAFF_ROLES = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person as rules see them. `proved_at`: when they last proved it is them."""

    person_id: int
    name: str
    email: str = ""
    roles: frozenset[Role] = frozenset()
    organisations: frozenset[int] = frozenset()
    session_id: int | None = None
    proved_at: datetime | None = None
    demo: bool = False
    stamp: str = field(default="", compare=False)
    #: Parts that higher features give, such as "judge"; for navigation, never for permission.
    parts: frozenset[str] = frozenset()

    def has(self, *roles: Role) -> bool:
        """Whether the person holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Whether the person holds any region role."""
        return bool(self.roles)

    @property
    def role_text(self) -> str:
        """The roles held, for the log: sorted and joined by commas, or "person"."""
        return ",".join(sorted(self.roles)) or "person"


#: The clock, the worker and the command line act under this name.
SYSTEM = Actor(person_id=0, name="Pitchfest")
