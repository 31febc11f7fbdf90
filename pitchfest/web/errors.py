"""Each named error mapped to a page, once: what happened, what was kept, what to do next."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from flask import Flask, current_app, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from pitchfest.db import db
from pitchfest.kernel import errors
from pitchfest.web import kept
from pitchfest.web.access import PARKING_EXTENSION
from pitchfest.web.idempotency import AlreadyDone
from pitchfest.web.requests import request_id

log = logging.getLogger("pitchfest")


@dataclass(frozen=True)
class Page:
    """The words of an error page."""

    status: int
    title: str
    happened: str
    next: str = "Go back, or start again from the home page."


PAGES: dict[type[Exception] | int, Page] = {
    400: Page(400, "We could not read that request", "Your browser sent something that we could not read."),
    404: Page(
        404,
        "Page not found",
        "There is nothing at this address, or it is not open to you.",
        "Check the address. If you followed a link, sign in with the account it was sent to.",
    ),
    405: Page(405, "That does not work here", "This page cannot be used in that way."),
    413: Page(
        413,
        "That is too much at once",
        "What you sent is larger than we can take in one go. What you saved before is untouched.",
        "Go back, shorten the text or choose a smaller file, and save again.",
    ),
    CSRFError: Page(
        400,
        "We could not tell that this form came from you",
        "The form was open for too long, or your browser does not keep our one cookie. Nothing was changed.",
        "Open the page again and send it once more.",
    ),
    errors.NotAllowed: Page(403, "You cannot do this", ""),
    errors.StaleForm: Page(
        409,
        "Someone changed this before you saved",
        "",
        "Open the page again, look at what changed, and put in what is still missing.",
    ),
    errors.Conflict: Page(409, "This has changed", "", "Open the page again to see how it stands now."),
    errors.TooLate: Page(409, "You missed the closing time", ""),
    errors.RuleViolation: Page(422, "This cannot be done yet", ""),
    errors.Busy: Page(
        503,
        "We are very busy",
        "Your request did not get its turn within 30 seconds. Nothing was changed.",
        "Wait a minute, then send it again.",
    ),
    errors.StoredDiffers: Page(
        409,
        "What is stored does not agree",
        "",
        "Call the people who look after this service before anybody goes on with this challenge. "
        "They find out what happened, and what was there before is in their backups.",
    ),
    errors.StorageFailed: Page(
        503,
        "We cannot save at the moment",
        "Our storage is full or cannot be written to. What was saved before is safe. You can still read.",
        "Try again later.",
    ),
    500: Page(
        500,
        "Sorry, there is a problem with the service",
        "Something went wrong on our side, and we have made a note of it. Nothing half-done was saved.",
        "Try again in a few minutes. If it happens again, tell us the number below.",
    ),
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(AlreadyDone, lambda done: redirect(done.redirect))
    app.register_error_handler(errors.NotFound, lambda _: error_page(PAGES[404]))
    for kind in (
        errors.StaleForm,
        errors.Conflict,
        errors.NotAllowed,
        errors.TooLate,
        errors.RuleViolation,
        errors.Busy,
        errors.StorageFailed,
        errors.StoredDiffers,
    ):
        app.register_error_handler(kind, _named)
    app.register_error_handler(errors.ProofNeeded, _prove_first)
    app.register_error_handler(CSRFError, lambda _: error_page(PAGES[CSRFError]))
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def error_page(page: Page, happened: str = "") -> Response:
    """The page in our own words, with the person's text, if any, kept in it to copy."""
    db.session.rollback()
    if request.accept_mimetypes.best == "application/json":  # asked by a script of one of our pages
        return _as_json(page, happened)
    html = render_template(
        "errors/error.html",
        title=page.title,
        what_happened=happened or page.happened,
        what_next=page.next,
        request_id=request_id(),
        kept=kept_text(),
    )
    response = Response(html, page.status, content_type="text/html; charset=utf-8")
    if page.status == 503:
        response.headers["Retry-After"] = "60"
    return response


def _as_json(page: Page, happened: str) -> Response:
    response = jsonify(said=f"Not saved. {happened or page.happened}")
    response.status_code = page.status
    return response


def kept_text() -> list[tuple[str, str]]:
    """What the person wrote in the form that failed: (title, text), never a password or token."""
    too_large = (request.content_length or 0) > (request.max_content_length or 0)
    return [] if request.method != "POST" or too_large else kept.written(kept.sent())


def _named(error: Exception) -> Response:
    assert isinstance(error, errors.PitchfestError)
    if isinstance(error, errors.StoredDiffers):
        log.error("stored values differ %s at %s %s", request_id(), request.method, request.endpoint)
    page = next(PAGES[kind] for kind in type(error).__mro__ if kind in PAGES)
    return error_page(page, error.reason)


def _prove_first(_error: Exception) -> Response:
    """Ask the person to prove once more that it is them, then back to the page they came from, with what
    they had filled in.
    """
    db.session.rollback()
    target = request.full_path.rstrip("?")
    if request.method == "POST":
        park: Callable[[], int | None] = current_app.extensions[PARKING_EXTENSION]
        parked = park() if kept.anything_filled_in() else None
        target = f"{kept.page_of_form()}?{kept.KEPT}={parked or 0}"
    return redirect(url_for("accounts.prove", next=target))


def _integrity(error: Exception) -> Response:
    log.warning("integrity error %s: %s", request_id(), type(error).__name__)
    return error_page(
        PAGES[errors.Conflict],
        "Someone else did the same thing at the same moment. Nothing was changed twice.",
    )


def _http(error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.code is None or error.code < 400:
        return error.get_response()
    page = PAGES.get(error.code, PAGES[500 if error.code >= 500 else 400])
    own_words = error.description if error.code == 400 and error.response is None and _is_ours(error) else ""
    response = error_page(page, own_words or "")
    response.status_code = error.code
    return response


def _is_ours(error: HTTPException) -> bool:
    return error.description != type(error).description and type(error).__name__ == "BadRequest"


def _unexpected(error: Exception) -> Response:
    log.error(
        "unexpected error %s at %s %s", request_id(), request.method, request.endpoint, exc_info=_safe(error)
    )
    return error_page(PAGES[500])


def _safe(error: Exception) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    """The traceback with the error's name for its message: a message may carry what people wrote."""
    return (RuntimeError, RuntimeError(type(error).__name__), error.__traceback__)
