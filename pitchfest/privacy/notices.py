"""The last mail to someone who was erased, and the warning before an unused account goes."""

from __future__ import annotations

from datetime import datetime

from pitchfest.accounts.queries import recipient
from pitchfest.mail.operations import enqueue
from pitchfest.mail.rules import Context, MailKind, Message
from pitchfest.privacy import queries
from pitchfest.privacy.rules import WARNED_FOR

#: Kind of the last mail: its row holds the address until it is sent, and is deleted then.
FAREWELL = "account_erased"
WARNING = "account_unused"


def farewell(address: str, erasure_id: int, *, now: datetime) -> None:
    """Tell someone, at the address that has just gone from their account, what went and what stays."""
    enqueue(FAREWELL, now=now, address=address, erasure=erasure_id)


def unused(person_id: int, *, now: datetime) -> None:
    """Tell someone that their account will go unless they sign in."""
    enqueue(WARNING, now=now, person_id=person_id)


def _load_farewell(message: Message, _now: datetime) -> Context | None:
    found = queries.erasure(message.ids["erasure"])
    return {"erasure": found} if found else None


def _load_warning(message: Message, _now: datetime) -> Context | None:
    person = recipient(message.person_id or 0)
    return {"name": person[0], "until": message.created_at + WARNED_FOR} if person else None


KINDS: dict[str, MailKind] = {
    FAREWELL: MailKind("An account is closed", _load_farewell),
    WARNING: MailKind("An unused account will be closed", _load_warning),
}
