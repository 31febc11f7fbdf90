"""Finding challenges: themes, and what a search looks at. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

#: Key → what a challenge is about, as people say it.
THEMES: dict[str, str] = {
    "care": "Health and care",
    "environment": "Climate and environment",
    "homes": "Homes and places",
    "jobs": "Jobs and skills",
    "services": "Public services",
    "transport": "Roads and transport",
}
#: Of a search so many words are looked for.
MOST_WORDS = 10


class Sort(StrEnum):
    """In which order found challenges stand; by relevance only where words were sought."""

    RELEVANCE = "relevance"
    CLOSING = "closing"
    NEWEST = "newest"


class Within(StrEnum):
    """How soon an open challenge closes."""

    WEEK = "week"
    MONTH = "month"


#: How soon → within how many days.
DAYS = {Within.WEEK: 7, Within.MONTH: 31}


def search_words(text: str) -> list[str]:
    """The words that a search for `text` looks for: lower case, without accents, each once."""
    return list(dict.fromkeys(_words(text)))[:MOST_WORDS]


def searchable(parts: Iterable[str]) -> str:
    """Texts as a search finds them: the same words as `search_words` makes, with spaces between."""
    return " ".join(word for part in parts for word in _words(part))


def _words(text: str) -> list[str]:
    bare = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", "".join(bare))
