"""Reading pasted addresses, and the words that tell people of a challenge. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from pitchfest.accounts.rules import LONGEST_TOKEN, address_problem, tidy_address
from pitchfest.kernel.text import count_words

#: How many people one message goes to at most.
MOST_PEOPLE = 500
#: How many words the officer may put before the fixed ones.
NOTE_WORDS = 100
#: How many messages of this kind an address gets in a day, from all challenges together.
MOST_A_DAY = 3
#: How long a text to share may be.
SHARED_AT_MOST = 280

#: How much of a problem a mail tells.
GIST_AT_MOST = 300
#: A sentence's end, and what Markdown puts around words.
_SENTENCE = re.compile(r"[.!?](?=\s)")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_MARKS = re.compile(r"^\s*(?:[#>*+-]+|\d+\.)\s+|[*_`]", re.MULTILINE)

#: What separates addresses in lists, cells and mail programs. Splitting takes a time that grows with
#: the text and no faster, which looking for an @ between two runs of anything does not.
_SEPARATORS = re.compile(r"[\s,;:<>()\[\]|\"“”‘’`]+")
#: What sentences and spreadsheets leave at either end of an address.
_LOOSE_ENDS = ".,'*/"


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was found in a pasted text: addresses, each once, in the order in which they came, and
    what holds none, as (number of the line from 1, text).
    """

    addresses: tuple[str, ...]
    unread: tuple[tuple[int, str], ...]
    doubles: int


@dataclass(frozen=True, slots=True)
class Sorted:
    """A list sorted out: who is to be told, how many were told of this challenge before, and how
    many asked not to be told or had enough of these mails today.
    """

    new: tuple[str, ...]
    known: int
    stopped: int


def read_addresses(text: str) -> Pasted:
    """The e-mail addresses in a text pasted from a spreadsheet, a list or a mail program.

    A line may hold several, with names, commas, semicolons, tabs or quotes around them. A line
    without any is listed as unread; of a line with good ones, only what is not whole.
    """
    found: dict[str, None] = {}
    unread, seen = [], 0
    for number, line in enumerate(text.splitlines(), start=1):
        candidates = [token for token in _SEPARATORS.split(line) if "@" in token]
        good: list[str] = []
        bad: list[str] = []
        for candidate in candidates:
            address = tidy_address(candidate.strip(_LOOSE_ENDS)) if len(candidate) <= LONGEST_TOKEN else ""
            (bad if address_problem(address) else good).append(address or candidate)
        seen += len(good)
        found |= dict.fromkeys(good)
        if bad or (not good and any(c.isalnum() for c in line)):
            unread.append((number, ", ".join(bad) if good else " ".join(line.split())))
    return Pasted(tuple(found), tuple(unread), seen - len(found))


def note_problem(note: str) -> str:
    """What is wrong with the officer's own words, or ""."""
    over = count_words(note) - NOTE_WORDS
    return f"This is {over} words too long. Keep it to {NOTE_WORDS} or fewer" if over > 0 else ""


def gist(problem: str) -> str:
    """The first sentences of a problem's first paragraph, without marks: about `GIST_AT_MOST` characters."""
    first = next(filter(None, (part.strip() for part in problem.split("\n\n"))), "")
    words = " ".join(_MARKS.sub("", _LINK.sub(r"\1", first)).split())
    if len(words) <= GIST_AT_MOST:
        return words
    ends = [m.end() for m in _SENTENCE.finditer(words, 0, GIST_AT_MOST)]
    return words[: ends[-1]] if ends else _cut(words, GIST_AT_MOST)


def stop_token(key: str, address: str) -> str:
    """What stands in the link by which the holder of an address asks for no more: nobody else can
    make it, since it takes the application's secret key.
    """
    return hmac.new(key.encode(), f"outreach|{address}".encode(), hashlib.sha256).hexdigest()


def token_hash(token: str) -> str:
    """What is kept of an address for good: it recognises the address and its link, and makes neither."""
    return hashlib.sha256(token.encode()).hexdigest()


def shared_text(*, title: str, asker: str, money: str, closing: str, url: str) -> str:
    """A text of at most 280 characters to share; a title that is too long for it is cut at a word."""
    rest = f" {asker} is looking for ideas. {money}Send yours by {closing}: {url}"
    room = SHARED_AT_MOST - len(rest)
    return f"{_cut(title, room)}.{rest}".replace("?.", "?").replace("….", "…")[:SHARED_AT_MOST]


def _cut(text: str, room: int) -> str:
    if len(text) < room:
        return text
    kept = text[: max(0, room - 2)].rsplit(" ", 1)[0]
    return f"{kept}…"
