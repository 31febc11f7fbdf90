"""Pages with the same words for everyone: accessibility, privacy, cookies, contact and help."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from pitchfest.web.access import public
from pitchfest.web.templating import asset

bp = Blueprint("pages", __name__)
BLUEPRINTS = (bp,)


@bp.get("/accessibility-statement")
@public
def accessibility() -> str:
    """The accessibility statement in the model form."""
    return render_template("pages/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> str:
    """The privacy notice."""
    return render_template("pages/privacy.html")


@bp.get("/cookies")
@public
def cookies() -> str:
    """Which cookies there are, and why there is no banner."""
    return render_template("pages/cookies.html")


@bp.get("/contact")
@public
def contact() -> str:
    """How to reach the innovation unit."""
    return render_template("pages/contact.html")


@bp.get("/help")
@public
def get_help() -> str:
    """*Get help*, linked in the same place on every page."""
    return render_template("pages/help.html")


@bp.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """The icon that browsers ask for by themselves."""
    return redirect(asset("favicon.svg"), 301)
