"""Finding a supplier's name in a text that another supplier will read. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Ends of a name that people leave out when they write about a firm.
_LEGAL_ENDS = re.compile(
    r"[\s,]+(ltd|limited|plc|llp|cic|cio|inc|co|company|community interest company)\.?$", re.IGNORECASE
)
#: A shorter stem would stand in half of all sentences.
_LEAST_STEM = 4


def names_in(text: str, names: Iterable[str], *, allowed: Iterable[str] = ()) -> list[str]:
    """Those of `names` that `text` mentions, in their order; mentions of `allowed` names do not count.

    A full name is found whatever its capitals, spaces and width of letters. Without its legal ending
    ("Ltd") it is found as it is spelt, so that a firm called "Data Ltd" does not forbid the word data.
    """
    spelt, folded = _tidy(text), _fold(text)
    for name in sorted(allowed, key=len, reverse=True):
        spelt, folded = _without(spelt, _tidy(name)), _without(folded, _fold(name))
    return [name for name in names if _has(folded, _fold(name)) or _has(spelt, _stem(_tidy(name)))]


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())


def _fold(text: str) -> str:
    return _tidy(_tidy(text).casefold())


def _stem(name: str) -> str:
    """The name without its legal ending, "" where it has none or little else."""
    stem = _LEGAL_ENDS.sub("", name)
    return stem if stem != name and len(stem) >= _LEAST_STEM else ""


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _has(text: str, name: str) -> bool:
    return bool(name) and _pattern(name).search(text) is not None


def _without(text: str, name: str) -> str:
    return _pattern(name).sub(" \x00 ", text) if name else text
