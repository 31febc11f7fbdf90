"""People as one types or pastes them: a line each, with or without a name. Pure."""

from __future__ import annotations

import re

from pitchfest.accounts.rules import LONGEST_TOKEN, address_problem, tidy_address
from pitchfest.kernel.text import tidy_line

#: A run of anything but separators. Finding these takes a time that grows with the text and no faster,
#: which looking for an @ between two such runs does not.
_TOKEN = re.compile(r"[^\s<>,;]+")


def read_people(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """((name, address) in order, each address once; lines that hold no address).

    `Idris Vaughan <idris@example.com>`, `idris@example.com, Idris Vaughan` and the bare address all
    do. A name that is not given is "".
    """
    found: dict[str, str] = {}
    unread = []
    for line in filter(None, map(tidy_line, text.splitlines())):
        match = next((m for m in _TOKEN.finditer(line) if _may_be_address(m[0])), None)
        address = tidy_address(match[0].strip(".\"'()")) if match else ""
        if match is None or address_problem(address):
            unread.append(line)
            continue
        name = tidy_line((line[: match.start()] + " " + line[match.end() :]).translate(_MARKS))
        found.setdefault(address, name[:120])
    return [(name, address) for address, name in found.items()], unread


def _may_be_address(token: str) -> bool:
    return len(token) <= LONGEST_TOKEN and "@" in token[1:-1]


_MARKS = str.maketrans(dict.fromkeys('<>,;"()', " "))
