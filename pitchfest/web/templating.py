"""What every template may use."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, MutableMapping
from functools import cache
from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, request, session, url_for
from flask.templating import Environment
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from pitchfest.kernel import clock, money, text
from pitchfest.kernel.actor import Actor
from pitchfest.web.access import current_actor
from pitchfest.web.assets import FOLDER
from pitchfest.web.requests import no_mail, now, request_id

NAVIGATION_EXTENSION = "pitchfest.navigation"
REGION_EXTENSION = "pitchfest.region"

#: A navigation item: label, endpoint, and who sees it.
NavItem = tuple[str, str, Callable[[Actor | None], bool]]

#: A reference, such as CH-2026-004 or PF-7K2Q.
_REFERENCE = re.compile(r"\b[A-Z]{2}-(?:[0-9]{4}-[0-9]{3}|[0-9A-Z]{4})\b")


def whole(text: str) -> Markup:
    """The text with each reference in it kept on one line."""
    marked = _REFERENCE.sub(r'<span class="pf-nowrap">\g<0></span>', str(escape(text)))
    return Markup(marked)  # noqa: S704 - escaped above


FILTERS: dict[str, Callable[..., object]] = {
    "moment": clock.say_moment,
    "stamp": clock.say_stamp,
    "day": clock.say_day,
    "clock_time": clock.say_time,
    "pounds": money.say_pounds,
    "count_words": text.count_words,
    "plural": text.plural,
    "file_size": text.say_size,
    "words_list": text.join_words,
    "called": text.say_called,
    "sentence": text.as_sentence,
    "whole": whole,
}


class Templates(Environment):
    """Flask's templates, with their globals in a plain dictionary: the chain of two that Jinja makes is
    copied key by key for each page and each import on it, which was a quarter of a public page's time.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> dict[str, Any]:
        """What a template starts from; what is added to the globals later, it does not see."""
        return {**self.globals, **(d or {})}


def init_app(app: Flask) -> None:
    """Filters, globals and the names of built assets."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(form_token=lambda: secrets.token_urlsafe(16))
    app.jinja_env.globals.update(
        asset=asset, say_left=clock.say_left, say_ago=clock.say_ago, say_span=clock.say_span
    )
    app.context_processor(_page_values)


def asset(name: str) -> str:
    """The address of a built file, with its content's hash in it."""
    return f"/static/dist/{_manifest()[name]}"


def _manifest() -> dict[str, str]:
    found: dict[str, str] | None = current_app.extensions.get("pitchfest.manifest")
    if found is None:
        found = json.loads((FOLDER / "manifest.json").read_text())
        current_app.extensions["pitchfest.manifest"] = found
    return found


def _page_values() -> dict[str, Any]:
    actor = current_actor()
    return {
        "actor": actor,
        "navigation": _navigation(actor),
        "region": current_app.extensions[REGION_EXTENSION](),
        "request_id": request_id(),
        "now": now(),
        "no_mail": no_mail(),
        "flashes": _flashes,
        "page_errors": False,
        "practice": g.get("practice", False),
    }


def _flashes() -> list[tuple[str, str]]:
    """Messages of the last act. A request without a cookie has none and gets none."""
    return get_flashed_messages(with_categories=True) if "_flashes" in session else []  # type: ignore[return-value]


def _navigation(actor: Actor | None) -> list[tuple[str, str, bool]]:
    items: tuple[NavItem, ...] = current_app.extensions[NAVIGATION_EXTENSION]
    shown = [(label, _address(endpoint)) for label, endpoint, seen_by in items if seen_by(actor)]
    return [(label, url, _is_here(url)) for label, url in shown]


@cache
def _address(endpoint: str) -> str:
    """The address of a page without parts that vary: worked out once, since every page asks."""
    return url_for(endpoint)


def _is_here(url: str) -> bool:
    """Whether the page belongs under a navigation item: the same address or one below it."""
    area = url.rstrip("/")
    return request.path == url or (bool(area) and request.path.startswith(f"{area}/"))
