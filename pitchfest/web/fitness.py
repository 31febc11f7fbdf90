"""Whether this process may serve at all: asked before `flask serve` and the worker begin, and under
another server once in each process, before its first page.
"""

from __future__ import annotations

import logging
from threading import Lock
from typing import Protocol

from flask import Flask, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from pitchfest.db import db, migrations
from pitchfest.db.transaction import is_closed


class Check(Protocol):
    """What a higher floor asks: a sentence that says what is wrong and what to do, or None."""

    def __call__(self, *, demo: bool) -> str | None: ...


CHECKS_EXTENSION = "pitchfest.fitness_checks"
#: Whether this process has found itself fit.
FIT = "PITCHFEST_FIT"

NO_DATABASE = (
    "There is no database here yet. `flask --app wsgi serve` makes one and starts the site; "
    "`flask --app wsgi db upgrade` makes an empty one."
)

log = logging.getLogger("pitchfest")
_asking = Lock()


def refusal() -> str | None:
    """Why this installation must not serve, in a sentence for whoever runs it; None when it may."""
    if current := revision_refusal():
        return current
    checks: tuple[Check, ...] = current_app.extensions[CHECKS_EXTENSION]
    demo = current_app.config["PITCHFEST_DEMO"]
    return next((sentence for check in checks if (sentence := check(demo=demo))), None)


def revision_refusal() -> str | None:
    """Why this code and this database do not go together; None when they do."""
    if is_closed():
        return (
            "This database was copied to another and closed, so that nothing is lost. Set DATABASE_URL to "
            "the new one, or remove the file that ends in .closed beside it to go back."
        )
    standing = migrations.standing()
    if standing == migrations.Standing.AHEAD:
        return (
            f"The database is at revision {migrations.present()}, which is newer than this code "
            f"({migrations.newest()}). Run the newer code, or restore the copy from before the upgrade."
        )
    if standing == migrations.Standing.BEHIND:
        if migrations.present() is None:
            return NO_DATABASE
        return "The database is older than this code. Run `flask --app wsgi db upgrade` first."
    return None


def init_app(app: Flask) -> None:
    """Ask before the first page of each process; `/healthz` answers in any case."""
    app.config[FIT] = False
    app.before_request(_ask_once)


def _ask_once() -> Response | None:
    if current_app.config[FIT] or request.endpoint == "health.healthz":
        return None
    with _asking:
        try:
            sentence = refusal()
        except SQLAlchemyError:
            return None  # the database cannot be reached now: the page says so, and the next one asks again
        finally:
            db.session.rollback()
        current_app.config[FIT] = sentence is None
    if sentence is None:
        return None
    log.error("not serving: %s", sentence)
    return Response(
        "This site is not ready yet. Whoever runs it finds the reason in its log.\n",
        503,
        {"Retry-After": "60", "Content-Type": "text/plain; charset=utf-8"},
    )
