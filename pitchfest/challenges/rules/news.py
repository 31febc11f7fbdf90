"""What everyone is told of a published challenge, in one order. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pitchfest.kernel.clock import say_day


class NewsKind(StrEnum):
    """What happened. Followers, suppliers who hold a pitch, feeds and calendars all learn of it."""

    PUBLISHED = "published"
    EXTENDED = "extended"
    REOPENED = "reopened"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ANSWERED = "answered"
    DELAYED = "delayed"


#: News → the name that its item has among a message's ids: the row or number that says what happened.
#: The message is `challenge_<kind>`.
NEWS_ITEMS: dict[NewsKind, str] = {
    NewsKind.PUBLISHED: "record",
    NewsKind.EXTENDED: "extension",
    NewsKind.REOPENED: "extension",
    NewsKind.CORRECTED: "correction",
    NewsKind.CANCELLED: "cancellation",
    NewsKind.ANSWERED: "number",
    NewsKind.DELAYED: "delay",
}

#: News → what a feed's entry is called, before the title of the challenge.
NEWS_TITLES: dict[NewsKind, str] = {
    NewsKind.PUBLISHED: "New challenge",
    NewsKind.EXTENDED: "More time",
    NewsKind.REOPENED: "Open again",
    NewsKind.CORRECTED: "Correction",
    NewsKind.CANCELLED: "Cancelled",
    NewsKind.ANSWERED: "Answer",
    NewsKind.DELAYED: "Later than we said",
}

#: News → what a calendar says before the day.
_HAPPENED: dict[NewsKind, str] = {
    NewsKind.PUBLISHED: "Published",
    NewsKind.EXTENDED: "More time given",
    NewsKind.REOPENED: "Opened again",
    NewsKind.CORRECTED: "Corrected",
    NewsKind.CANCELLED: "Cancelled",
    NewsKind.ANSWERED: "Answer {item} published",
    NewsKind.DELAYED: "Said to come later",
}


def happened(kind: NewsKind, item: int, at: datetime, reason: str) -> str:
    """News in one line: what happened, on which day and why."""
    said = f"{_HAPPENED[kind].format(item=item)} on {say_day(at)}"
    return f"{said}: {reason}" if reason else said
