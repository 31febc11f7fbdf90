"""Noting that a signed-in person got an error page, so that the help desk can find it in the log."""

from __future__ import annotations

import logging
import time

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from pitchfest.accounts import operations
from pitchfest.accounts.rules import TROUBLES
from pitchfest.db import transaction
from pitchfest.db.transaction import LONGEST_WAIT
from pitchfest.web.access import current_actor
from pitchfest.web.requests import now, request_id

log = logging.getLogger("pitchfest")
#: How long the note waits for its turn, in seconds: nobody waits for it, but a thread is held.
_PATIENCE = 1.0


def note_trouble(response: Response) -> Response:
    """After each request: when it ended in an error page, note that once the page has been sent."""
    actor = current_actor() if response.status_code in TROUBLES else None
    if actor is not None:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way
        values = {
            "request_id": request_id(),
            "status": response.status_code,
            "endpoint": request.endpoint or "",
            "now": now(),
        }
        person_id = actor.person_id
        response.call_on_close(lambda: _write(app, person_id, values))
    return response


def _write(app: Flask, person_id: int, values: dict[str, object]) -> None:
    with app.app_context():
        try:
            with transaction(time.monotonic() - LONGEST_WAIT + _PATIENCE):
                operations.note_trouble(person_id, **values)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - the disk may be full: a note never fails what it is about
            log.warning("trouble not noted: %s", type(error).__name__)
