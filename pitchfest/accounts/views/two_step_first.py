"""Where the region asks for it: whoever works here or judges sets a second step up before anything else."""

from __future__ import annotations

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries
from pitchfest.accounts.rules.two_step import has_to_set_up
from pitchfest.accounts.views.sessions import park_form
from pitchfest.web.access import DECLARED, current_actor
from pitchfest.web.requests import mail_leaves

#: Pages that are the same for everyone, and what they are made of.
_FOR_EVERYONE = frozenset({"assets", "health", "pages"})
#: Setting it up, proving who one is, which that asks for, and what becomes of one's data.
_SETTING_UP = frozenset(
    {
        "accounts.two_step_set_up",
        "accounts.make_key",
        "accounts.prove",
        "accounts.send_code",
        "privacy.notice",
    }
)
#: Where no mail leaves, the code that proves it stands among one's messages.
_MESSAGES = frozenset({"accounts.messages", "accounts.message"})


def lead_to_two_step() -> ResponseReturnValue | None:
    """Before each request: to the page that sets it up, with what was typed kept; None to go on."""
    if _is_open() or not queries.region().two_step_required:
        return None
    actor = current_actor()
    if actor is None or not has_to_set_up(actor, required=True, demo=queries.region().is_demo):
        return None
    target = request.full_path.rstrip("?")
    if request.method == "POST":
        target = url_for("accounts.kept") if park_form() is not None else ""
    return redirect(url_for("accounts.two_step_set_up", next=target or None))


def _is_open() -> bool:
    """Whether the address is open to those who have yet to set it up: no page of ours at all, the ways in
    and out, which ask for no sign-in, and what is said to everyone alike.
    """
    endpoint = request.endpoint
    if endpoint is None or request.blueprint in _FOR_EVERYONE or endpoint in _SETTING_UP:
        return True
    if endpoint in _MESSAGES:
        return not mail_leaves()
    is_public = getattr(current_app.view_functions[endpoint], DECLARED, "") == "public"
    return is_public and request.blueprint == "accounts"
