"""People as one types or pastes them: a line each, with or without a name. Pure."""

from __future__ import annotations

import re

from pitchfest.accounts.rules import address_problem, tidy_address
from pitchfest.kernel.text import tidy_line

_ADDRESS = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")


def read_people(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """((name, address) in order, each address once; lines that hold no address).

    `Idris Vaughan <idris@example.com>`, `idris@example.com, Idris Vaughan` and the bare address all
    do. A name that is not given is "".
    """
    found: dict[str, str] = {}
    unread = []
    for line in filter(None, map(tidy_line, text.splitlines())):
        match = _ADDRESS.search(line)
        address = tidy_address(match[0].strip(".\"'()")) if match else ""
        if match is None or address_problem(address):
            unread.append(line)
            continue
        name = tidy_line((line[: match.start()] + " " + line[match.end() :]).translate(_MARKS))
        found.setdefault(address, name[:120])
    return [(name, address) for address, name in found.items()], unread


_MARKS = str.maketrans(dict.fromkeys('<>,;"()', " "))
