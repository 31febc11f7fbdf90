"""Who may come in: every endpoint declares `@public` or `@requires(...)`.

`requires` loads the object and authorises in one step, so that neither can be forgotten: the
view receives what was loaded, or is not called at all.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotAllowed
from pitchfest.kernel.permissions import PermissionTable, Verdict, authorise
from pitchfest.web.requests import now

PERMISSIONS_EXTENSION = "pitchfest.permissions"
PARKING_EXTENSION = "pitchfest.parking"
#: Attribute by which the tests of the architecture see what a view declared.
DECLARED = "pitchfest_access"

View = TypeVar("View", bound=Callable[..., Any])


class SignedIn:
    """What Flask-Login keeps for a request: the actor and the opaque id of their session."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor = actor
        self._token = token

    def get_id(self) -> str:
        """The opaque session id that the signed cookie holds."""
        return self._token


def current_actor() -> Actor | None:
    """The signed-in person, or None. A request without a cookie asks for no session."""
    if "_user_id" not in session:
        return None
    return current_user.actor if current_user.is_authenticated else None


def the_actor() -> Actor:
    """The signed-in person, in views that `requires` one."""
    actor = current_actor()
    if actor is None:
        raise NotAllowed("Sign in first.")
    return actor


def public(view: View) -> View:
    """Anyone may call this view; what it may show is the query's decision."""
    setattr(view, DECLARED, "public")
    return view


def requires(permission: StrEnum, *, of: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Only people with `permission` may call the view; others are sent to sign in, or get 404/403.

    `of(actor=, now=, **url_values)` loads the object that the permission is about, and the view
    receives it as its only argument. Pages about one whose `practice` is true are marked so. Without
    `of` the view receives the URL's values.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            actor = current_actor()
            if actor is None:
                return _ask_to_sign_in()
            table: PermissionTable = current_app.extensions[PERMISSIONS_EXTENSION]
            if of is None:
                authorise(table, permission, actor)
                return view(**values)
            loaded = of(actor=actor, now=now(), **values)
            authorise(table, permission, actor, loaded)
            g.practice = getattr(loaded, "practice", False)
            return view(loaded)

        setattr(guarded, DECLARED, str(permission))
        return guarded  # type: ignore[return-value]

    return decorate


def allows(permission: StrEnum, facts: Any = None) -> Verdict:
    """The verdict for the present person, for buttons and links."""
    table: PermissionTable = current_app.extensions[PERMISSIONS_EXTENSION]
    return table[permission](current_actor(), facts)


def safe_next(target: str | None) -> str | None:
    """A path of this site to go on to, or None: never another site, never a scheme."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or not target.isprintable() else target


def _ask_to_sign_in() -> Response:
    if request.method == "POST":
        park: Callable[[], int | None] = current_app.extensions[PARKING_EXTENSION]
        if park() is not None:
            return redirect(url_for("accounts.sign_in", next=url_for("accounts.kept"), ended=1))
        return redirect(url_for("accounts.sign_in"))
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
