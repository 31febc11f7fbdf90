"""`/healthz`: whether database, migrations and worker are well, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from pitchfest.db import db
from pitchfest.db.migrations import at_newest
from pitchfest.db.types import UtcDateTime
from pitchfest.web.access import public
from pitchfest.web.requests import now

bp = Blueprint("health", __name__)
BLUEPRINTS = (bp,)

#: A worker that has not gone round for this long is not well.
SILENT = timedelta(minutes=2)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """200 with the state of each part; the parts say "ok" or what is wrong, no version or path."""
    try:
        beat = db.session.execute(
            text("SELECT at FROM worker_beat WHERE id = 1").columns(at=UtcDateTime)
        ).scalar()
        state = {
            "database": "ok",
            "migrations": "ok" if at_newest() else "behind",
            "worker": "ok" if beat and now() - beat < SILENT else "silent",
        }
    except SQLAlchemyError:
        state = {"database": "unreachable", "migrations": "unknown", "worker": "unknown"}
    response = jsonify(state)
    response.headers["Cache-Control"] = "no-store"
    return response
