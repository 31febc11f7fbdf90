"""What everyone is told of a published challenge, in one order. Pure."""

from __future__ import annotations

from enum import StrEnum


class NewsKind(StrEnum):
    """What happened. Followers, suppliers who hold a pitch, feeds and calendars all learn of it."""

    PUBLISHED = "published"
    EXTENDED = "extended"
    ANSWERED = "answered"


#: News → the name that its item has among a message's ids: the row or number that says what happened.
#: The message is `challenge_<kind>`. What is not here is news for the feeds only.
NEWS_ITEMS: dict[NewsKind, str] = {NewsKind.EXTENDED: "extension", NewsKind.ANSWERED: "number"}
