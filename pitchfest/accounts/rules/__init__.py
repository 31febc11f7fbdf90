"""Decisions about people: words, permissions, throttling; acts of two people are in `acts.py`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from pitchfest.accounts.rules.acts import ONLY_TWO_STAFF as ONLY_TWO_STAFF
from pitchfest.accounts.rules.acts import SUPPLIER_TIES_FOR as SUPPLIER_TIES_FOR
from pitchfest.accounts.rules.acts import TIED_FOR as TIED_FOR
from pitchfest.accounts.rules.acts import ActKind as ActKind
from pitchfest.accounts.rules.acts import ActOutcome as ActOutcome
from pitchfest.accounts.rules.acts import TwoPeople as TwoPeople
from pitchfest.accounts.rules.acts import opener_problem as opener_problem
from pitchfest.accounts.rules.acts import two_person as two_person
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.errors import Problem
from pitchfest.kernel.permissions import ALLOWED, HIDDEN, PermissionTable, Verdict, refused
from pitchfest.kernel.text import tidy_line


class Size(StrEnum):
    """How large an organisation is, by its staff."""

    SOLE = "sole_trader"
    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Capacity(StrEnum):
    """What an organisation takes part as; one may have several."""

    AUTHORITY = "authority"
    SUPPLIER = "supplier"
    PARTNER = "partner"


class InvitationKind(StrEnum):
    """What someone is invited to."""

    STAFF = "staff"
    JUDGE = "judge"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a judge is asked to judge, as the invitation says it."""

    title: str
    #: Until when suppliers can send pitches; None once they cannot.
    closes_at: datetime | None = None
    scores_due: datetime | None = None
    #: Whether there is a briefing for its judges, and where: a path of this site.
    briefing: str = ""
    #: Whether whoever is asked can still say no.
    can_refuse: bool = False


class LinkPurpose(StrEnum):
    """What a one-time link does when its page's button is pressed."""

    CONFIRM = "confirm"
    SIGN_IN = "sign_in"
    RESET = "reset"
    INVITATION = "invitation"


INVITATION_NAMES: dict[InvitationKind, str] = {
    InvitationKind.STAFF: "To work here",
    InvitationKind.JUDGE: "To judge",
    InvitationKind.MEMBER: "To join an organisation",
}
SIZE_NAMES: dict[Size, str] = {
    Size.SOLE: "Sole trader",
    Size.MICRO: "Micro: fewer than 10 people",
    Size.SMALL: "Small: 10 to 49 people",
    Size.MEDIUM: "Medium: 50 to 249 people",
    Size.LARGE: "Large: 250 people or more",
}

# Sessions

IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
#: `last_seen_at` is written at most this often.
SEEN_EVERY = timedelta(minutes=15)
#: How long a proof that it is you counts.
PROVED_FOR = timedelta(minutes=5)
PARKED_FOR = timedelta(hours=24)
#: The first field of words that came too late: what they were for, and by how much. No form has it.
ABOUT_LATE = "about"
#: How long sessions and links are kept after they stopped working, and what was typed at sign-up.
KEPT_AFTER_USE = timedelta(days=7)
SIGN_UP_KEPT = timedelta(days=14)


def session_counts(
    created_at: datetime, last_seen_at: datetime, ended_at: datetime | None, now: datetime
) -> bool:
    """Whether a session is still signed in: not ended, not idle for an hour, not 12 hours old."""
    return ended_at is None and now < last_seen_at + IDLE and now < created_at + ABSOLUTE


def proved(actor: Actor, now: datetime) -> bool:
    """Whether the person proved within the last five minutes that it is them."""
    return actor.proved_at is not None and now < actor.proved_at + PROVED_FOR


# One-time links and codes

LINK_LASTS: dict[LinkPurpose, timedelta] = {
    LinkPurpose.CONFIRM: timedelta(days=3),
    LinkPurpose.SIGN_IN: timedelta(minutes=30),
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.INVITATION: timedelta(days=14),
}
LINK_PATHS: dict[LinkPurpose, str] = {
    LinkPurpose.CONFIRM: "/confirm/",
    LinkPurpose.SIGN_IN: "/sign-in/link/",
    LinkPurpose.RESET: "/reset/",
    LinkPurpose.INVITATION: "/invitation/",
}
#: The code that makes the first administrator: 16 of 30 letters and digits are 78 bits.
SET_UP_CODE_LENGTH = 16
SET_UP_CODE_LASTS = timedelta(days=14)
CODE_LASTS = timedelta(minutes=10)
CODE_LENGTH = 8
CODE_TRIES = 5
#: How many messages that nobody signed in for go to one address in a day, by kind.
UNCONFIRMED_A_DAY = 3
LINKS_A_DAY = 10

