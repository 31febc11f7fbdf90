"""The few errors the product knows. `web.errors` maps each to a page, once."""

from __future__ import annotations

from dataclasses import dataclass


class PitchfestError(Exception):
    """Base of every error that a person may be told about in plain English."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(PitchfestError):
    """There is no such thing, or this person must not know that there is (404)."""


class NotAllowed(PitchfestError):
    """The person may know of the thing but may not do this; `reason` says why (403)."""


class Conflict(PitchfestError):
    """The thing changed, or another act got there first; nothing was written (409)."""


class StaleForm(Conflict):
    """The form was opened on an older version; `reason` says who changed what."""


class TooLate(PitchfestError):
    """The window has closed; `reason` says when, and by how much it was missed (409)."""


class Busy(PitchfestError):
    """The write could not get its turn in time; nothing was written, try again (503)."""


class StorageFailed(PitchfestError):
    """Disk full or read-only: nothing was written, reading goes on (503)."""


class StoredDiffers(PitchfestError):
    """What is stored does not agree with what it was made from, so it is not shown (409)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to fix in what was sent. `field` names the form field, "" the whole form."""

    message: str
    field: str = ""


class RuleViolation(PitchfestError):
    """What was sent breaks rules of the domain; the form is shown again with each problem."""

    def __init__(self, *problems: Problem | str, field: str = "") -> None:
        self.problems: tuple[Problem, ...] = tuple(
            p if isinstance(p, Problem) else Problem(p, field) for p in problems
        )
        super().__init__(" ".join(p.message for p in self.problems))


class ProofNeeded(PitchfestError):
    """The act asks the person to prove once more that it is them, within the last five minutes."""
