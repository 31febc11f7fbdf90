"""What a request knows about itself: its one `now`, its id, and who sent it."""

from __future__ import annotations

import io
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import IO, Any, TypeVar

import flask
from flask import Flask, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from pitchfest.kernel.clock import Clock

CLOCK_EXTENSION = "pitchfest.clock"


class Request(flask.Request):
    """A request whose files stay in memory, where their bounded body is anyway."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """Instead of a temporary file, which would put on a disk what is to be sealed first."""
        return io.BytesIO()


def clock() -> Clock:
    """The application's one clock."""
    found = current_app.extensions[CLOCK_EXTENSION]
    assert isinstance(found, Clock)
    return found


def now() -> datetime:
    """The moment that decides every check and row of this request.

    Read once, when the whole body has arrived, so that waiting for a lock makes nobody late.
    """
    if "now" not in g:
        if request.method == "POST":
            with suppress(RequestEntityTooLarge):  # the page that says so needs to know the time, too
                _ = request.form  # reads the body to its end
        g.started = time.monotonic()
        g.now = clock().now()
    return g.now  # type: ignore[no-any-return]


def started() -> float:
    """The monotonic time at which `now` was read."""
    now()
    return g.started  # type: ignore[no-any-return]


Read = TypeVar("Read")


def once(name: str, read: Callable[[], Read]) -> Read:
    """What `read` finds, found once for all panels of this request's page. For showing only: whatever
    writes, or lets in, reads for itself.
    """
    found: dict[str, Any] = g.setdefault("found_once", {})
    if name not in found:
        found[name] = read()
    return found[name]  # type: ignore[no-any-return]


#: What a number's column can hold: an address with a larger one leads nowhere.
LARGEST_NUMBER = 2**31 - 1


def number_asked(name: str) -> int:
    """The number that the address's query names, 0 where it names none that a column can hold."""
    return _within(request.args.get(name, 0, type=int))


def number_sent(name: str) -> int:
    """The same of a field that no form reads, such as the one of a button in a list."""
    return _within(request.form.get(name, 0, type=int))


def _within(number: int) -> int:
    return number if 0 <= number <= LARGEST_NUMBER else 0


def mail_leaves() -> bool:
    """Whether there is a mail server. Where there is none, people read mail here."""
    return bool(current_app.config["SMTP_HOST"])


def no_mail() -> bool:
    """Whether who is not in yet never gets a mail: there is no mail server, and no page of a demonstration
    that shows what would have been sent.
    """
    return not mail_leaves() and not current_app.config["PITCHFEST_DEMO"]


def request_id() -> str:
    """A short id that stands on error pages and in the log, so that the two can be matched."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return g.request_id  # type: ignore[no-any-return]


def init_app(app: Flask, clock: Clock) -> None:
    """Give the application its clock and its kind of request."""
    app.request_class = Request
    app.extensions[CLOCK_EXTENSION] = clock
