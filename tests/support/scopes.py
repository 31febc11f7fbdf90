"""Statements that read a table again within themselves where they meant the row outside.

`EXISTS (SELECT … FROM member, pitch WHERE …)` inside a statement about `pitch` asks of any pitch: a
condition meant for this one then holds for everybody. SQLAlchemy ties an inner statement only to the one
right around it, so it can happen two statements deep without a word. Whoever means another row gives it
another name; then nothing is hidden.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

_TOKENS = re.compile(r"'(?:[^']|'')*'|\"[^\"]+\"|[\w.$%]+|[(),]|[^\s\w]")
_ENDS_FROM = {"where", "group", "order", "limit", "having", "returning"}
_UNITES = ("union", "except", "intersect")


@event.listens_for(Engine, "before_cursor_execute")
def refuse(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
    """Fail the test whose statement does it."""
    hidden = hidden_tables(sql)
    assert not hidden, f"the statement reads {', '.join(sorted(hidden))} again within EXISTS: {sql}"


@cache
def hidden_tables(sql: str) -> frozenset[str]:
    """The tables that an `EXISTS` of a statement reads under the name that they have around it."""
    tokens = _TOKENS.findall(sql)
    found: set[str] = set()
    _scope(tokens, 0, [], found, tested=False)
    return frozenset(found)


def _scope(tokens: list[str], at: int, outside: list[set[str]], found: set[str], *, tested: bool) -> None:
    """Read one scope, up to the parenthesis that closes it, and then those within it; the parts of a UNION
    one by one.
    """
    names: set[str] = set()
    inner: list[tuple[int, bool]] = []
    reading = False
    while at < len(tokens) and (word := tokens[at].lower()) not in (")", *_UNITES):
        if word == "(":
            inner.append((at + 1, at > 0 and tokens[at - 1].lower() == "exists"))
            at = _closing(tokens, at)
        elif word in ("from", "join", ",") and (reading or word == "from"):
            reading, table = True, tokens[at + 1]
            if re.match(r'[\w"]', table):
                renamed = tokens[at + 2 : at + 3] == ["AS"]
                names.add((tokens[at + 3] if renamed else table).strip('"'))
        elif word in _ENDS_FROM:
            reading = False
        at += 1
    if tested:
        found |= {name for name in names if any(name in each for each in outside)}
    for start, is_test in inner:
        _scope(tokens, start, [*outside, names], found, tested=is_test)
    if at < len(tokens) and tokens[at] != ")":
        _scope(tokens, at + 1, outside, found, tested=tested)


def _closing(tokens: list[str], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[place], 0)
        if depth == 0:
            return place
    return len(tokens)
