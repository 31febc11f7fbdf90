"""Between cookie and session: who is signed in, when they were last seen, and parking their text."""

from __future__ import annotations

import logging
import secrets
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from pitchfest.accounts import operations, queries
from pitchfest.accounts.rules import SEEN_EVERY
from pitchfest.db import Write, transaction
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import PitchfestError
from pitchfest.web.access import SignedIn, current_actor, safe_next
from pitchfest.web.idempotency import unclaimed
from pitchfest.web.kept import NOT_WRITTEN, number_in, page_of_form, sent, sent_again
from pitchfest.web.requests import now, started

log = logging.getLogger("pitchfest")


def load_session(token: str) -> SignedIn | None:
    """The signed-in person of the cookie's session id, None when it does not count any more."""
    present = queries.session_actor(token, now())
    if present is None:
        return None
    g.last_seen_at = present.last_seen_at
    return SignedIn(present.actor, token)


def begin_session(person_id: int, *, demo: bool = False, proved: bool = False, stepped: bool = False) -> str:
    """Inside a write: end the browser's old session and start one; its token, for `enter`."""
    if old := session.get("_user_id"):
        operations.end_session(old, now=now())
    return operations.start_session(
        person_id, now=now(), browser=describe_browser(), demo=demo, proved=proved, stepped=stepped
    )


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What the first step of signing in led to: the token of a session, or one that waits for a code."""

    token: str
    is_half: bool

    def leads_to(self, target: str | None) -> str:
        """The page that comes next."""
        return url_for("accounts.second") if self.is_half else target or url_for("home.index")


def first_step(person_id: int) -> FirstStep:
    """Inside a write, after the first step: a session, or for whoever has a second step only its question."""
    if queries.two_step(person_id):
        return FirstStep(operations.start_half(person_id, now=now()), is_half=True)
    return FirstStep(begin_session(person_id), is_half=False)


def after_first_step(first: FirstStep, target: str | None, *, shared: bool = False) -> ResponseReturnValue:
    """After the write: signed in, or on to the page that asks for a code. Until then nobody is signed in
    who was not before.
    """
    if not first.is_half:
        return after_signing_in(first.token, target, shared=shared)
    session["half_in"] = {"token": first.token, "next": safe_next(target) or "", "shared": shared}
    return redirect(first.leads_to(None))


def enter(token: str) -> None:
    """After the write: the cookie names the new session and forgets all that was in it."""
    browser = browser_id()
    session.clear()
    session["_user_id"] = token
    session["browser"] = browser


def browser_id() -> str:
    """A random id of this browser, made on first use; attempts to sign in are counted by it."""
    if "browser" not in session:
        session["browser"] = secrets.token_urlsafe(12)
    return str(session["browser"])


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def describe_browser() -> str:
    """`Firefox on Windows`, for the list of places where one is signed in."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for sign, name in _BROWSERS if sign in agent), "A browser")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return f"{browser} on {system}" if system else browser


def after_signing_in(token: str, target: str | None, *, shared: bool = False) -> ResponseReturnValue:
    """Where a person goes who has just signed in, on a computer that is theirs alone or `shared`."""
    enter(token)
    session["shared"] = shared
    return redirect(safe_next(target) or url_for("home.index"))


def remember_seen(response: Response) -> Response:
    """After each request: keep the session alive, and give it a new id when the person's roles changed."""
    actor = current_actor() if "last_seen_at" in g else None
    if actor is None or actor.session_id is None or current_user.get_id() != session.get("_user_id"):
        return response
    known = session.get("stamp")
    if known is not None and known != actor.stamp:
        _rotate(actor)
    elif now() - g.last_seen_at >= SEEN_EVERY:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way
        session_id, moment = actor.session_id, now()
        response.call_on_close(lambda: _write_seen(app, session_id, moment))
    if known != actor.stamp:
        session["stamp"] = actor.stamp
    return response


def park_form() -> int | None:
    """Keep what someone sent after their session had ended, or before they proved it is them.

    Returns the number under which they, and only they, find it again. None where the cookie names no
    session of ours, so that a forged form leaves nothing behind, or where nothing was filled in.
    """
    present = current_actor()
    person_id = present.person_id if present else queries.session_owner(str(session.get("_user_id", "")))
    fields = sent()
    if person_id is None or all(name in NOT_WRITTEN for name, _ in fields):
        return None
    with unclaimed() if present else nullcontext(), transaction(started()) as write:
        drop_kept_again()
        parked = operations.park(person_id, path=page_of_form(), fields=fields, now=now())
        write.redirect = url_for("accounts.sign_in", next=url_for("accounts.kept"), ended=1)
    return parked


def drop_sent_again(write: Write) -> None:
    """Last step of a transaction that a form started: what was kept of this form is not needed any more."""
    if "form" in write.notes:
        drop_kept_again()


def drop_kept_again() -> None:
    """Inside a write: forget the kept form that the page was filled in with, where it is sent again."""
    number, actor = number_in(request.referrer or ""), current_actor()
    if actor and number and (fields := parked_fields(number)) and sent_again(fields):
        operations.drop_kept(actor, kept_id=number)


def parked_fields(parked_id: int) -> list[tuple[str, str]]:
    """The fields of a form that was kept for the present person; none of anybody else's."""
    actor = current_actor()
    found = queries.kept_forms(actor.person_id, now()) if actor else []
    return next((list(form.fields) for form in found if form.id == parked_id), [])


def _rotate(actor: Actor) -> None:
    try:
        with unclaimed(), transaction():
            token = operations.rotate_session(actor, now=now())
    except PitchfestError as error:
        log.warning("session not rotated: %s", type(error).__name__)
    else:
        if token:
            session["_user_id"] = token


def _write_seen(app: Flask, session_id: int, moment: datetime) -> None:
    with app.app_context():
        try:
            with transaction():
                operations.see_session(session_id, now=moment)
        except PitchfestError as error:
            log.warning("last seen not written: %s", type(error).__name__)
