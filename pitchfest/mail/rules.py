"""What a message is, and what a feature says about each kind it sends. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import LONDON


class Delivery(StrEnum):
    """How far a message has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    #: There is no mail server: the person reads it at /account/messages.
    KEPT = "kept"
    #: The right to read it had ended when it was due.
    DROPPED = "dropped"
    FAILED = "failed"


#: How every Message-ID ends; 32 random hexadecimal digits stand before it.
MESSAGE_ID_END = "@pitchfest"


@dataclass(frozen=True, slots=True)
class Message:
    """An outbox row as rendering and pages read it."""

    id: int
    kind: str
    person_id: int | None
    address: str | None
    ids: dict[str, Any]
    created_at: datetime
    message_id: str
    state: Delivery

    @property
    def public_id(self) -> str:
        """What addresses call it: the random half of its Message-ID. Numbers in a row would show by their
        gaps that there are messages about sealed pitches.
        """
        return self.message_id.removesuffix(MESSAGE_ID_END)


Context = dict[str, Any]


@dataclass(frozen=True)
class MailKind:
    """One kind of message.

    `title` is what lists call every message of the kind: they know neither what is sealed nor who may still
    read what. `load(message, now)` returns what its template `mail/<kind>.txt` needs, or None when the
    right to read it has ended. `mint(message, now)` is for messages with a one-time link: inside
    a write, it makes a fresh link, voids the one before and returns its path. `forgets_address`
    is for people outside, who have no account: once the message has left, or never will, their address goes.
    `unsubscribe(message)` is the path by which a mail program stops such messages, "" for none.
    """

    title: str
    load: Callable[[Message, datetime], Context | None]
    mint: Callable[[Message, datetime], str] | None = None
    forgets_address: bool = False
    unsubscribe: Callable[[Message], str] | None = None


@dataclass(frozen=True)
class MailSetup:
    """The kinds of all features, and how a person's name and address are found. `about`: each finds in one
    statement what a person's messages are about, in words by the message's id, as far as they may know now.
    """

    kinds: Mapping[str, MailKind]
    recipient: Callable[[int], tuple[str, str] | None]
    about: tuple[Callable[[Sequence[Message], Actor, datetime], dict[int, str]], ...] = ()


@dataclass(frozen=True)
class Letterhead:
    """A rendered message."""

    subject: str
    body: str


#: Reminders that go by themselves go between these hours in London, never at night.
CHASING_FROM, CHASING_UNTIL = 9, 21


def chasing_day(now: datetime) -> date | None:
    """The London day whose reminders may go at `now`; None early in the morning and at night."""
    local = now.astimezone(LONDON)
    return local.date() if CHASING_FROM <= local.hour < CHASING_UNTIL else None
