"""`/healthz`: whether database, migrations, worker and mail are well, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from pitchfest.db import db, migrations
from pitchfest.web.access import public
from pitchfest.web.requests import now

bp = Blueprint("health", __name__)
BLUEPRINTS = (bp,)

#: What higher floors say of themselves: name → value at a moment, a constant number of statements each.
PARTS_EXTENSION = "pitchfest.health_parts"


@bp.get("/healthz")
@public
def healthz() -> Response:
    """200 with the state of each part: "ok" or what is wrong, seconds of waiting or null."""
    parts: Mapping[str, Callable[[datetime], str | int | None]] = current_app.extensions[PARTS_EXTENSION]
    state: dict[str, str | int | None] = {"database": "unreachable", "migrations": "unknown"}
    state |= dict.fromkeys(parts, "unknown")
    try:
        state |= {"migrations": migrations.standing(), "database": "ok"}
        state |= {name: ask(now()) for name, ask in parts.items()}
    except SQLAlchemyError:
        db.session.rollback()
    response = jsonify(state)
    response.headers["Cache-Control"] = "no-store"
    return response