# The help desk

HELP_CODE_LASTS = timedelta(minutes=30)
#: Letters and digits of a code to read out; shown and spoken in two halves.
HELP_CODE_LENGTH = 8
#: How many error pages of a person are noted at most.
TROUBLES_KEPT = 20
#: Statuses of error pages that are noted: not what a form says about what was typed.
TOO_LARGE = 413
TROUBLES = frozenset({400, 409, TOO_LARGE, 500, 503})


def plain_code(typed: str) -> str:
    """A code as it was made, from how someone typed it: with spaces, hyphens or in small letters."""
    return "".join(c for c in typed.upper() if c.isalnum())[:40]


def say_code(code: str) -> str:
    """A code in two halves, to be read out."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


# Throttling


class Scope(StrEnum):
    """What failures are counted by."""

    BROWSER = "browser"
    ACCOUNT = "account"
    ADDRESS = "address"
    SECOND = "second"


#: Scope → failures that cost nothing, and the longest delay after that. Only one browser's
#: attempts at one account wait long; an account as a whole, or an address, is never locked. Codes of
#: the second step wait long too: whoever types them has done the first.
THROTTLES: dict[Scope, tuple[int, timedelta]] = {
    Scope.BROWSER: (3, timedelta(minutes=15)),
    Scope.ACCOUNT: (10, timedelta(seconds=10)),
    Scope.ADDRESS: (30, timedelta(seconds=5)),
    Scope.SECOND: (5, timedelta(minutes=15)),
}
#: Failures older than this are forgotten.
FORGOTTEN_AFTER = timedelta(hours=12)


def delay(scope: Scope, failures: int) -> timedelta:
    """How long to wait after so many failures: nothing at first, then doubling from 2 seconds."""
    free, longest = THROTTLES[scope]
    over = failures - free
    return timedelta(0) if over <= 0 else min(longest, timedelta(seconds=2 ** min(over, 20)))


def again_at(scope: Scope, failures: int, last_at: datetime, now: datetime) -> datetime | None:
    """When the next attempt is taken, or None when it may be made now.

    Attempts within what is free never wait, also not where one that came a moment later was
    counted first.
    """
    wait = delay(scope, failures)
    if not wait or now >= last_at + FORGOTTEN_AFTER:
        return None
    return last_at + wait if now < last_at + wait else None


# Addresses and passwords

#: Before the @ stands what every mail server takes: plain letters and digits and the marks that need
#: no quotes.
_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}"
)
#: What is longer is no address, also with loose ends around it: a pasted text's reader skips it.
LONGEST_TOKEN = 320
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 500
#: Long enough, and among the first that anyone would try.
_COMMON = frozenset(
    """
    123456789012 1234567890123 1234567891011 111111111111 000000000000 123123123123 qwertyuiop12
    qwertyuiop123 qwerty123456 qwerty1234567 qwertyuiopasdf qwertyuiop[] 1q2w3e4r5t6y 1q2w3e4r5t6y7u
    1qaz2wsx3edc 1qaz2wsx3edc4rfv zaq12wsxcde3 asdfghjkl123 abcdefghijkl abcdefghijklmnop abcd12345678
    abc123456789 a123456789012 password1234 password12345 password123456 passwordpassword password2024
    password2025 password2026 passw0rd1234 p@ssword1234 p@ssw0rd1234 mypassword123 mypassword1234
    changeme1234 changemeplease letmein12345 letmein123456 letmeinplease welcome12345 welcome123456
    administrator administrator1 adminadmin12 adminadminadmin iloveyou1234 iloveyouforever
    football1234 liverpool1234 manchesterunited sunshine1234 princess1234 monkey123456 dragon123456
    superman1234 trustno1trustno1 correcthorsebatterystaple pitchfest1234 pitchfestpitchfest
    innovation123 innovation1234 thisisapassword thisismypassword secretsecret secret123456
    qazwsxedcrfv qazwsxedc123 google123456 whatever1234 computer1234
    """.split()  # noqa: SIM905 - a list of one word a line would be longer than the rest of the module
) | {"correct horse battery staple"}


def tidy_address(text: str) -> str:
    """An e-mail address as it is stored: no spaces around it, lower case."""
    return tidy_line(text).lower()


def given_name(name: str, address: str) -> str:
    """A person's name, or "" while it is only the first half of their address."""
    return "" if name == address.partition("@")[0] else name


