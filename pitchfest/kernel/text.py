"""Words that people write: counting them, tidying them, and saying numbers."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from typing import Any

#: Letters and digits that cannot be mistaken for one another on the phone.
SPEAKABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


#: What shows nothing where it stands: characters that Unicode says to leave out where they are not supported
#: (`Default_Ignorable_Code_Point`: joiners, marks of direction, soft hyphens, fillers, selectors), and the
#: empty pattern of Braille. `assets/js/init.js` names the same ones.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_ANY_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_NOTHING_TO_SEE = re.compile(rf"[\s{_INVISIBLE}]*")


def count_words(text: str) -> int:
    """Words as a word processor counts them: runs of anything between white space, if any of it shows."""
    words = text.split()
    if not _ANY_INVISIBLE.search(text):
        return len(words)
    return sum(not _NOTHING_TO_SEE.fullmatch(word) for word in words)


#: Control characters but tab and line feed; halves of a pair; marks that turn the direction of what stands
#: round them, so that a name can look like another (letters that are written from right to left need none,
#: and the marks U+200E, U+200F and U+061C, which turn no other letter round, stay, as joiners do); and what
#: Unicode says will never be a character: no XML may hold U+FFFE or U+FFFF, so one of them in a sentence
#: would break a feed for everyone.
_NOT_KEPT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)


def tidy(text: str) -> str:
    """Text with unix line ends, and no control characters, marks that turn its direction, code points that
    are no characters, or white space at either end; "" where nothing of it would show.
    """
    kept = _NOT_KEPT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return "" if _NOTHING_TO_SEE.fullmatch(kept) else kept


def tidy_line(text: str) -> str:
    """One line: every run of white space becomes one space."""
    return " ".join(tidy(text).split())


def plural(count: int, one: str, many: str = "") -> str:
    """`1 pitch`, `2 pitches`: the number and its noun, never parted."""
    return f"{count:,}\u00a0{one if count == 1 else many or one + 's'}"


def say_size(size: int) -> str:
    """A number of bytes as people say a file's size: `340 KB`, `2.1 MB`."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))}\u00a0KB"
    return f"{size / 1_000_000:.1f}\u00a0MB"


def join_words(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


_TITLES = frozenset(
    {"dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "lord", "lady"}
)


def say_called(name: str) -> str:
    """How one greets a person: `Martha` for Martha Oyelaran, `Dr Ellery` for Dr Tomos Ellery."""
    words = name.split()
    if len(words) > 1 and words[0].rstrip(".").lower() in _TITLES:
        return f"{words[0]} {words[-1]}"
    return words[0] if words else ""


def as_sentence(text: str) -> str:
    """Text on one line that ends like a sentence, so that another can follow it."""
    folded = " ".join(text.split())
    return folded if folded.endswith((".", "!", "?")) or not folded else f"{folded}."


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces, not ASCII-escaped: the form that every hash is over."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def speakable_code(length: int) -> str:
    """A random code people can say on the phone, from the system's secure source."""
    return "".join(secrets.choice(SPEAKABLE) for _ in range(length))
