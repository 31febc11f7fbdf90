"""What somebody sent that could not be saved: which of it they wrote, and back into the form it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from pitchfest.web.requests import number_asked

#: A function of a higher floor: the fields of a parked form by its id, of the present person only.
PARKED_EXTENSION = "pitchfest.parked"
#: In an address: the parked form that its page is filled with again; 0 where nothing was typed.
KEPT = "kept"
NEVER_KEPT = ("password", "token", "code", "secret")
#: Fields that people do not write: what a form carries for itself, and buttons.
_BUTTONS = ("act", "step", "keep", "sign", "nothing", "confirm", "go", "direction")
_CARRIED = ("version", "parent", "next", "person", "card", "record", "correction", "seen", "checked")
NOT_WRITTEN = frozenset((*_BUTTONS, *_CARRIED, "beside", "hidden", "practice"))
#: What a ticked box sends: it means nothing away from its page.
TICKED = "y"

Fields = list[tuple[str, str]]


def may_be_kept(name: str) -> bool:
    """Whether a field is none of a password, a token and the like."""
    return not any(word in name for word in NEVER_KEPT)


def sent() -> Fields:
    """What was filled in, in the form's order; with the version that it was filled in on."""
    return [(n, text) for n, text in request.form.items(multi=True) if text.strip() and may_be_kept(n)]


def anything_filled_in() -> bool:
    """Whether what was sent holds more than what a form carries for itself."""
    return any(name not in NOT_WRITTEN for name, _ in sent())


def written(fields: Iterable[tuple[str, str]]) -> Fields:
    """What a person filled in among the fields, choices and numbers too but no ticks, to copy, as
    (title, text).
    """
    return [(_title(name), text) for name, text in fields if name not in NOT_WRITTEN and text != TICKED]


def _title(name: str) -> str:
    """`reason-18` was a field called Reason."""
    parts = (part for part in re.split(r"[-_]+", name) if not part.isdigit())
    return " ".join(parts).strip().capitalize() or "Text"


def page_of_form() -> str:
    """The page that the form stood on: its own address, the one that the browser says it came from, or the
    nearest above either that can be read.
    """
    came_from = urlsplit(request.referrer or "")
    own = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    start = request.path if own or came_from.netloc != request.host else came_from.path
    while start.strip("/") and not _is_page(start):
        start = start.rstrip("/").rpartition("/")[0]
    return start or "/"


def _is_page(path: str) -> bool:
    try:
        return bool(current_app.create_url_adapter(request).match(path, method="GET"))  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return False


def number_in(address: str) -> int | None:
    """The number of the kept form that an address names, 0 for none; None where it names none at all."""
    value = parse_qs(urlsplit(address).query).get(KEPT, [""])[0]
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def sent_again(fields: Fields) -> bool:
    """Whether what is being sent is the form with these fields: every one of them is there again."""
    return {name for name, _ in fields if name not in NOT_WRITTEN} <= set(request.form)


def filled_again(form: Any) -> MultiDict[str, str] | None:
    """What was kept of this very form, where the page's address asks for it; None otherwise.

    A page may hold several forms: it belongs to the one that has every field of it.
    """
    fields = _asked_for() if request.method == "GET" and KEPT in request.args else []
    names = {field.name for field in form}
    typed = {name for name, _ in fields if name not in NOT_WRITTEN}
    if not typed or not all(name in names or any(name.startswith(f"{n}-") for n in names) for name in typed):
        return None
    return MultiDict(fields)


def _asked_for() -> Fields:
    if "kept_fields" not in g:
        number = number_asked(KEPT)
        find: Callable[[int], Fields] = current_app.extensions[PARKED_EXTENSION]
        g.kept_fields = find(number) if number else []
    found: Fields = g.kept_fields
    return found