def address_problem(address: str) -> str:
    """What is wrong with a tidied e-mail address, or "".

    `=?` begins an encoded word, which a mail program reads as other letters than stand there.
    """
    odd = ".." in address or "=?" in address
    good = len(address) <= 254 and not odd and _ADDRESS.fullmatch(address)
    return "" if good else "Enter an email address in full, like name@example.com"


def password_problem(password: str, email: str = "") -> str:
    """What is wrong with a new password, or ""."""
    if len(password) < SHORTEST_PASSWORD:
        return (
            f"Your password needs at least {SHORTEST_PASSWORD} characters. Three words you make up work well"
        )
    if len(password) > LONGEST_PASSWORD:
        return f"Your password is too long. Keep it to {LONGEST_PASSWORD} characters or fewer"
    bare = password.lower().strip()
    if bare in _COMMON or len(set(bare)) < 4 or (email and bare == email.lower()):
        return "That password is one of the first that others would try. Choose another"
    return ""


# Standing in

#: A stand-in lasts for at most so many days; who is away longer hands the role over.
LONGEST_STAND_IN = timedelta(days=366)


def stand_in_problems(
    *,
    first_day: date,
    last_day: date,
    now: datetime,
    same_person: bool,
    works_here: bool,
    colleague_holds: bool,
    holds_already: bool,
) -> list[Problem]:
    """What stands in the way of a stand-in; both days are London days and included."""
    today = now.astimezone(LONDON).date()
    checks = (
        (same_person, "Choose someone else: nobody stands in for themselves", "who"),
        (not same_person and not works_here, "Choose someone who works here", "who"),
        (not colleague_holds, "Choose a role that the person who is away has", "stand_in_role"),
        (holds_already, "This person has that role already", "who"),
        (first_day < today, "The first day cannot be in the past", "first_day"),
        (last_day < first_day, "The last day must be the first day or later", "last_day"),
        (last_day - first_day > LONGEST_STAND_IN, "A stand-in lasts for a year at most", "last_day"),
    )
    return [Problem(message, field) for wrong, message, field in checks if wrong]


# Permissions


class Permission(StrEnum):
    """What people may do with accounts."""

    ACCOUNT = "account:own"
    MESSAGE = "message:read"
    SESSION = "session:end"
    KEPT = "kept:read"
    MEMBERS_SEE = "organisation:see_members"
    MEMBERS = "organisation:change_members"
    PEOPLE = "person:manage"
    HELP_DESK = "help_desk:look"
    SETTINGS = "region:settings"


@dataclass(frozen=True, slots=True)
class Owned:
    """Something that belongs to one person."""

    id: int
    person_id: int | None


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """An organisation, and who belongs to it and owns it now."""

    id: int
    name: str
    member_ids: frozenset[int]
    owner_ids: frozenset[int]


def _signed_in(actor: Actor | None, _facts: object) -> Verdict:
    return ALLOWED if actor else HIDDEN


def _own(actor: Actor | None, facts: Owned) -> Verdict:
    return ALLOWED if actor and facts.person_id == actor.person_id else HIDDEN


def _member(actor: Actor | None, facts: OrganisationFacts) -> Verdict:
    return ALLOWED if actor and actor.person_id in facts.member_ids else HIDDEN


def _owner(actor: Actor | None, facts: OrganisationFacts) -> Verdict:
    if not _member(actor, facts):
        return HIDDEN
    assert actor is not None
    if actor.person_id in facts.owner_ids:
        return ALLOWED
    return refused("Only an owner of the organisation can change who belongs to it.")


def _admin(actor: Actor | None, _facts: object) -> Verdict:
    return ALLOWED if actor and actor.has(Role.ADMIN) else HIDDEN


def _helps(actor: Actor | None, _facts: object) -> Verdict:
    return ALLOWED if actor and actor.has(Role.OFFICER, Role.LEAD, Role.ADMIN) else HIDDEN


PERMISSIONS: PermissionTable = {
    Permission.ACCOUNT: _signed_in,
    Permission.MESSAGE: _own,
    Permission.SESSION: _own,
    Permission.KEPT: _signed_in,
    Permission.MEMBERS_SEE: _member,
    Permission.MEMBERS: _owner,
    Permission.PEOPLE: _admin,
    Permission.HELP_DESK: _helps,
    Permission.SETTINGS: _admin,
}
