"""Pages with the same words for everyone: accessibility, cookies, contact and help."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, current_app, redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from pitchfest.web.access import public
from pitchfest.web.markdown import to_html
from pitchfest.web.templating import REGION_EXTENSION, asset

bp = Blueprint("pages", __name__)
BLUEPRINTS = (bp,)


def _page(name: str) -> str:
    """A page with the region's own dates and periods, where its settings name them."""
    texts: dict[str, str] = current_app.extensions[REGION_EXTENSION]().texts
    return render_template(f"pages/{name}.html", own=own_words(texts), **texts)


def own_words(texts: dict[str, str]) -> dict[str, Markup]:
    """What the region wrote for these pages itself, as safe HTML."""
    return {key: _prose(text) for key, text in texts.items()}


@lru_cache(maxsize=32)
def _prose(text: str) -> Markup:
    """Words of the region's, rendered once for each that it ever has."""
    return Markup(to_html(text))  # noqa: S704 - `to_html` has cleaned it


@bp.get("/accessibility-statement")
@public
def accessibility() -> str:
    """The accessibility statement in the model form."""
    return _page("accessibility")


@bp.get("/cookies")
@public
def cookies() -> str:
    """Which cookies there are, and why there is no banner."""
    return _page("cookies")


@bp.get("/contact")
@public
def contact() -> str:
    """How to reach the innovation unit."""
    return _page("contact")


@bp.get("/help")
@public
def get_help() -> str:
    """*Get help*, linked in the same place on every page."""
    return _page("help")


@bp.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """The icon that browsers ask for by themselves."""
    return redirect(asset("favicon.svg"), 301)
