"""How long each kind of data is kept, as one table; and who may change it. Pure.

The privacy notice, the page for administrators, the purge and the tests read this table. What is
swept by the worker in any case is listed with the constant that the sweep itself uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from pitchfest.accounts.rules import ABSOLUTE, FORGOTTEN_AFTER, KEPT_AFTER_USE, PARKED_FOR, SIGN_UP_KEPT
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.permissions import ALLOWED, HIDDEN, PermissionTable, Verdict
from pitchfest.kernel.text import plural


class Category(StrEnum):
    """A kind of data with a period of its own."""

    UNSENT = "unsent_pitches"
    UNSUCCESSFUL = "unsuccessful_pitches"
    WINNERS = "winning_pitches"
    MAIL = "sent_mail"
    INVITATIONS = "open_invitations"
    ACCOUNTS = "unused_accounts"
    SIGN_UPS = "sign_ups"
    SESSIONS = "sessions"
    LINKS = "links"
    KEPT_TEXT = "kept_text"
    FORMS = "sent_forms"
    ATTEMPTS = "attempts"
    RECORD = "record"


class Done(StrEnum):
    """What happens when the period is over."""

    DELETE = "delete"
    STRIP = "strip"
    KEEP = "keep"


DONE_NAMES = {
    Done.DELETE: "Deleted",
    Done.STRIP: "Words and names removed",
    Done.KEEP: "Kept",
}


@dataclass(frozen=True, slots=True)
class Retention:
    """One line of the table. `keeps`: None for good. `fixed`: built in, the same in every region."""

    category: Category
    what: str
    keeps: timedelta | None
    after: str
    done: Done
    how: str
    source: str
    checked: date
    fixed: bool = False


_CHECKED = date(2026, 11, 23)
_MINIMISE = "UK GDPR, Article 5(1)(e): no longer than is needed."
_SECURITY = "UK GDPR, Articles 5(1)(e) and 32: kept only to keep accounts safe."
_RECORDS = "Procurement Act 2023, section 98: three years from the contract."

RETENTION: tuple[Retention, ...] = (
    Retention(
        Category.UNSENT,
        "Pitches that were never sent or whose challenge was cancelled, and who asked a question",
        timedelta(days=30),
        "after the challenge closed",
        Done.STRIP,
        "Every answer and every earlier version is deleted. That there was a draft stays. Of questions, only "
        "what was published stays.",
        _MINIMISE,
        _CHECKED,
    ),
    Retention(
        Category.UNSUCCESSFUL,
        "Pitches that did not win or were withdrawn, with the judges’ reasons and the letters",
        timedelta(days=365),
        "after the letters went out",
        Done.STRIP,
        "Answers, reasons, explanations and the letter are deleted. The pitch’s number, its organisation, "
        "points and outcome stay, so that totals and public figures still hold.",
        f"{_MINIMISE} For a procurement that the Act covers, section 98 asks for 1,095 days: "
        "set that here before the first such challenge ends.",
        _CHECKED,
    ),
    Retention(
        Category.WINNERS,
        "Pitches that won, with the judges’ reasons and the letters",
        timedelta(days=1095),
        "after the letters went out",
        Done.STRIP,
        "As for pitches that did not win.",
        f"{_RECORDS} Counted from the letters until contracts are recorded here.",
        _CHECKED,
    ),
    Retention(
        Category.MAIL,
        "The list of messages sent to each person",
        timedelta(days=365),
        "after each was sent",
        Done.DELETE,
        "The list holds what kind of message it was, when, and to whom.",
        _MINIMISE,
        _CHECKED,
    ),
    Retention(
        Category.INVITATIONS,
        "Invitations that nobody accepted",
        timedelta(days=90),
        "after the invitation",
        Done.DELETE,
        "The invitation goes; where the person has no account yet, their name and address go too.",
        _MINIMISE,
        _CHECKED,
    ),
    Retention(
        Category.ACCOUNTS,
        "Accounts that nobody uses",
        timedelta(days=730),
        "after the last time somebody signed in to them",
        Done.STRIP,
        "We write 30 days before. Then name, address and password go, as if the person had asked for that. "
        "Accounts of people who hold a role, or whom a challenge under way still needs, stay.",
        _MINIMISE,
        _CHECKED,
    ),
    Retention(
        Category.SIGN_UPS,
        "What was typed at sign-up",
        SIGN_UP_KEPT,
        "after it was typed",
        Done.DELETE,
        "Once the address is confirmed there is an account; the copy goes all the same.",
        _MINIMISE,
        _CHECKED,
        fixed=True,
    ),
    Retention(
        Category.SESSIONS,
        "Browsers that people were signed in with",
        ABSOLUTE + KEPT_AFTER_USE,
        "after they signed in",
        Done.DELETE,
        "The browser’s name and when it was last seen.",
        _SECURITY,
        _CHECKED,
        fixed=True,
    ),
    Retention(
        Category.LINKS,
        "One-time links",
        KEPT_AFTER_USE,
        "after they stop working",
        Done.DELETE,
        "We hold a fingerprint of the link and the address it went to.",
        _SECURITY,
        _CHECKED,
        fixed=True,
    ),
    Retention(
        Category.KEPT_TEXT,
        "Text from a session that ended",
        PARKED_FOR,
        "after it arrived",
        Done.DELETE,
        "It is kept encrypted, for its writer only.",
        _MINIMISE,
        _CHECKED,
        fixed=True,
    ),
    Retention(
        Category.FORMS,
        "Fingerprints of forms that were sent, so that none counts twice",
        timedelta(hours=48),
        "after each was sent",
        Done.DELETE,
        "A fingerprint tells nothing of what was written.",
        _SECURITY,
        _CHECKED,
        fixed=True,
    ),
    Retention(
        Category.ATTEMPTS,
        "Failed attempts to sign in",
        FORGOTTEN_AFTER,
        "after the last one",
        Done.DELETE,
        "Counted by a fingerprint of the account and browser.",
        _SECURITY,
        _CHECKED,
        fixed=True,
    ),
    Retention(
        Category.RECORD,
        "The record of who did what and when, decisions, openings, and how each pitch ended",
        None,
        "",
        Done.KEEP,
        "The record holds numbers of people, never names or addresses.",
        "Procurement Act 2023, section 98, and UK GDPR, Article 17(3)(b) and (d): "
        "a contest must stay checkable.",
        _CHECKED,
        fixed=True,
    ),
)
TABLE: dict[Category, Retention] = {row.category: row for row in RETENTION}

SHORTEST_DAYS, LONGEST_DAYS = 1, 7300
#: Before an unused account goes, its person is warned and has so long to come back.
WARNED_FOR = timedelta(days=30)


def say_period(keeps: timedelta | None) -> str:
    """`30 days`, `12 months`, `3 years`, `24 hours`, `For good`; a part of a day counts as one."""
    if keeps is None:
        return "For good"
    if keeps < timedelta(days=3):
        return plural(int(keeps.total_seconds()) // 3600, "hour")
    days = -(-keeps // timedelta(days=1))
    if days % 365 == 0:
        return plural(12, "month") if days == 365 else plural(days // 365, "year")
    return plural(days, "day")


def period_problem(days: int | None) -> str:
    """What is wrong with a period, or ""."""
    if days is None or not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        return f"Enter a number of days from {SHORTEST_DAYS} to {LONGEST_DAYS:,}"
    return ""


def night_has_come(last: datetime | None, now: datetime) -> bool:
    """Whether the purge of this night is due: after 2am in London, once a day."""
    local = now.astimezone(LONDON)
    return local.hour >= 2 and (last is None or last.astimezone(LONDON).date() < local.date())


class Permission(StrEnum):
    """Who may change how long things are kept, purge, and erase somebody else."""

    RETENTION = "retention:manage"
    ERASE_OTHER = "erasure:other"


def _admin(actor: Actor | None, _facts: object) -> Verdict:
    return ALLOWED if actor and actor.has(Role.ADMIN) else HIDDEN


PERMISSIONS: PermissionTable = dict.fromkeys(Permission, _admin)
