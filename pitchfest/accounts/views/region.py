"""What the region's look is made of: its colour as a style sheet, and its logo. For everyone, to be kept."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries
from pitchfest.accounts.rules.colour import style_sheet
from pitchfest.accounts.views.blueprint import bp
from pitchfest.files import queries as files
from pitchfest.web.access import public

#: What is asked for by an address that names the content never changes.
_FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/region.css")
@public
def region_sheet() -> ResponseReturnValue:
    """The region's colour and what follows from it; `colour` in the address makes a copy lasting."""
    region = queries.region()
    response = Response(style_sheet(region.brand), content_type="text/css; charset=utf-8")
    if request.args.get("colour") == region.own_colour:
        response.headers["Cache-Control"] = _FOR_EVER
        response.add_etag()
        response.make_conditional(request)
    return response


@bp.get("/region-logo-<mark>.png")
@public
def region_logo(mark: str) -> ResponseReturnValue:
    found = queries.logo(mark)
    response = Response(files.read(found), content_type=found.media_type)
    response.headers["Cache-Control"] = _FOR_EVER
    return response
