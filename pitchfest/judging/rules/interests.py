"""A person's own standing register of interests. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pitchfest.kernel.errors import Problem
from pitchfest.kernel.names import same_name


class InterestKind(StrEnum):
    """What connects a person to an organisation, or to someone in it."""

    JOB = "job"
    SHARES = "shares"
    FAMILY = "family"
    MEMBERSHIP = "membership"
    GIFT = "gift"
    OTHER = "other"


KIND_NAMES = {
    InterestKind.JOB: "Work for them, paid or not",
    InterestKind.SHARES: "Shares, or money lent or owed",
    InterestKind.FAMILY: "Family or a close friend",
    InterestKind.MEMBERSHIP: "Member, trustee or adviser",
    InterestKind.GIFT: "Gift or hospitality",
    InterestKind.OTHER: "Something else",
}
#: In the middle of a sentence.
KIND_WORDS = {
    InterestKind.JOB: "work",
    InterestKind.SHARES: "shares or money",
    InterestKind.FAMILY: "family or a friend",
    InterestKind.MEMBERSHIP: "membership",
    InterestKind.GIFT: "a gift",
    InterestKind.OTHER: "something else",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a register as it stands. `until` None: it goes on."""

    id: int
    party: str
    kind: InterestKind
    since: date | None
    until: date | None
    words: str

    @property
    def kind_name(self) -> str:
        """What it is, for a person."""
        return KIND_NAMES[self.kind]

    def is_over(self, today: date) -> bool:
        """Whether it had ended before this day."""
        return self.until is not None and self.until < today


#: No interest that anybody declares began earlier.
_FIRST_YEAR = 1900


def dates_problem(since: date | None, until: date | None, today: date) -> Problem | None:
    """What is wrong with when an interest began and ended, None where nothing is."""
    if since is not None and not _FIRST_YEAR <= since.year <= today.year + 1:
        return Problem(f"Enter a date between {_FIRST_YEAR} and next year", "since")
    if until is not None and not _FIRST_YEAR <= until.year <= today.year + 100:
        return Problem(f"Enter a date after {_FIRST_YEAR}, or leave it empty", "until")
    if since is not None and until is not None and until < since:
        return Problem("It cannot end before it began", "until")
    return None


def matching(entries: Iterable[Entry], name: str) -> list[Entry]:
    """The lines of a register that may be about the organisation of this name."""
    return [entry for entry in entries if same_name(entry.party, name)]
