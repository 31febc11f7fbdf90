"""Names of organisations and people: when two mean the same, and whether a text holds one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
#: What says only that something is a company or the like.
_FORM = frozenset(
    {"ltd", "limited", "plc", "llp", "lp", "cic", "cio", "inc", "llc", "gmbh", "co", "company"}
    | {"the", "and", "group", "uk"}
)
#: Fewer letters than this are too few to be a name.
_SHORTEST = 4


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text for comparing: lower case, without punctuation."""
    return tuple(_WORD.findall(text.replace("’", "").replace("'", "").casefold()))


def name_words(name: str) -> tuple[str, ...]:
    """The words that make a name: without "Ltd", "the" and the like, unless nothing would be left."""
    words = words_of(name)
    return tuple(word for word in words if word not in _FORM) or words


def as_text(words: Iterable[str]) -> str:
    """Words in a row, for finding a name among them."""
    return f" {' '.join(words)} "


def holds(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether the words hold the name: all of its words, one after the other."""
    if sum(map(len, name)) < _SHORTEST:
        return False
    return as_text(name) in as_text(words)


def same_name(one: str, other: str) -> bool:
    """Whether two names may mean the same: "Tidewater" and "Tidewater Systems Ltd". Rather too often
    than too seldom: a person looks at it.
    """
    a, b = name_words(one), name_words(other)
    return holds(a, b) or holds(b, a)
